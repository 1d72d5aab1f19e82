/** What `pulumi preview --json` says, as far as a reviewer needs it. */
import { z } from 'zod';
import { McpgwError } from '../errors.ts';

const stepSchema = z.object({
  op: z.string(),
  urn: z.string(),
  replaceReasons: z.array(z.string()).nullish(),
  diffReasons: z.array(z.string()).nullish(),
});
const digestSchema = z.object({
  steps: z.array(stepSchema).default([]),
  changeSummary: z.record(z.string(), z.number()).default({}),
  diagnostics: z
    .array(z.object({ message: z.string().optional(), severity: z.string().optional() }))
    .nullish(),
});

export interface ResourceChange {
  op: 'create' | 'update' | 'replace' | 'delete';
  /** `aws:lambda/function:Function` as `lambda.Function`. */
  type: string;
  name: string;
  /** Properties that differ. */
  because: string[];
}

export interface ResourceReview {
  changes: ResourceChange[];
  unchanged: number;
  errors: string[];
}

/** Those that are not among the others: the same thing done to the same resource, for the same properties. */
export function without(
  changes: readonly ResourceChange[],
  others: readonly ResourceChange[],
): ResourceChange[] {
  const known = new Set(others.map((change) => JSON.stringify(change)));
  return changes.filter((change) => !known.has(JSON.stringify(change)));
}

const OPS: Record<string, ResourceChange['op']> = {
  create: 'create',
  update: 'update',
  replace: 'replace',
  'create-replacement': 'replace',
  delete: 'delete',
};

/** Throws internal when it is not the digest; a replacement's own create and delete steps count once. */
export function readDigest(text: string): ResourceReview {
  const parsed = digestSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new McpgwError('internal', `\`pulumi preview --json\` printed no digest: ${text.slice(0, 200)}`, {
      hint: 'run `mcpgw preview` to see what it says',
    });
  }
  const { steps, changeSummary, diagnostics } = parsed.data;
  const changes = new Map<string, ResourceChange>();
  for (const { op, urn, replaceReasons, diffReasons } of steps) {
    const known = OPS[op];
    if (known === undefined || changes.get(urn)?.op === 'replace') continue;
    const because = (known === 'replace' ? replaceReasons : diffReasons) ?? [];
    changes.set(urn, { op: known, ...namesOf(urn), because });
  }
  return {
    // stacks, providers and our own components hold resources, they are none
    changes: [...changes.values()].filter(({ type }) => !/^(?:pulumi|mcpgw):/.test(type)),
    unchanged: changeSummary.same ?? 0,
    errors: (diagnostics ?? []).flatMap(({ message, severity }) =>
      severity === 'error' && message !== undefined ? [message.trim()] : [],
    ),
  };
}

/** `urn:pulumi:dev::mcpgw::parent$aws:iam/role:Role::name`: the last type of the chain, and the name. */
function namesOf(urn: string): { type: string; name: string } {
  const [, , chain = '', ...name] = urn.split('::');
  const token = chain.split('$').at(-1) ?? chain;
  const [provider = '', module = '', kind = ''] = token.split(':');
  const type = provider === 'aws' ? `${module.split('/')[0]}.${kind}` : token;
  return { type, name: name.join('::') };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
