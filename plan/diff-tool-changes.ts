/** What changed of one tool, as single changes: parameters, access, words, what the gateway cannot say. */
import type { Change, ChangeClass } from './diff-changes.ts';
import type { ServerDiff, ToolDiff } from './diff-types.ts';
import { names, type Sentence, say } from './diff-words.ts';

interface Where {
  server: string;
  tool: string;
  detail: ToolDiff;
  diff: ServerDiff;
}
type Make = (kind: ChangeClass, text: Sentence) => Change;
type Words = NonNullable<ToolDiff['words']>;

export function toolChanges({ server, tool, detail, diff }: Where): Change[] {
  const one: Make = (kind, text) => ({ class: kind, server, tools: [tool], text });
  const changed = diff.tools?.changed[tool] ?? [];
  const moved = changed.filter((kind) => kind === 'words' || kind === 'schema').join(' and ');
  return [
    ...parameterChanges(one, detail),
    ...(changed.includes('schema') ? schemaChanges(one, detail) : []),
    ...accessChanges(one, detail, diff),
    ...(diff.underSameSource?.includes(tool)
      ? [one('unreleased', [`${moved} changed, version and code did not`])]
      : []),
    ...(changed.includes('words') ? wordChanges(one, detail) : []),
    ...lossChanges(one, detail),
  ];
}

/** A tool that is new: every word of it is one that a model did not read before. */
export function newToolChanges(server: string, tool: string, words: Words | undefined): Change[] {
  const one: Make = (kind, text) => ({ class: kind, server, tools: [tool], text });
  if (!words) return [one('additions', ['new; its words cannot be shown, the definition is missing'])];
  const { '/description': description, ...others } = words;
  return [
    {
      ...one('additions', ['new']),
      ...(description ? { words: { at: '/description', ...description } } : {}),
    },
    ...textChanges(
      one,
      description ? { '/description': { ...description, hunks: [] }, ...others } : others,
    ).filter(({ words: shown }) => shown === undefined || shown.signs.length > 0),
  ];
}

function parameterChanges(one: Make, { parameters, words }: ToolDiff): Change[] {
  if (!parameters) return [];
  const told = new Set(parametersOf(words));
  const required = parameters.required.filter((name) => !Object.hasOwn(parameters.added, name));
  const must = parameters.required.filter((name) => Object.hasOwn(parameters.added, name));
  const may = Object.entries(parameters.added).filter(([name]) => !must.includes(name) && !told.has(name));
  const listed = (all: readonly string[], what: string): Change[] =>
    all.length > 0 ? [one('breaking', [`${noun(all)} `, ...names(all), ` ${what}`])] : [];
  return [
    ...listed(parameters.removed, 'removed'),
    ...listed(must, 'new and required'),
    ...listed(required, 'now required'),
    ...Object.entries(parameters.retyped).map(([name, { types, narrower }]) =>
      one(narrower ? 'breaking' : 'other', say`parameter ${name} was ${types[0]}, is ${types[1]}`),
    ),
    ...may.map(([name, type]) => one('additions', say`parameter ${name}, ${type}`)),
    ...(parameters.optional.length > 0
      ? [one('other', say`no longer required: ${names(parameters.optional)}`)]
      : []),
  ];
}

function noun(all: readonly string[]): string {
  return all.length === 1 ? 'parameter' : 'parameters';
}

function schemaChanges(one: Make, detail: ToolDiff): Change[] {
  const constraints = detail.constraints ?? [];
  const told = constraints.map(({ at, text, narrower }) =>
    one(narrower ? 'breaking' : 'other', say`${at}: ${[text]}`),
  );
  const annotations = Object.entries(detail.annotations ?? {}).map(([key, [old, made]]) =>
    one('permissions', say`annotation ${key} was ${old}, is ${made}`),
  );
  const pointers = detail.schema ?? [];
  const results = pointers.filter((at) => at.startsWith('/outputSchema'));
  const inputs = pointers.filter((at) => at.startsWith('/inputSchema'));
  const explained = constraints.length > 0 || detail.parameters !== undefined;
  return [
    ...told,
    ...annotations,
    ...(inputs.length > 0 && !explained
      ? [one('other', say`the schema changed beside types and bounds: ${names(inputs, 4)}`)]
      : []),
    ...(results.length > 0 ? [one('other', say`the result has another schema: ${names(results, 4)}`)] : []),
    ...(pointers.length === 0 && told.length + annotations.length === 0 && !explained
      ? [one('other', ['the schema changed; how is not known, a definition is missing'])]
      : []),
  ];
}

