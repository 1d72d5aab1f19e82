/** All texts in a call's parameters. */
import { isObject, type Value, type Values } from '../../offline/plugin/values.ts';

export interface Found {
  /** Name of the member that it stands in, of a list's items that of the list. */
  member: string;
  text: string;
}

export function textsIn(value: Value | undefined, member = ''): Found[] {
  if (typeof value === 'string') return [{ member, text: value }];
  if (Array.isArray(value)) return value.flatMap((item) => textsIn(item, member));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => textsIn(item, key));
}

/** A policy document, a dashboard's body: names in it need not be of anything that exists. */
export function isDocument(text: string): boolean {
  return /^\s*\{/.test(text);
}

/** The parameters with the stand-in's texts replaced by the real ones; of two that begin alike the longer counts. */
export function replaceTexts(params: Values, real: ReadonlyMap<string, string>): Values {
  const longest = [...real.keys()].sort((a, b) => b.length - a.length);
  if (longest.length === 0) return params;
  const pattern = anyOf(longest);
  return mapTexts(params, (text) => text.replace(pattern, (from) => real.get(from) ?? from)) as Values;
}

/** Matches each of the texts, wherever it stands. */
export function anyOf(texts: readonly string[]): RegExp {
  if (texts.length === 0) return /(?!)/g;
  return new RegExp(texts.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g');
}

function mapTexts(value: Value, change: (text: string) => string): Value {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
}
