/** From the AWS calls that code makes to the IAM actions it needs, with the other actions those depend on. */
import type { ActionEntry } from '../../plan/manifest.ts';
import { awsCatalogue } from '../aws/catalogue.ts';
import { DEPENDENTS, UNBOUNDED } from '../aws/libraries.ts';
import type { Use } from './reach.ts';

export interface DerivedActions {
  actions: Record<string, ActionEntry>;
  unresolved: string[];
}

/** `words`: names that occur in the package's code; a role is passed only where its member is spelt. */
export function deriveActions(uses: readonly Use[], words: ReadonlySet<string>): DerivedActions {
  const found = new Map<string, Set<string>>();
  const unresolved = new Set<string>();
  const add = (action: string, from: string): void => {
    const known = found.get(action);
    if (known) known.add(from);
    else found.set(action, new Set([from]));
  };
  for (const use of uses) {
    const needed = neededBy(use);
    if (needed.actions === undefined)
      unresolved.add(`no IAM action is known for ${use.service} ${use.operation} (${use.from})`);
    for (const action of needed.actions ?? []) add(action, use.from);
    const [first] = needed.actions ?? [];
    if (first !== undefined && needed.roles.some((member) => use.free || words.has(member)))
      add('iam:PassRole', `depends:${first}`);
  }
  for (const action of [...found.keys()]) {
    for (const dependent of DEPENDENTS[action] ?? []) add(dependent, `depends:${action}`);
    const words = UNBOUNDED[action];
    if (words !== undefined) unresolved.add(`${action} ${words}, with the permissions of its caller`);
  }
  return { actions: entriesOf(found, unresolved), unresolved: [...unresolved].sort() };
}

function neededBy(use: Use): { actions: readonly string[] | undefined; roles: readonly string[] } {
  if (use.actions) return { actions: use.actions, roles: [] };
  const operation = awsCatalogue().operation(use.service, use.operation);
  return { actions: operation?.actions, roles: operation?.roles ?? [] };
}

/** Only real actions of IAM; anything else is told in words. */
function entriesOf(
  found: ReadonlyMap<string, Set<string>>,
  unresolved: Set<string>,
): DerivedActions['actions'] {
  const actions: Record<string, ActionEntry> = {};
  for (const [name, from] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const sources = [...from].sort();
    const action = awsCatalogue().action(name);
    if (action === undefined) unresolved.add(`${name} is no IAM action (${sources[0]})`);
    else
      actions[name] = {
        access: action.access,
        from: sources,
        ...(action.resources.length > 0 ? { resources: action.resources } : {}),
      };
  }
  return actions;
}