function accessChanges(one: Make, { access, actions }: ToolDiff, diff: ServerDiff): Change[] {
  const granted = new Set(diff.actions?.added);
  const known = (actions?.added ?? []).filter((action) => !granted.has(action));
  const wider = access !== undefined && (access[0] === 'read' || access[1] === 'write');
  return [
    ...(access ? [one(wider ? 'permissions' : 'other', [`access ${access[0]} → ${access[1]}`])] : []),
    // New ones are told once for the server, with the tools that reach them.
    ...(known.length > 0
      ? [one('other', say`reaches what its server could call before: ${names(known)}`)]
      : []),
  ];
}

function wordChanges(one: Make, { words, parameters }: ToolDiff): Change[] {
  if (!words) return [one('words', ['words changed; they cannot be shown, a definition is missing'])];
  const gone = new Set(parameters?.removed);
  const come = parameters?.added ?? {};
  const own = (keep: (name: string | undefined) => boolean): Words =>
    Object.fromEntries(
      Object.entries(words).filter(([at, { signs }]) => signs.length > 0 || keep(parameterOf(at))),
    );
  const fresh = Object.entries(words).flatMap(([at, text]): Change[] => {
    const name = parameterOf(at);
    if (
      name === undefined ||
      !Object.hasOwn(come, name) ||
      at !== `/inputSchema/properties/${name}/description`
    )
      return [];
    const change = one('additions', say`parameter ${name}, ${come[name] ?? 'any'}`);
    return [text.signs.length > 0 ? change : { ...change, words: { at, ...text } }];
  });
  return [
    ...textChanges(
      one,
      own((name) => name === undefined || !(gone.has(name) || Object.hasOwn(come, name))),
    ),
    ...fresh,
  ];
}

/** The parameter that a text belongs to. */
function parameterOf(at: string): string | undefined {
  const name = /^\/inputSchema\/properties\/([^/]+)\//.exec(at)?.[1];
  return name?.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Parameters whose own descriptions are among the texts. */
function parametersOf(words: ToolDiff['words']): string[] {
  return Object.keys(words ?? {}).flatMap((at) => {
    const name = parameterOf(at);
    return name !== undefined && at === `/inputSchema/properties/${name}/description` ? [name] : [];
  });
}

function textChanges(one: Make, words: Words): Change[] {
  const entries = Object.entries(words);
  const unseen = entries.filter(([at, { signs }]) => isUnseen(at) && signs.length === 0);
  const seen = entries.filter(([at, { signs }]) => !isUnseen(at) || signs.length > 0);
  return [
    ...seen.map(([at, { hunks, signs }]) => ({
      ...one('words', signs.length > 0 ? say`${at} (new: ${[signs.join('; ')]})` : say`${at}`),
      words: { at, hunks, signs },
    })),
    ...(unseen.length > 0
      ? [one('other', ['titles or texts of the result changed, which the gateway does not pass on'])]
      : []),
  ];
}

/** Titles and the result's schema are left out by the projection. */
function isUnseen(at: string): boolean {
  return at.endsWith('/title') || at.startsWith('/outputSchema/');
}

function lossChanges(one: Make, { loss }: ToolDiff): Change[] {
  const narrower = new Set(loss?.narrower);
  return Object.entries(loss?.added ?? {}).map(([at, what]) =>
    one(narrower.has(at) ? 'breaking' : 'other', say`the gateway's schemas cannot say ${at}: ${[what]}`),
  );
}
