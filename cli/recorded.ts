/**
 * What a stack's last update recorded of its gateways. A plan of several then leaves each target where it lies, as the
 * next update will; without the record it spreads them by their servers' ids.
 */
import { McpgwError, messageOf } from '../plan/errors.ts';
import { isSpread } from '../plan/gateways.ts';
import { type Identity, identitySchema, placementOf } from '../plan/identity.ts';
import { createPlan } from '../plan/plan.ts';
import type { Project } from './project.ts';
import { stackOutput } from './pulumi.ts';

/** By which rule targets are spread over the gateways. */
export type Spread = { by: 'record' } | { by: 'ids'; why: string };

/** The same project, each target in the gateway that the record names. */
export function placed(project: Project, identity: Identity | undefined): Project {
  const { manifest, plan } = project;
  if (!identity) return project;
  return { ...project, plan: createPlan(manifest, plan.settings, placementOf(identity, plan.settings)) };
}

/** Asks the stack's backend, and only when the plan has several gateways: a plan needs neither Pulumi nor a network. */
export async function placedAsRecorded(
  project: Project,
  root: string,
  env: NodeJS.ProcessEnv,
): Promise<{ project: Project; spread?: Spread }> {
  const { plan } = project;
  if (!isSpread(plan.settings, plan.targets)) return { project };
  const record = await readRecord(root, plan.stack, env);
  return 'why' in record
    ? { project, spread: { by: 'ids', why: record.why } }
    : { project: placed(project, record.identity), spread: { by: 'record' } };
}

export function spreadNote({ plan: { stack } }: Project, spread: Spread): string {
  return spread.by === 'record'
    ? `targets lie in their gateways as the last update of stack ${stack} recorded`
    : `targets are spread over the gateways by their servers’ ids, as in a first update: ${spread.why}`;
}

const WAIT_MS = 20_000;

async function readRecord(
  root: string,
  stack: string,
  env: NodeJS.ProcessEnv,
): Promise<{ identity: Identity } | { why: string }> {
  try {
    const output = await stackOutput('identity', stack, { root, env, timeout: WAIT_MS });
    return { identity: identitySchema.parse(output) };
  } catch (thrown) {
    if (thrown instanceof McpgwError && thrown.code === 'engine-missing')
      return { why: `${thrown.message} to read the record with` };
    return { why: `the record could not be read (${messageOf(thrown).split('\n')[0]})` };
  }
}
