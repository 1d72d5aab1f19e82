/**
 * A diff as a list of single changes in the order a reviewer needs them: what breaks callers, what it may do now, which
 * words a model reads that it did not read before, then what was added, then the rest. Versions and tokens are a table beside it.
 */
import { PERMISSION_LISTS } from './facts.ts';
import { toolChanges } from './tool-changes.ts';
import type { ManifestDiff, ServerDiff } from './types.ts';
import { newToolChanges } from './word-changes.ts';
import type { Hunk } from './word-diff.ts';
import { count, names, type Sentence, say } from './words.ts';

export const CLASSES = ['breaking', 'permissions', 'unreleased', 'words', 'additions', 'other'] as const;
export type ChangeClass = (typeof CLASSES)[number];

export interface Change {
  class: ChangeClass;
  server: string;
  /** The same change in several tools of a server is one. */
  tools: readonly string[];
  text: Sentence;
  /** Of one text that changed: where it stands, and its places. `more`: a new tool's other texts, shown where there is room. */
  words?: { at: string; hunks: readonly Hunk[]; signs: readonly string[]; more?: readonly Hunk[] };
}

export function listChanges(diff: ManifestDiff): Change[] {
  const changes = Object.entries(diff.servers).flatMap(([server, each]) =>
    together(serverChanges(server, each)),
  );
  const telling = (change: Change) => (change.words?.signs.length ? 0 : 1);
  return CLASSES.flatMap((wanted) =>
    changes.filter((change) => change.class === wanted).sort((a, b) => telling(a) - telling(b)),
  );
}

function serverChanges(server: string, diff: ServerDiff): Change[] {
  const at = (kind: ChangeClass, text: Sentence): Change => ({ class: kind, server, tools: [], text });
  const of = (tool: string, kind: ChangeClass, text: Sentence): Change => ({
    class: kind,
    server,
    tools: [tool],
    text,
  });
  const { tools } = diff;
  if (diff.status === 'removed')
    return [at('breaking', say`removed with ${count(tools?.removed.length ?? 0, 'tool')}`)];
  const added = (tools?.added ?? []).flatMap((tool) =>
    newToolChanges(server, tool, {
      words: tools?.addedWords?.[tool],
      facts: tools?.addedFacts?.[tool],
    }),
  );
  if (diff.status === 'added') {
    const version: Sentence = diff.version?.[1] ? say`${diff.version[1]}` : ['no version'];
    const size = say`${count(tools?.added.length ?? 0, 'tool')}, ${diff.tokens?.[1] ?? 0} tokens`;
    return [
      at('additions', say`new, ${version}, ${size}`),
      ...actionChanges(at, diff, 'new server:'),
      ...added,
    ];
  }
  return [
    ...(diff.from ? [at('breaking', say`was ${diff.from}: its tools are called by another name`)] : []),
    ...(tools?.removed ?? []).map((tool) => of(tool, 'breaking', ['removed'])),
    ...Object.entries(tools?.renamed ?? {}).map(([from, to]) => of(to, 'breaking', say`was ${from}`)),
    ...factChanges(at, diff),
    ...actionChanges(at, diff, 'may call'),
    ...added,
    ...Object.entries(tools?.details ?? {}).flatMap(([tool, detail]) =>
      toolChanges({ server, tool, detail, diff }),
    ),
  ];
}

type Make = (kind: ChangeClass, text: Sentence) => Change;

/** What writes apart from what reads: the first is looked at first. */
function actionChanges(at: Make, { actions }: ServerDiff, may: string): Change[] {
  if (!actions) return [];
  const writes = new Set(actions.writes);
  const one = (added: readonly string[], how: string): Change[] => {
    if (added.length === 0) return [];
    const tools = [...new Set(added.flatMap((action) => actions.reachedBy?.[action] ?? []))].sort();
    const by: Sentence = tools.length > 0 ? say`, by ${names(tools, 6)}` : [];
    return [at('permissions', [`${may}${how} `, ...names(added), ...by])];
  };
  return [
    ...one(
      actions.added.filter((action) => writes.has(action)),
      ' (writes)',
    ),
    ...one(
      actions.added.filter((action) => !writes.has(action)),
      ' (reads)',
    ),
    ...(actions.removed.length > 0 ? [at('other', say`no longer calls ${names(actions.removed)}`)] : []),
  ];
}

/** Facts by which a server that worked may work no more. */
const BREAKING_FACTS = new Set(['kind', 'hosting', 'probe', 'endpoints', 'network']);

function factChanges(at: Make, diff: ServerDiff): Change[] {
  const facts = Object.entries(diff.facts ?? {})
    .filter(([key]) => key !== 'dependencies') // a column of the versions
    .map(([key, [old, made]]) =>
      at(BREAKING_FACTS.has(key) ? 'breaking' : 'other', [`${key}: `, ...value(old), ' → ', ...value(made)]),
    );
  const lists = Object.entries(diff.lists ?? {}).flatMap(([key, { added, removed }]) => {
    const widens = PERMISSION_LISTS.has(key) ? 'permissions' : 'other';
    return [
      ...(added.length > 0 ? [at(widens, [`${key}, new: `, ...names(added)])] : []),
      ...(removed.length > 0
        ? [at(BREAKING_FACTS.has(key) ? 'breaking' : 'other', [`${key}, gone: `, ...names(removed)])]
        : []),
    ];
  });
  const unreleased =
    diff.sourceChanged && !diff.version
      ? [at('unreleased', ['the code changed under the same version'])]
      : [];
  return [...facts, ...lists, ...unreleased];
}

function value(fact: string | null): Sentence {
  return fact === null ? ['none'] : say`${fact}`;
}

/** What changed alike in several tools is said once, with the tools that it is in. */
function together(changes: readonly Change[]): Change[] {
  const groups = Map.groupBy(changes, ({ class: kind, text, words, tools }) =>
    JSON.stringify([kind, text, words, tools.length > 0]),
  );
  return [...groups.values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, tools: [...new Set([first, ...others].flatMap(({ tools }) => tools))] }] : [],
  );
}
