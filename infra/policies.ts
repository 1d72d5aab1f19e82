/** IAM policy texts from plain data, within IAM's limits. Pure: a preview shows every word of them. */
import { createHash } from 'node:crypto';
import { LIMITS } from '../plan/names.ts';
import type { Statement } from '../plan/types.ts';

/** Characters of a managed policy (IAM counts without white space). */
export const MANAGED_POLICY = 6_144;

export interface PolicyStatement {
  Sid: string;
  Effect: 'Allow';
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** A role's permissions: one inline policy while it fits, several managed ones when it does not. */
export interface RenderedPolicies {
  inline?: string;
  managed: string[];
}

export function statementOf({ sid, actions, resources, conditions }: Statement): PolicyStatement {
  return {
    Sid: sid,
    Effect: 'Allow',
    Action: actions,
    Resource: resources,
    ...(conditions ? { Condition: conditions } : {}),
  };
}

export function documentOf(statements: readonly PolicyStatement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

export function renderPolicies(statements: readonly PolicyStatement[]): RenderedPolicies {
  if (statements.length === 0) return { managed: [] };
  const whole = documentOf(statements);
  if (whole.length <= LIMITS.inlinePolicies) return { inline: whole, managed: [] };
  return { managed: pack(statements.flatMap(halve)).map(documentOf) };
}

/** First fit, in order. */
function pack(statements: readonly PolicyStatement[]): PolicyStatement[][] {
  const policies: PolicyStatement[][] = [];
  for (const statement of statements) {
    const room = policies.find((policy) => documentOf([...policy, statement]).length <= MANAGED_POLICY);
    if (room) room.push(statement);
    else policies.push([statement]);
  }
  return policies;
}

/** A statement too large for any policy, as several that say the same. */
function halve(statement: PolicyStatement): PolicyStatement[] {
  if (documentOf([statement]).length <= MANAGED_POLICY) return [statement];
  const key = statement.Action.length > statement.Resource.length ? 'Action' : 'Resource';
  const list = statement[key];
  if (list.length < 2) throw new Error(`statement ${statement.Sid} cannot be split`);
  const middle = Math.ceil(list.length / 2);
  return [list.slice(0, middle), list.slice(middle)].flatMap((part, index) =>
    halve({ ...statement, Sid: `${statement.Sid}${index + 1}`, [key]: part }),
  );
}

/** What the gateway's role may do for one target. */
export interface TargetGrant {
  /** Server id: decides the policy the grant lies in, so that another server's coming and going does not move it. */
  key: string;
  functionArn: string;
  schemaArn: string;
}

/** What the gateway's role needs beside its targets: into the inline policy while it fits, else a policy of its own. */
export function withStatements(
  { inline, managed }: RenderedPolicies,
  extra: readonly PolicyStatement[],
): RenderedPolicies {
  if (extra.length === 0) return { ...(inline ? { inline } : {}), managed };
  const { Statement: own } = JSON.parse(inline ?? '{"Statement":[]}') as { Statement: PolicyStatement[] };
  const whole = documentOf([...own, ...extra]);
  if (managed.length === 0 && whole.length <= LIMITS.inlinePolicies) return { inline: whole, managed };
  return { ...(inline ? { inline } : {}), managed: [...managed, documentOf(extra)] };
}

/** Exact functions and exact schema objects. Grants are spread by their key's hash once one inline policy is too small. */
export function gatewayPolicies(grants: readonly TargetGrant[]): RenderedPolicies {
  const whole = grantDocument(grants);
  if (grants.length === 0) return { managed: [] };
  if (whole.length <= LIMITS.inlinePolicies) return { inline: whole, managed: [] };
  for (let count = 2; ; count++) {
    const buckets = Array.from({ length: count }, (_, index) =>
      grants.filter(({ key }) => bucketOf(key, count) === index),
    );
    const texts = buckets.filter((bucket) => bucket.length > 0).map(grantDocument);
    if (texts.every((text) => text.length <= MANAGED_POLICY)) return { managed: texts };
  }
}

/**
 * Rendezvous hashing: one bucket more moves only what goes into it. Salted: a shard's servers are those that the same
 * hash without salt gave it, and nearly all of them would meet in one bucket again.
 */
function bucketOf(key: string, count: number): number {
  const weights = Array.from({ length: count }, (_, index) =>
    createHash('sha256').update(`policy ${index} ${key}`).digest('hex'),
  );
  return weights.reduce((best, weight, index) => (weight > (weights[best] ?? '') ? index : best), 0);
}

function grantDocument(grants: readonly TargetGrant[]): string {
  return documentOf([
    {
      Sid: 'InvokeServers',
      Effect: 'Allow',
      Action: ['lambda:InvokeFunction'],
      Resource: grants.map(({ functionArn }) => functionArn),
    },
    {
      Sid: 'ReadToolSchemas',
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: grants.map(({ schemaArn }) => schemaArn),
    },
  ]);
}
