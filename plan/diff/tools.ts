/** One tool before and after: parameters, access, losses, and with both definitions the words that moved. */
import { wordsOf } from '../definition.ts';
import { canonicalJson, type Json } from '../hash.ts';
import type { ToolDefinition, ToolEntry } from '../manifest.ts';
import { isObject, pointer } from '../schema/keywords.ts';
import { isNarrower } from '../schema/narrower.ts';
import { NARROWING } from '../schema/projection.ts';
import { newSigns } from '../signals.ts';
import { schemaChanges } from './schema.ts';
import type { ToolChangeKind, ToolDiff } from './types.ts';
import { diffWords } from './word-diff.ts';

export interface Side {
  entry: ToolEntry;
  definition?: ToolDefinition | undefined;
}

/** `tools`: names of all tools of the server. */
export function diffTool(
  old: Side,
  made: Side,
  tools: readonly string[] = [],
): { kinds: ToolChangeKind[]; detail: ToolDiff } {
  const kinds: ToolChangeKind[] = [];
  const detail: ToolDiff = {};
  const [was, is] = [old.entry, made.entry];
  if (was.definition.schema !== is.definition.schema) {
    kinds.push('schema');
    const parameters = diffParameters(was.parameters, is.parameters);
    if (parameters) detail.parameters = parameters;
    if (old.definition && made.definition) {
      detail.schema = changedPointers(old.definition, made.definition);
      const constraints = schemaChanges(old.definition, made.definition);
      if (constraints.length > 0) detail.constraints = constraints;
      const annotations = diffAnnotations(old.definition, made.definition);
      if (annotations) detail.annotations = annotations;
    }
  }
  if (was.definition.words !== is.definition.words) {
    kinds.push('words');
    if (old.definition && made.definition)
      detail.words = changedWords(old.definition, made.definition, tools);
  }
  if (was.access !== is.access) {
    kinds.push('access');
    detail.access = [was.access, is.access];
  }
  const loss = diffLosses(was, is);
  if (loss) {
    kinds.push('loss');
    detail.loss = loss;
  }
  // A tool that could not be followed may have used anything its server had: only two known sets compare.
  const actions = was.actions && is.actions ? diffLists(was.actions, is.actions) : undefined;
  if (actions || (was.actions === undefined) !== (is.actions === undefined)) kinds.push('actions');
  if (actions) detail.actions = actions;
  if (was.tokens !== is.tokens) {
    kinds.push('tokens');
    detail.tokens = [was.tokens, is.tokens];
  }
  return { kinds, detail };
}

export function diffLists(
  old: readonly string[],
  made: readonly string[],
): { added: string[]; removed: string[] } | undefined {
  const [had, has] = [new Set(old), new Set(made)];
  const added = [...has].filter((item) => !had.has(item)).sort();
  const removed = [...had].filter((item) => !has.has(item)).sort();
  return added.length + removed.length > 0 ? { added, removed } : undefined;
}

function diffLosses(was: ToolEntry, is: ToolEntry): ToolDiff['loss'] | undefined {
  const [old, made] = [was.loss ?? {}, is.loss ?? {}];
  const only = (one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(one).filter(([key, text]) => other[key] !== text));
  const [added, removed] = [only(made, old), only(old, made)];
  if (Object.keys(added).length + Object.keys(removed).length === 0) return undefined;
  const narrower = Object.entries(added)
    .filter(([at, what]) => isNarrowing(at, what, was))
    .map(([at]) => at);
  return { added, removed, ...(narrower.length > 0 ? { narrower } : {}) };
}

