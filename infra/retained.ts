/**
 * Log groups that removed servers left (`removal.logs: retain`). Their names are those that the servers get again when
 * they come back, so a group that is there is taken into the stack; one that is in it already stays as it is.
 */
import type { CustomResourceOptions } from '@pulumi/pulumi';
import type { Plan } from '../plan/types.ts';
import type { Account } from './account.ts';
import { getLogGroups } from './aws.ts';
import type { Stack } from './stack.ts';

/** Where the gateways' own records lie. */
export const RECORDS = '/aws/vendedlogs/bedrock-agentcore/gateway/';

/** Names of the groups that the account has of this stack's. Not asked where nothing is retained. */
export async function groupsLeft(
  { settings, gateway }: Plan,
  { provider }: Pick<Account, 'provider'>,
): Promise<ReadonlySet<string>> {
  if (settings.removal.logs === 'delete') return new Set();
  const prefixes = [`/aws/lambda/${settings.names.prefix ?? gateway.name}-`, `${RECORDS}${gateway.name}`];
  const found = await Promise.all(
    prefixes.map((logGroupNamePrefix) => getLogGroups({ logGroupNamePrefix }, { provider })),
  );
  return new Set(found.flatMap(({ logGroupNames }) => logGroupNames));
}

/** What becomes of a log group that leaves, and of one that is there already. */
export function groupOptions({ plan, groupsLeft: left }: Stack, name: string): CustomResourceOptions {
  if (plan.settings.removal.logs === 'delete') return {};
  return { retainOnDelete: true, ...(left.has(name) ? { import: name } : {}) };
}
