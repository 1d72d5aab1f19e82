/** Texts, lists and dicts put together from known values, and what is taken out of them. */
import type { Expr } from '../syntax/ast.ts';
import { stringsOf, union, type Value } from './values.ts';

type Of = (inner: Expr) => Value[];

/** Entries of a dict display: a pair, or another dict behind `**`. */
export function entriesOf(entry: { key?: Expr; value: Expr }, of: Of): { key?: string; value: Value[] }[] {
  if (entry.key === undefined)
    return of(entry.value).flatMap((value) => (value.kind === 'dict' ? value.entries : []));
  const keys = stringsOf(of(entry.key));
  const value = of(entry.value);
  return keys.length === 0 ? [{ value }] : keys.map((key) => ({ key, value }));
}

/** What `+` or `|` gives. */
export function sumOf(left: Value[], right: Value[]): Value[] {
  const texts = stringsOf(left).flatMap((a) =>
    stringsOf(right).map((b): Value => ({ kind: 'string', value: a + b })),
  );
  const rest = [...left, ...right].filter((value) => value.kind === 'list' || value.kind === 'dict');
  return union([texts, rest]);
}

/** An f-string all of whose parts are known. */
export function textOf(parts: readonly (string | Expr)[], of: Of): Value[] {
  let texts = [''];
  for (const part of parts) {
    const options = typeof part === 'string' ? [part] : stringsOf(of(part));
    texts = texts.flatMap((text) => options.map((option) => text + option));
    if (texts.length === 0 || texts.length > 50) return [];
  }
  return texts.map((value) => ({ kind: 'string', value }));
}

/** What a subscript takes out: the entries of these keys, otherwise any. */
export function itemsOf(values: Value[], keys: readonly string[]): Value[] {
  return union(
    values.flatMap((value): Value[][] => {
      if (value.kind === 'list') return value.items;
      if (value.kind !== 'dict') return [];
      const exact = value.entries.filter((entry) => entry.key !== undefined && keys.includes(entry.key));
      return (exact.length > 0 ? exact : value.entries).map((entry) => entry.value);
    }),
  );
}

/** What `.values()` or `.items()` of a dict gives. */
export function dictView(values: Value[], pairs: boolean): Value[] {
  const entries = values.flatMap((value) => (value.kind === 'dict' ? value.entries : []));
  const items = entries.map((entry): Value[] => {
    if (!pairs) return entry.value;
    const key: Value[] = entry.key === undefined ? [] : [{ kind: 'string', value: entry.key }];
    return [{ kind: 'list', items: [key, entry.value] }];
  });
  return [{ kind: 'list', items }];
}
