import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { differences } from '../../../offline/plugin/diff.ts';
import { makeSecret, type Values } from '../../../offline/plugin/values.ts';

describe('differences', () => {
  test('names nested paths as Pulumi writes them, and what makes a new resource', () => {
    const olds: Values = { name: 'a', tags: { 'x:y': '1' }, list: [{ a: 1 }], same: true };
    const news: Values = { name: 'b', tags: { 'x:y': '2' }, list: [{ a: 2 }, { a: 3 }], same: true };
    expect(differences(olds, news, ['name'])).toEqual([
      { path: 'name', kind: 'update', replaces: true },
      { path: 'tags["x:y"]', kind: 'update', replaces: false },
      { path: 'list[0].a', kind: 'update', replaces: false },
      { path: 'list[1]', kind: 'add', replaces: false },
    ]);
  });

  test('a name that merely begins with a replacing one does not replace', () => {
    expect(differences({ named: 1 }, { named: 2 }, ['name'])).toEqual([
      { path: 'named', kind: 'update', replaces: false },
    ]);
  });

  test('sees through secrets: the same value is the same, another is not', () => {
    expect(differences({ a: makeSecret('x') }, { a: 'x' }, [])).toEqual([]);
    expect(differences({ a: makeSecret('x') }, { a: makeSecret('y') }, [])).toHaveLength(1);
  });

  test('equal values never differ, whatever they are', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (values) => {
        expect(differences(values as Values, structuredClone(values) as Values, [])).toEqual([]);
      }),
    );
  });
});
