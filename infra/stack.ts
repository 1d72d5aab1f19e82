/** What every component of a stack needs to know. */
import type * as pulumi from '@pulumi/pulumi';
import type { Plan } from '../plan/types.ts';
import type { Account } from './account.ts';
import type { ArtefactNames } from './artefacts.ts';

export interface Stack {
  plan: Plan;
  account: Account;
  bucket: string;
  artefacts: ArtefactNames;
  /** Names of log groups that the account has of this stack's (infra/retained.ts). */
  groupsLeft: ReadonlySet<string>;
}

/** Component options: the explicit provider, handed down to every child. */
export function rootOptions(stack: Stack): pulumi.ComponentResourceOptions {
  return { providers: [stack.account.provider] };
}
