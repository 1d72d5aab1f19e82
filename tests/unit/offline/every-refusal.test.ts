/** Whatever the stand-in refuses as a service would, a test beside this one is refused for. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const RULES = resolve(import.meta.dirname, '../../../offline/plugin/rules');
const read = (folder: string, ending: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(resolve(folder, name), 'utf8'))
    .join('\n');

/** What stands in a message whatever the resource is: between what is filled in. */
const fixed = (text: string) =>
  text
    .split(/\$\{[^}]*\}|["'`]/)
    .map((part) => part.trim())
    .filter((part) => part.length > 5);

const refusals = [...read(RULES, '.ts').matchAll(/['"`]([A-Z][A-Za-z.]+: [^`\n]*)/g)].map(([, text = '']) =>
  fixed(text),
);
const expected = [...read(import.meta.dirname, '.test.ts').matchAll(/toThrow\(\s*(['"`])(.+?)\1/g)].map(
  ([, , text = '']) => fixed(text),
);

function isTested(parts: readonly string[]): boolean {
  return expected.flat().some((text) => parts.some((part) => part.includes(text) || text.includes(part)));
}

test('each refusal is seen', () => {
  expect(refusals.length).toBeGreaterThan(50);
  expect(refusals.filter((parts) => !isTested(parts)).map((parts) => parts.join(' … '))).toEqual([]);
});
