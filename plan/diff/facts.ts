/** Facts of a server beside tools and versions that changed, in words; lists as what came and what went. */
import { isReading } from '../access.ts';
import type { ServerEntry } from '../manifest.ts';
import { diffLists } from './tools.ts';
import type { ServerDiff } from './types.ts';

export function diffFacts(old: ServerEntry, made: ServerEntry): Pick<ServerDiff, 'facts' | 'lists'> {
  const facts = changesOf(factsOf(old), factsOf(made), (was, is) =>
    was === is ? undefined : ([was ?? null, is ?? null] as [string | null, string | null]),
  );
  const lists = changesOf(listsOf(old), listsOf(made), (was, is) => diffLists(was ?? [], is ?? []));
  return { ...(facts ? { facts } : {}), ...(lists ? { lists } : {}) };
}

function changesOf<T, D>(
  old: Record<string, T>,
  made: Record<string, T>,
  compare: (old: T | undefined, made: T | undefined) => D | undefined,
): Record<string, D> | undefined {
  const changed = Object.keys(old).flatMap((key): [string, D][] => {
    const difference = compare(old[key], made[key]);
    return difference === undefined ? [] : [[key, difference]];
  });
  return changed.length > 0 ? Object.fromEntries(changed) : undefined;
}

function factsOf(entry: ServerEntry): Record<string, string | null> {
  const script =
    entry.entrypoint &&
    `${entry.entrypoint.script} = ${entry.entrypoint.module}:${entry.entrypoint.attribute}`;
  const build =
    entry.build && `${entry.build.form}, Python ${entry.build.python}, ${entry.build.architecture}`;
  const hosting =
    entry.hosting && (entry.hosting.lambda ? 'Lambda' : `not on Lambda: ${entry.hosting.reason ?? ''}`);
  const probe = entry.probe && [entry.probe.status, entry.probe.reason].filter(Boolean).join(': ');
  const carried = entry.carries && `${entry.carries.prompts} prompts, ${entry.carries.resources} resources`;
  return {
    kind: entry.kind,
    package: entry.package?.name ?? null,
    python: entry.package?.requiresPython ?? null,
    entrypoint: script ?? null,
    build: build ?? null,
    hosting: hosting ?? null,
    network: entry.hosting?.network ?? null,
    probe: probe ?? null,
    'not passed on': carried ?? null,
    deprecated: entry.deprecated ?? null,
    dependencies: entry.lock ?? null,
  };
}

/** Of these an addition widens what the server may do, or says what it may want. */
export const PERMISSION_LISTS: ReadonlySet<string> = new Set([
  'permissions not derived',
  'permissions under a condition',
  'hands roles to',
]);

function listsOf(entry: ServerEntry): Record<string, readonly string[]> {
  return {
    environment: entry.environment ?? [],
    arguments: entry.arguments ?? [],
    endpoints: entry.endpoints ?? [],
    'permissions not derived': entry.aws?.unresolved ?? [],
    'permissions under a condition': Object.keys(entry.aws?.conditional ?? {}),
    'hands roles to': entry.aws?.actions['iam:PassRole']?.passedTo ?? [],
  };
}

/** Actions that came and went, with what a reviewer asks first: does it write, and which tool does it. */
export function diffActions(old: ServerEntry | undefined, made: ServerEntry): ServerDiff['actions'] {
  const actions = made.aws?.actions ?? {};
  const lists = diffLists(Object.keys(old?.aws?.actions ?? {}), Object.keys(actions));
  if (!lists) return undefined;
  const writes = lists.added.filter((action) => !isReading(actions[action]?.access ?? 'Unknown'));
  const reachedBy = lists.added.flatMap((action): [string, string[]][] => {
    const tools = Object.entries(made.tools ?? {}).filter(([, tool]) => tool.actions?.includes(action));
    return tools.length > 0 ? [[action, tools.map(([name]) => name)]] : [];
  });
  return {
    ...lists,
    ...(writes.length > 0 ? { writes } : {}),
    ...(reachedBy.length > 0 ? { reachedBy: Object.fromEntries(reachedBy) } : {}),
  };
}
