/** What differs between old and new inputs, by path, and whether it makes a new resource. */
import { isObject, isSecret, reveal, type Value, type Values } from './values.ts';

export interface Difference {
  /** As Pulumi writes property paths: `a.b[0]["c.d"]`. */
  path: string;
  kind: 'add' | 'delete' | 'update';
  replaces: boolean;
}

/** `replaces` holds the paths that make a new resource; a path under one of them does too. */
export function differences(olds: Values, news: Values, replaces: readonly string[]): Difference[] {
  return walk(visible(olds), visible(news), '').map((difference) => ({
    ...difference,
    replaces: replaces.some((key) => isUnder(difference.path, key) || isUnder(key, difference.path)),
  }));
}

/** `a.b` and `a[0]` lie under `a`; `ab` does not. */
function isUnder(path: string, key: string): boolean {
  return path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`);
}

type Found = Omit<Difference, 'replaces'>;

function visible(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !key.startsWith('__')));
}

function walk(old: Value | undefined, now: Value | undefined, path: string): Found[] {
  const [before, after] = [bare(old), bare(now)];
  if (isNothing(before) && isNothing(after)) return [];
  if (isNothing(before)) return [{ path, kind: 'add' }];
  if (isNothing(after)) return [{ path, kind: 'delete' }];
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => walk(before[key], after[key], join(path, key)));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) =>
      walk(before[index], after[index], `${path}[${index}]`),
    ).flat();
  }
  return JSON.stringify(reveal(before)) === JSON.stringify(reveal(after)) ? [] : [{ path, kind: 'update' }];
}

function bare(value: Value | undefined): Value | undefined {
  return isSecret(value) ? value.value : value;
}

function isNothing(value: Value | undefined): value is null | undefined {
  return value === undefined || value === null;
}

function join(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}