/** Whether callers lose something: not what a parameter takes since now, nor what it did not take before. */
function isNarrowing(at: string, what: string, { parameters }: ToolEntry): boolean {
  if (!what.endsWith(NARROWING)) return false;
  const name = at.split(/[.[/]/)[0] ?? at;
  const before = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (before === undefined) return false;
  const kept = /→(.+) only$/.exec(what)?.[1];
  return kept === undefined || at !== name || isNarrower(kept, bare(before).replace(/\?$/, ''));
}

function diffAnnotations(old: ToolDefinition, made: ToolDefinition): ToolDiff['annotations'] {
  const [had, has] = [old.annotations ?? {}, made.annotations ?? {}];
  const changed = [...new Set([...Object.keys(had), ...Object.keys(has)])]
    .filter((key) => key !== 'title' && canonicalJson(had[key]) !== canonicalJson(has[key]))
    .sort()
    .map((key): [string, [string, string]] => [key, [shortly(had[key]), shortly(has[key])]]);
  return changed.length > 0 ? Object.fromEntries(changed) : undefined;
}

function shortly(value: Json | undefined): string {
  return value === undefined ? 'none' : canonicalJson(value);
}

function diffParameters(
  old: Readonly<Record<string, string>>,
  made: Readonly<Record<string, string>>,
): ToolDiff['parameters'] {
  const [had, has] = [new Map(Object.entries(old)), new Map(Object.entries(made))];
  const isRequired = (type: string | undefined) => type?.endsWith('!') === true;
  const common = [...has.keys()].filter((name) => had.has(name));
  const retyped = common.flatMap((name): [string, { types: [string, string]; narrower: boolean }][] => {
    const types: [string, string] = [bare(had.get(name) ?? ''), bare(has.get(name) ?? '')];
    return types[0] === types[1] ? [] : [[name, { types, narrower: isNarrower(types[1], types[0]) }]];
  });
  const parameters = {
    added: Object.fromEntries([...has].filter(([name]) => !had.has(name))),
    removed: [...had.keys()].filter((name) => !has.has(name)),
    required: [...has]
      .filter(([name, type]) => isRequired(type) && !isRequired(had.get(name)))
      .map(([name]) => name),
    optional: common.filter((name) => isRequired(had.get(name)) && !isRequired(has.get(name))),
    retyped: Object.fromEntries(retyped),
  };
  const isEmpty = Object.values(parameters).every((part) => Object.keys(part).length === 0);
  return isEmpty ? undefined : parameters;
}

const bare = (type: string) => (type.endsWith('!') ? type.slice(0, -1) : type);

/** All texts of a tool that is new. */
export function newWords(
  definition: ToolDefinition,
  tools: readonly string[],
): NonNullable<ToolDiff['words']> {
  const others = tools.filter((name) => name !== definition.name);
  return Object.fromEntries(
    Object.entries(wordsOf(definition)).map(([at, text]) => [
      at,
      { hunks: diffWords('', text), signs: newSigns('', text, others) },
    ]),
  );
}

function changedWords(
  old: ToolDefinition,
  made: ToolDefinition,
  tools: readonly string[],
): NonNullable<ToolDiff['words']> {
  const others = tools.filter((name) => name !== made.name);
  const [had, has] = [wordsOf(old), wordsOf(made)];
  const pointers = [...new Set([...Object.keys(had), ...Object.keys(has)])].sort();
  return Object.fromEntries(
    pointers
      .filter((at) => had[at] !== has[at])
      .map((at) => [
        at,
        {
          hunks: diffWords(had[at] ?? '', has[at] ?? ''),
          signs: newSigns(had[at] ?? '', has[at] ?? '', others),
        },
      ]),
  );
}

/** Where two definitions differ beside their texts; the outermost place only. */
function changedPointers(old: ToolDefinition, made: ToolDefinition): string[] {
  const found: string[] = [];
  for (const key of ['inputSchema', 'outputSchema', 'annotations'] as const) {
    compare(old[key], made[key], [key], found);
  }
  return found;
}

function compare(old: Json | undefined, made: Json | undefined, path: string[], found: string[]): void {
  if (canonicalJson(old) === canonicalJson(made)) return;
  if (!isObject(old) || !isObject(made) || path.length > 40) {
    if (!isText(path, old, made)) found.push(pointer(path));
    return;
  }
  for (const key of [...new Set([...Object.keys(old), ...Object.keys(made)])].sort()) {
    compare(old[key], made[key], [...path, key], found);
  }
}

function isText(path: readonly string[], old: Json | undefined, made: Json | undefined): boolean {
  const last = path.at(-1);
  const text = (value: Json | undefined) => value === undefined || typeof value === 'string';
  return (last === 'title' || last === 'description') && text(old) && text(made);
}
