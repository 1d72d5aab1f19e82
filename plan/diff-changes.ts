/**
 * A diff as a list of single changes in the order a reviewer needs them: what breaks callers, what it may do now, which
 * words a model reads that it did not read before, then what was added, then the rest.
 */
import type { ManifestDiff, ServerDiff, ToolDiff } from './diff-types.ts';
import { NARROWING } from './projection.ts';
import type { Hunk } from './word-diff.ts';

export const CLASSES = ['breaking', 'permissions', 'unreleased', 'words', 'additions', 'other'] as const;
export type ChangeClass = (typeof CLASSES)[number];

export interface Change {
  class: ChangeClass;
  server: string;
  tool?: string;
  /** Plain words; names in it come from servers and are not trusted. */
  text: string;
  /** Of one text that changed: where it stands, and its places. */
  words?: { at: string; hunks: readonly Hunk[]; signs: readonly string[] };
}

export function listChanges(diff: ManifestDiff): Change[] {
  const changes = Object.entries(diff.servers).flatMap(([server, each]) =>
    onceEach(serverChanges(server, each)),
  );
  const telling = (change: Change) => (change.words?.signs.length ? 0 : 1);
  return CLASSES.flatMap((wanted) =>
    changes.filter((change) => change.class === wanted).sort((a, b) => telling(a) - telling(b)),
  );
}

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;

function serverChanges(server: string, diff: ServerDiff): Change[] {
  const at = (kind: ChangeClass, text: string): Change => ({ class: kind, server, text });
  const tools = diff.tools;
  if (diff.status === 'removed')
    return [at('breaking', `removed with ${count(tools?.removed.length ?? 0, 'tool')}`)];
  if (diff.status === 'added') {
    return [
      at(
        'additions',
        `new, ${diff.version?.[1] ?? 'no version'}, ${count(tools?.added.length ?? 0, 'tool')}, ${diff.tokens?.[1] ?? 0} tokens`,
      ),
      ...(diff.actions?.added.length
        ? [at('permissions', `new server: ${diff.actions.added.join(', ')}`)]
        : []),
    ];
  }
  const one = (tool: string, kind: ChangeClass, text: string): Change => ({
    class: kind,
    server,
    tool,
    text,
  });
  return [
    ...(diff.status === 'renamed'
      ? [at('breaking', `was ${diff.from}: its tools are called by another name`)]
      : []),
    ...(tools?.removed ?? []).map((tool) => one(tool, 'breaking', 'removed')),
    ...Object.entries(tools?.renamed ?? {}).map(([from, to]) => one(to, 'breaking', `was ${from}`)),
    ...factChanges(server, diff),
    ...(diff.actions?.added.length ? [at('permissions', `may call ${diff.actions.added.join(', ')}`)] : []),
    ...(diff.actions?.removed.length
      ? [at('other', `no longer calls ${diff.actions.removed.join(', ')}`)]
      : []),
    ...(tools?.added ?? []).map((tool) => one(tool, 'additions', 'new')),
    ...Object.entries(tools?.details ?? {}).flatMap(([tool, detail]) =>
      toolChanges(server, tool, detail, diff),
    ),
    ...(diff.version ? [at('other', `version ${diff.version[0]} → ${diff.version[1]}`)] : []),
    ...(diff.tokens ? [at('other', `tokens ${diff.tokens[0]} → ${diff.tokens[1]}`)] : []),
  ];
}

/** Facts by which a server that worked may work no more. */
const BREAKING_FACTS = new Set(['kind', 'hosting', 'probe', 'endpoints', 'network']);

function factChanges(server: string, diff: ServerDiff): Change[] {
  const facts = Object.entries(diff.facts ?? {}).map(([key, [old, made]]): Change => {
    if (key === 'dependencies') return { class: 'other', server, text: 'other dependencies are locked' };
    const kind = BREAKING_FACTS.has(key)
      ? 'breaking'
      : key.startsWith('permissions')
        ? 'permissions'
        : 'other';
    return { class: kind, server, text: `${key}: ${old ?? 'none'} → ${made ?? 'none'}` };
  });
  const unreleased =
    diff.sourceChanged && !diff.version
      ? [{ class: 'unreleased' as const, server, text: 'the code changed under the same version' }]
      : [];
  return [...facts, ...unreleased];
}

