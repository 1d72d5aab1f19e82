/** What changed of a tool's arguments below the level of a type, and whether callers lose by it. */
import fc from 'fast-check';
import { schemaChanges } from '../../../plan/diff/schema.ts';
import type { JsonObject } from '../../../plan/hash.ts';

const definition = (inputSchema: JsonObject) => ({ name: 't', inputSchema });
const parameter = (schema: JsonObject) => definition({ type: 'object', properties: { p: schema } });
const between = (old: JsonObject, made: JsonObject) =>
  schemaChanges(parameter(old), parameter(made)).map(
    ({ at, text, narrower }) => `${narrower ? 'narrower' : 'wider'} ${at}: ${text}`,
  );
const string = { type: 'string' };

test.each([
  ['a choice less', { enum: ['a', 'b'] }, { enum: ['a'] }, ['narrower p: no longer takes "b"']],
  ['a choice more', { enum: ['a'] }, { enum: ['a', 'b'] }, ['wider p: takes "b" too']],
  ['choices at last', string, { ...string, enum: ['a'] }, ['narrower p: takes only "a"']],
  ['choices no more', { ...string, const: 'a' }, string, ['wider p: takes any value']],
  ['a lower maximum', { maximum: 100 }, { maximum: 10 }, ['narrower p: maximum 100 → 10']],
  ['a higher maximum', { maximum: 10 }, { maximum: 100 }, ['wider p: maximum 10 → 100']],
  ['a minimum at last', {}, { minLength: 1 }, ['narrower p: minLength none → 1']],
  ['a pattern no more', { pattern: '^a' }, {}, ['wider p: pattern "^a" → none']],
  ['another default', { default: 5 }, { default: 50 }, ['wider p: default 5 → 50']],
  [
    'a closed object',
    { type: 'object' },
    { type: 'object', additionalProperties: false },
    ['narrower p: takes no other members'],
  ],
  ['no change but words', { ...string, description: 'a' }, { ...string, description: 'b' }, []],
])('%s', (_what, old, made, expected) => {
  expect(between(old as JsonObject, made as JsonObject)).toEqual(expected);
});

test('members of nested objects, through references, lists and what may be null', () => {
  const schema = (item: JsonObject): JsonObject => ({
    type: 'object',
    properties: { filters: { anyOf: [{ type: 'array', items: { $ref: '#/$defs/F' } }, { type: 'null' }] } },
    $defs: { F: item },
  });
  const old = schema({
    type: 'object',
    properties: { name: string, gone: string, size: { type: 'number' } },
  });
  const made = schema({
    type: 'object',
    properties: { name: string, must: string, size: { type: 'integer' } },
    required: ['name', 'must'],
  });
  expect(schemaChanges(definition(old), definition(made))).toEqual([
    { at: 'filters[].name', text: 'now required', narrower: true },
    { at: 'filters[].must', text: 'new and required', narrower: true },
    { at: 'filters[].size', text: 'was number, is integer', narrower: true },
    { at: 'filters[].gone', text: 'removed', narrower: true },
  ]);
});

test('a schema that holds itself, or is hostile, ends', () => {
  const cyclic: JsonObject = {
    type: 'object',
    properties: { a: { $ref: '#' }, b: { $ref: '#/properties/b' }, c: { $ref: '#/nowhere' } },
  };
  const wide: JsonObject = {
    type: 'object',
    properties: Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`p${index}`, { $ref: '#' }])),
  };
  expect(
    schemaChanges(definition(cyclic), definition({ ...cyclic, minProperties: 1 })).length,
  ).toBeGreaterThan(0);
  expect(schemaChanges(definition(wide), definition(wide))).toEqual([]);
});

const bounds = fc.record(
  {
    minimum: fc.integer({ min: 0, max: 5 }),
    maximum: fc.integer({ min: 5, max: 9 }),
    enum: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
    default: fc.constantFrom('a', 'b'),
  },
  { requiredKeys: [] },
);

test('the same on both sides is no change; a change seen from the other side is its opposite', () => {
  fc.assert(
    fc.property(bounds, bounds, (old, made) => {
      expect(between(old, old)).toEqual([]);
      const [there, back] = [between(old, made), between(made, old)];
      expect(back.length).toBe(there.length);
      const tight = (lines: string[]) => lines.filter((line) => line.startsWith('narrower')).length;
      const defaults = there.filter((line) => line.includes('default')).length;
      expect(tight(there) + tight(back)).toBe(there.length - defaults);
    }),
  );
});
