/** What changed of one tool, as single changes: parameters, access, words, what the gateway cannot say. */
import type { Change } from './changes.ts';
import type { ServerDiff, ToolDiff } from './types.ts';
import { type Make, parametersOf, wordChanges } from './word-changes.ts';
import { names, say } from './words.ts';

interface Where {
  server: string;
  tool: string;
  detail: ToolDiff;
  diff: ServerDiff;
}

export function toolChanges({ server, tool, detail, diff }: Where): Change[] {
  const one: Make = (kind, text) => ({ class: kind, server, tools: [tool], text });
  const changed = diff.tools?.changed[tool] ?? [];
  const unreleased = diff.underSameSource?.includes(tool) === true;
  const moved = changed.filter((kind) => kind === 'words' || kind === 'schema').join(' and ');
  return [
    ...parameterChanges(one, detail),
    ...(changed.includes('schema') ? schemaChanges(one, detail) : []),
    ...accessChanges(one, detail, diff),
    // words that can be shown tell it themselves, by where they stand
    ...(unreleased && (changed.includes('schema') || !detail.words)
      ? [one('unreleased', [`${moved} changed, version and code did not`])]
      : []),
    ...(changed.includes('words') ? wordChanges(one, detail, unreleased ? 'unreleased' : 'words') : []),
    ...lossChanges(one, detail),
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

function lossChanges(one: Make, { loss }: ToolDiff): Change[] {
  const narrower = new Set(loss?.narrower);
  return Object.entries(loss?.added ?? {}).map(([at, what]) =>
    one(narrower.has(at) ? 'breaking' : 'other', say`the gateway's schemas cannot say ${at}: ${[what]}`),
  );
}