function toolChanges(server: string, tool: string, detail: ToolDiff, diff: ServerDiff): Change[] {
  const one = (kind: ChangeClass, text: string): Change => ({ class: kind, server, tool, text });
  const nobodyReleased = diff.underSameSource?.includes(tool) === true;
  const changed = diff.tools?.changed[tool] ?? [];
  const unreleased = nobodyReleased
    ? [
        one(
          'unreleased',
          `${changed.filter((kind) => kind === 'words' || kind === 'schema').join(' and ')} changed, version and code did not`,
        ),
      ]
    : [];
  return [
    ...parameterChanges(one, detail, changed.includes('schema')),
    ...accessChanges(one, detail),
    ...unreleased,
    ...wordChanges(server, tool, detail, changed.includes('words')),
    ...lossChanges(one, detail),
    ...(detail.actions?.added.length
      ? [one('permissions', `reaches ${detail.actions.added.join(', ')}`)]
      : []),
  ];
}

type Make = (kind: ChangeClass, text: string) => Change;

function parameterChanges(one: Make, detail: ToolDiff, schemaChanged: boolean): Change[] {
  const { parameters } = detail;
  const pointers = detail.schema ?? [];
  if (!parameters) {
    if (!schemaChanged) return [];
    const where = pointers.length > 0 ? `: ${pointers.slice(0, 8).join(', ')}` : '';
    return [one('other', `the schema changed, no parameter came, went or took another type${where}`)];
  }
  const added = Object.entries(parameters.added);
  return [
    ...parameters.removed.map((name) => one('breaking', `parameter ${name} removed`)),
    ...parameters.required.map((name) =>
      one('breaking', `parameter ${name} ${name in parameters.added ? 'new and ' : 'now '}required`),
    ),
    ...Object.entries(parameters.retyped).map(([name, { types, narrower }]) =>
      one(narrower ? 'breaking' : 'other', `parameter ${name} was ${types[0]}, is ${types[1]}`),
    ),
    ...added
      .filter(([name]) => !parameters.required.includes(name))
      .map(([name, type]) => one('additions', `parameter ${name}, ${type}`)),
    ...parameters.optional.map((name) => one('other', `parameter ${name} no longer required`)),
  ];
}

function accessChanges(one: Make, { access }: ToolDiff): Change[] {
  if (!access) return [];
  const wider = access[0] === 'read' || access[1] === 'write';
  return [one(wider ? 'permissions' : 'other', `access ${access[0]} → ${access[1]}`)];
}

function wordChanges(server: string, tool: string, { words }: ToolDiff, changed: boolean): Change[] {
  if (!changed) return [];
  if (!words) {
    return [
      { class: 'words', server, tool, text: 'words changed; they cannot be shown, a definition is missing' },
    ];
  }
  const unseen = Object.entries(words).filter(([at, { signs }]) => isUnseen(at) && signs.length === 0);
  const seen = Object.entries(words).filter(([at, { signs }]) => !isUnseen(at) || signs.length > 0);
  return [
    ...seen.map(([at, { hunks, signs }]) => ({
      class: 'words' as const,
      server,
      tool,
      text: `${at}${signs.length > 0 ? ` (new: ${signs.join('; ')})` : ''}`,
      words: { at, hunks, signs },
    })),
    ...(unseen.length === 0
      ? []
      : [
          {
            class: 'other' as const,
            server,
            tool,
            text: `titles or texts of the result changed, which the gateway does not pass on: ${count(unseen.length, 'text')}`,
          },
        ]),
  ];
}

/** Titles and the result's schema are left out by the projection. */
function isUnseen(at: string): boolean {
  return at.endsWith('/title') || at.startsWith('/outputSchema/');
}

/** Models shared by tools change in all of them: said once, with the tools that it is in. */
function onceEach(changes: readonly Change[]): Change[] {
  const groups = Map.groupBy(changes, (change) =>
    JSON.stringify([change.class, change.words ? [change.text, change.words] : [change.text, change.tool]]),
  );
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    const tools = [...new Set(others.flatMap(({ tool }) => tool ?? []))];
    return [tools.length === 0 ? first : { ...first, text: `${first.text} (also in ${tools.join(', ')})` }];
  });
}

function lossChanges(one: Make, { loss }: ToolDiff): Change[] {
  return Object.entries(loss?.added ?? {}).map(([at, what]) =>
    one(what.endsWith(NARROWING) ? 'breaking' : 'other', `the gateway's schemas cannot say ${at}: ${what}`),
  );
}
