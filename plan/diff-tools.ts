/** One tool before and after: parameters, access, losses, and with both definitions the words that moved. */
import { wordsOf } from './definition.ts';
import type { ToolChangeKind, ToolDiff } from './diff-types.ts';
import { canonicalJson, type Json } from './hash.ts';
import type { ToolDefinition, ToolEntry } from './manifest.ts';
import { isObject, pointer } from './schema-keywords.ts';
import { newSigns } from './signals.ts';
import { diffWords } from './word-diff.ts';

export interface Side {
  entry: ToolEntry;
  definition?: ToolDefinition | undefined;
}

export function diffTool(old: Side, made: Side): { kinds: ToolChangeKind[]; detail: ToolDiff } {
  const kinds: ToolChangeKind[] = [];
  const detail: ToolDiff = {};
  const [was, is] = [old.entry, made.entry];
  if (was.definition.schema !== is.definition.schema) {
    kinds.push('schema');
    const parameters = diffParameters(was.parameters, is.parameters);
    if (parameters) detail.parameters = parameters;
    if (old.definition && made.definition) detail.schema = changedPointers(old.definition, made.definition);
  }
  if (was.definition.words !== is.definition.words) {
    kinds.push('words');
    if (old.definition && made.definition) detail.words = changedWords(old.definition, made.definition);
  }
  if (was.access !== is.access) {
    kinds.push('access');
    detail.access = [was.access, is.access];
  }
  const loss = diffRecords(was.loss ?? {}, is.loss ?? {});
  if (loss) {
    kinds.push('loss');
    detail.loss = loss;
  }
  const actions = diffLists(was.actions ?? [], is.actions ?? []);
  if (actions) {
    kinds.push('actions');
    detail.actions = actions;
  }
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

function diffRecords(
  old: Readonly<Record<string, string>>,
  made: Readonly<Record<string, string>>,
): ToolDiff['loss'] | undefined {
  const only = (one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(one).filter(([key, text]) => other[key] !== text));
  const [added, removed] = [only(made, old), only(old, made)];
  return Object.keys(added).length + Object.keys(removed).length > 0 ? { added, removed } : undefined;
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
    return types[0] === types[1] ? [] : [[name, { types, narrower: !isWider(types[1], types[0]) }]];
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

/** Whether everything that fits `other` fits `type`, both in the short form of describeParameters. */
function isWider(type: string, other: string): boolean {
  const [mine, theirs] = [alternatives(type), alternatives(other)];
  if (mine.has('any')) return true;
  return [...theirs].every((one) => mine.has(one) || (one === 'integer' && mine.has('number')));
}

function alternatives(type: string): Set<string> {
  const nullable = type.endsWith('?');
  const names = (nullable ? type.slice(0, -1) : type).replace(/^\(([^()]*)\)$/, '$1');
  const whole = /[()]/.test(names) ? [names] : names.split('|');
  return new Set([...whole, ...(nullable ? ['null'] : [])]);
}

function changedWords(old: ToolDefinition, made: ToolDefinition): NonNullable<ToolDiff['words']> {
  const [had, has] = [wordsOf(old), wordsOf(made)];
  const pointers = [...new Set([...Object.keys(had), ...Object.keys(has)])].sort();
  return Object.fromEntries(
    pointers
      .filter((at) => had[at] !== has[at])
      .map((at) => [
        at,
        { hunks: diffWords(had[at] ?? '', has[at] ?? ''), signs: newSigns(had[at] ?? '', has[at] ?? '') },
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
