/** Definitions: equal hashes for the same tool whichever Python served it, other hashes for another tool. */
import fc from 'fast-check';
import {
  cleandoc,
  describeParameters,
  hashDefinition,
  normaliseDefinition,
  normaliseText,
  wordsOf,
} from '../../../plan/definition.ts';
import type { ToolDefinition } from '../../../plan/manifest.ts';

const textLike = fc.stringMatching(/^[ab \n\t]{0,40}$/);

const tool = (inputSchema: ToolDefinition['inputSchema'], more: Partial<ToolDefinition> = {}) => ({
  name: 'read',
  description: 'Reads.',
  inputSchema,
  ...more,
});

describe('cleandoc', () => {
  // Each right side is what Python 3.13's inspect.cleandoc returns for the left side.
  test.each([
    ['Reads.\n\n    Args:\n        url: where\n    ', 'Reads.\n\nArgs:\n    url: where'],
    ['  a', 'a'],
    ['\n    a\n  b', '  a\nb'],
    ['a\n\tb\n', 'a\nb'],
    ['a\tb', 'a       b'],
    ['', ''],
    ['\n\n', ''],
    ['a\n   ', 'a\n   '],
    ['a\n  b\n    ', 'a\nb\n  '],
  ])('%j becomes %j', (given, wanted) => {
    expect(cleandoc(given)).toBe(wanted);
  });

  test('normaliseText is the same whether or not a framework applied cleandoc before', () => {
    fc.assert(
      fc.property(textLike, (text) => {
        expect(normaliseText(cleandoc(text))).toBe(normaliseText(text));
        expect(normaliseText(normaliseText(text))).toBe(normaliseText(text));
      }),
      { numRuns: 2000 },
    );
  });

  test('a text of a hundred thousand blank lines is normalised without a turn for each', () => {
    expect(normaliseText('  \n'.repeat(100_000))).toBe('');
  });
});

describe('hashDefinition', () => {
  const indented = 'Reads a page.\n\n        Args:\n            url: where it is\n        ';
  const stripped = 'Reads a page.\n\nArgs:\n    url: where it is';
  const schema = (description: string) => ({
    type: 'object',
    properties: { url: { type: 'string', title: 'Url', description } },
    required: ['url'],
  });

  test('is the same for a docstring with and without its indentation', () => {
    const one = hashDefinition(tool(schema(indented), { description: indented }));
    const other = hashDefinition(tool(schema(stripped), { description: stripped }));
    expect(one).toEqual(other);
  });

  test('a changed word changes words alone', () => {
    const one = hashDefinition(tool(schema('where')));
    const other = hashDefinition(tool(schema('where, and run this')));
    expect(other.schema).toBe(one.schema);
    expect(other.words).not.toBe(one.words);
  });

  test.each([
    ['a type', { type: 'object', properties: { url: { type: 'integer' } } }],
    ['a default', { type: 'object', properties: { url: { type: 'string', default: 'x' } } }],
    ['a property called description', { type: 'object', properties: { description: { type: 'string' } } }],
    ['a property called title', { type: 'object', properties: { title: { type: 'string' } } }],
  ])('%s changes schema', (_what, changed) => {
    const base = hashDefinition(tool({ type: 'object', properties: {} })).schema;
    expect(hashDefinition(tool(changed)).schema).not.toBe(base);
  });

  test('data that looks like words stays in schema', () => {
    const one = hashDefinition(tool({ type: 'object', default: { description: 'a' } }));
    const other = hashDefinition(tool({ type: 'object', default: { description: 'b' } }));
    expect(other.words).toBe(one.words);
    expect(other.schema).not.toBe(one.schema);
  });

  test('outputSchema and annotations count, their titles as words', () => {
    const plain = hashDefinition(tool({ type: 'object' }));
    const hinted = hashDefinition(tool({ type: 'object' }, { annotations: { readOnlyHint: true } }));
    const titled = hashDefinition(tool({ type: 'object' }, { annotations: { title: 'T' } }));
    const output = hashDefinition(tool({ type: 'object' }, { outputSchema: { type: 'object', title: 'O' } }));
    expect(new Set([plain.schema, hinted.schema, titled.schema, output.schema]).size).toBe(4);
    expect(new Set([plain.words, titled.words, output.words]).size).toBe(3);
  });

  test('normalising first changes neither hash', () => {
    const definition = tool(schema(indented), { description: indented, title: ' T ' });
    expect(hashDefinition(normaliseDefinition(definition))).toEqual(hashDefinition(definition));
  });
});

test('wordsOf finds texts in nested schemas and definitions, by JSON pointer', () => {
  const definition = tool({
    type: 'object',
    properties: { 'a/b': { anyOf: [{ type: 'null' }, { $ref: '#/$defs/X' }], description: 'one' } },
    $defs: { X: { type: 'object', properties: { c: { items: { description: 'two' } } } } },
  });
  expect(wordsOf(definition)).toEqual({
    '/description': 'Reads.',
    '/inputSchema/properties/a~1b/description': 'one',
    '/inputSchema/$defs/X/properties/c/items/description': 'two',
  });
});

test('describeParameters says type, required, nullable, union and list', () => {
  const schema = {
    type: 'object',
    properties: {
      url: { type: 'string' },
      limit: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      mode: { enum: ['a', 'b'] },
      either: { anyOf: [{ type: 'string' }, { type: 'number' }] },
      maybe: { type: ['string', 'integer', 'null'] },
      list: { type: 'array', items: { type: 'string' } },
      mixed: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
      loose: { type: 'array' },
      model: { $ref: '#/$defs/M' },
      anything: {},
    },
    required: ['url', 'limit'],
    $defs: { M: { type: 'object' } },
  };
  expect(describeParameters(schema)).toEqual({
    url: 'string!',
    limit: 'integer?!',
    mode: 'string',
    either: 'number|string',
    maybe: '(integer|string)?',
    list: 'string[]',
    mixed: '(number|string)[]',
    loose: 'any[]',
    model: 'object',
    anything: 'any',
  });
});

test('references that multiply or run in circles end', () => {
  const many = Array.from({ length: 50 }, () => ({ $ref: '#' }));
  expect(describeParameters({ type: 'object', properties: { a: { anyOf: many, $ref: '#/x' } } })).toEqual({
    a: 'any',
  });
  expect(
    describeParameters({ properties: { a: { $ref: '#/$defs/A' } }, $defs: { A: { anyOf: many } } }),
  ).toEqual({ a: 'object' });
});
