/** What an expression can stand for, as far as the readers care: strings, clients of AWS, and things of the package. */
import { createHash } from 'node:crypto';
import type { Scope } from '../syntax/scope.ts';

export type Value =
  | { kind: 'string'; value: string }
  /** A boto3 client, or what is made from one and belongs to the same service (resource, paginator, table). `?`: unknown service. */
  | { kind: 'client'; service: string; form: 'client' | 'resource' | 'other' }
  | { kind: 'session' }
  | { kind: 'operation'; service: string; method: string }
  /** `owner`: the class a method was reached through. */
  | { kind: 'function'; scope: Scope; owner?: Scope }
  /** `open`: the class itself or any below it, as `self` is inside a method. */
  | { kind: 'class'; scope: Scope; open: boolean }
  | { kind: 'instance'; scope: Scope; open: boolean }
  | { kind: 'module'; name: string }
  /** Something of another package, by its dotted name. */
  | { kind: 'external'; name: string }
  | { kind: 'list'; items: Value[][] }
  | { kind: 'dict'; entries: { key?: string; value: Value[] }[] };

const scopeIds = new WeakMap<Scope, number>();
let nextId = 0;

function idOf(scope: Scope): number {
  let id = scopeIds.get(scope);
  if (id === undefined) {
    id = nextId++;
    scopeIds.set(scope, id);
  }
  return id;
}

const containerKeys = new WeakMap<Value, string>();

/** Equal for equal values, within one run. */
export function keyOf(value: Value): string {
  if (value.kind !== 'list' && value.kind !== 'dict') return spell(value);
  let key = containerKeys.get(value);
  if (key === undefined) {
    key = spell(value);
    // Nested containers would otherwise write their parts out again and again.
    if (key.length > 100) key = `${value.kind}#${createHash('sha1').update(key).digest('base64')}`;
    containerKeys.set(value, key);
  }
  return key;
}

function spell(value: Value): string {
  switch (value.kind) {
    case 'string':
      return `s:${value.value}`;
    case 'client':
      return `c:${value.service}:${value.form}`;
    case 'operation':
      return `o:${value.service}:${value.method}`;
    case 'function':
      return `f:${idOf(value.scope)}:${value.owner ? idOf(value.owner) : ''}`;
    case 'class':
    case 'instance':
      return `${value.kind}:${idOf(value.scope)}:${value.open}`;
    case 'module':
    case 'external':
      return `${value.kind}:${value.name}`;
    case 'list':
      return `l:[${value.items.map(keysOf).join('|')}]`;
    case 'dict':
      return `d:{${value.entries.map((entry) => `${entry.key ?? '*'}=${keysOf(entry.value)}`).join('|')}}`;
    default:
      return value.kind;
  }
}

export function keysOf(values: readonly Value[]): string {
  return values.map(keyOf).sort().join(',');
}

/** More values than this for one expression tell nothing any more. */
const MOST = 400;

export function union(groups: readonly (readonly Value[])[]): Value[] {
  const [only, ...others] = groups.filter((group) => group.length > 0);
  if (only === undefined) return [];
  if (others.length === 0) return only as Value[];
  const found = new Map<string, Value>();
  for (const group of groups)
    for (const value of group) {
      if (found.size >= MOST) return [...found.values()];
      found.set(keyOf(value), value);
    }
  return [...found.values()];
}

export function stringsOf(values: readonly Value[]): string[] {
  return values.flatMap((value) => (value.kind === 'string' ? [value.value] : []));
}

/** What a loop over the values yields. */
export function elementsOf(values: readonly Value[], index?: number): Value[] {
  return union(
    values.flatMap((value) => {
      if (value.kind === 'list') {
        const exact = index === undefined ? undefined : value.items[index];
        return exact === undefined ? value.items : [exact];
      }
      if (value.kind !== 'dict') return [];
      return value.entries.map((entry): Value[] =>
        entry.key === undefined ? [] : [{ kind: 'string', value: entry.key }],
      );
    }),
  );
}
