/** From AWS operations that code calls to the IAM actions it needs, with what other actions they depend on. */
import type { ActionEntry } from '../../plan/manifest.ts';
import { awsCatalogue } from '../aws/catalogue.ts';
import type { Use } from './reach.ts';

export interface DerivedActions {
  actions: Record<string, ActionEntry>;
  unresolved: string[];
}

/** `words`: names that occur in the package's code; a role is passed only where its member is spelt. */
export function deriveActions(uses: readonly Use[], words: ReadonlySet<string>): DerivedActions {
  const catalogue = awsCatalogue();
  const found = new Map<string, Set<string>>();
  const unresolved = new Set<string>();
  const add = (action: string, from: string): void => {
    const known = found.get(action);
    if (known) known.add(from);
    else found.set(action, new Set([from]));
  };
  for (const use of uses) {
    const operation = catalogue.operation(use.service, use.operation);
    if (operation?.actions === undefined) {
      unresolved.add(`no IAM action is known for ${use.service} ${use.operation} (${use.from})`);
      continue;
    }
    for (const action of operation.actions) add(action, use.from);
    if (operation.roles.some((member) => words.has(member)))
      add('iam:PassRole', `depends:${operation.actions[0] ?? use.service}`);
    if (use.service.startsWith('timestream-') && !use.service.endsWith('influxdb'))
      add('timestream:DescribeEndpoints', `depends:${operation.actions[0]}`);
  }
  const actions: Record<string, ActionEntry> = {};
  for (const [name, from] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const action = catalogue.action(name);
    if (action === undefined) {
      unresolved.add(`${name} is no IAM action (${[...from].sort()[0]})`);
      continue;
    }
    actions[name] = {
      access: action.access,
      from: [...from].sort(),
      ...(action.resources.length > 0 ? { resources: action.resources } : {}),
    };
  }
  return { actions, unresolved: [...unresolved].sort() };
}
