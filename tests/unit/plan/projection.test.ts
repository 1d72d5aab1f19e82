/** Each feature of a real tool schema that the gateway's language lacks, and what becomes of it. */
import type { JsonObject } from '../../../plan/hash.ts';
import {
  estimateTokens,
  hashProjection,
  legalityProblems,
  type ProjectedTool,
  projectTool,
} from '../../../plan/schema/projection.ts';

function project(properties: JsonObject, more: JsonObject = {}) {
  const inputSchema: JsonObject = { type: 'object', properties, ...more };
  const { tool, loss } = projectTool({ name: 'read', description: 'Reads.', inputSchema });
  expect(legalityProblems(tool)).toEqual([]);
  return { ...tool.inputSchema, loss };
}

test('what the gateway can say stays as it is, without a loss', () => {
  const inputSchema: JsonObject = {
    type: 'object',
    title: 'readArguments',
    additionalProperties: false,
    properties: {
      url: { type: 'string', title: 'Url', description: 'Where.' },
      tags: { type: 'array', items: { type: 'object', properties: { key: { type: 'string' } } } },
    },
    required: ['url'],
  };
  const { tool, loss } = projectTool({ name: 'read', description: 'Reads.', inputSchema });
  expect(loss).toEqual({});
  expect(tool).toEqual({
    name: 'read',
    description: 'Reads.',
    inputSchema: {
      type: 'object',
      properties: {
        url: { type: 'string', description: 'Where.' },
        tags: { type: 'array', items: { type: 'object', properties: { key: { type: 'string' } } } },
      },
      required: ['url'],
    },
  });
});

test('enum, default, bounds, format and pattern go into the description', () => {
  const { properties, loss } = project({
    mode: { enum: ['fast', 'very slow'], default: 'fast', type: 'string' },
    limit: { type: 'integer', minimum: 1, exclusiveMaximum: 10, description: 'How many.' },
    when: { type: 'string', format: 'date-time', pattern: '^2' },
  });
  expect(properties).toEqual({
    mode: { type: 'string', description: '(one of: fast, "very slow"; default: fast)' },
    limit: { type: 'integer', description: 'How many.\n(minimum: 1; exclusiveMaximum: 10)' },
    when: { type: 'string', description: '(format: date-time; pattern: "^2")' },
  });
  expect(loss).toEqual({
    mode: 'enum, default→description',
    limit: 'minimum, exclusiveMaximum→description',
    when: 'format, pattern→description',
  });
});

test('a default of null says nothing', () => {
  const { properties, loss } = project({ a: { type: 'string', default: null } });
  expect(properties).toEqual({ a: { type: 'string' } });
  expect(loss).toEqual({});
});

test('X or null becomes X, which is then not required: null is said by leaving it out', () => {
  const { properties, required, loss } = project(
    {
      a: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      b: { type: ['string', 'null'] },
      c: { type: 'string' },
    },
    { required: ['a', 'c'] },
  );
  expect(properties).toEqual({ a: { type: 'integer' }, b: { type: 'string' }, c: { type: 'string' } });
  expect(required).toEqual(['c']);
  expect(loss).toEqual({ a: 'null→omit', b: 'null→omit' });
});

test('integer or number is number; other unions name the type that is left', () => {
  const { properties, loss } = project({
    a: { anyOf: [{ type: 'integer' }, { type: 'number' }] },
    b: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
    c: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    d: { anyOf: [{ type: 'object', additionalProperties: true }, { type: 'string' }] },
  });
  expect(properties).toEqual({
    a: { type: 'number' },
    b: { type: 'string' },
    c: { type: 'array', items: { type: 'string' } },
    d: { type: 'string' },
  });
  expect(loss).toEqual({
    b: 'string|integer→string only',
    c: 'array|string→array only',
    d: 'object|string→string only',
  });
});

test('$ref is inlined with the words beside it, a cycle is cut', () => {
  const { properties, loss } = project(
    { filter: { $ref: '#/$defs/Filter', description: 'Which.' } },
    {
      $defs: {
        Filter: {
          type: 'object',
          description: 'A filter.',
          properties: {
            and: { type: 'array', items: { $ref: '#/$defs/Filter' } },
            key: { $ref: '#/$defs/Key' },
          },
          required: ['key'],
        },
        Key: { enum: ['a', 'b'], type: 'string' },
      },
    },
  );
  expect(properties).toEqual({
    filter: {
      type: 'object',
      description: 'Which.',
      properties: {
        and: { type: 'array', items: { type: 'object' } },
        key: { type: 'string', description: '(one of: a, b)' },
      },
      required: ['key'],
    },
  });
  expect(loss).toEqual({ 'filter.and[]': 'recursion→cut', 'filter.key': 'enum→description' });
});

test('several object variants become one with the properties of all and what all require', () => {
  const variant = (kind: string, extra: string): JsonObject => ({
    type: 'object',
    properties: { kind: { const: kind }, [extra]: { type: 'string' } },
    required: ['kind', extra],
    additionalProperties: false,
  });
  const { properties, loss } = project({ by: { oneOf: [variant('a', 'x'), variant('b', 'y')] } });
  expect(properties).toEqual({
    by: {
      type: 'object',
      properties: {
        kind: { type: 'string', description: '(one of: a, b)' },
        x: { type: 'string' },
        y: { type: 'string' },
      },
      required: ['kind'],
    },
  });
  expect(loss).toEqual({ 'by.kind': 'enum→description' });
});

test('null that leaving out says as well is no loss', () => {
  const { properties, loss } = project({
    a: { anyOf: [{ type: 'integer' }, { type: 'null' }], default: null },
    b: { anyOf: [{ type: 'integer' }, { type: 'null' }], default: 5 },
  });
  expect(properties).toEqual({ a: { type: 'integer' }, b: { type: 'integer', description: '(default: 5)' } });
  expect(loss).toEqual({ b: 'default→description; null→omit' });
});

test('where the schema says nothing a default tells the type', () => {
  const { properties } = project({ a: { default: 5 }, b: { examples: [true] }, c: { default: null } });
  expect(properties).toMatchObject({ a: { type: 'number' }, b: { type: 'boolean' }, c: { type: 'string' } });
});

test('a list of anything beside a list of one type is a list of anything', () => {
  const { properties, loss } = project({
    a: { anyOf: [{ type: 'array', items: { type: 'integer' } }, { type: 'array' }] },
    b: {
      anyOf: [
        { type: 'array', items: { type: 'integer' } },
        { type: 'array', items: { type: 'number' } },
      ],
    },
  });
  expect(properties).toEqual({ a: { type: 'array' }, b: { type: 'array', items: { type: 'number' } } });
  expect(loss).toEqual({});
});

test('lists without items, free-form objects and typed dictionaries', () => {
  const { properties, loss } = project({
    list: { type: 'array' },
    empty: { type: 'array', items: {} },
    free: { type: 'object', additionalProperties: true },
    dict: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } },
    anything: {},
    pair: { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'number' }], maxItems: 2 },
  });
  expect(properties).toEqual({
    list: { type: 'array' },
    empty: { type: 'array' },
    free: { type: 'object' },
    dict: { type: 'object', description: '(values: "string[]")' },
    anything: { type: 'string' },
    pair: { type: 'array', items: { type: 'number' }, description: '(maxItems: 2)' },
  });
  expect(loss).toEqual({
    dict: 'additionalProperties→description',
    anything: 'any→string only',
    pair: 'maxItems→description',
  });
});

test('a long list of values is cut and the loss says so', () => {
  const { properties, loss } = project({
    region: { type: 'string', enum: Array.from({ length: 500 }, (_, index) => `region-${index}`) },
  });
  expect(properties?.region?.description).toMatch(/^\(one of: region-0, .* and \d+ more\)$/);
  expect(properties?.region?.description?.length).toBeLessThan(700);
  expect(loss).toEqual({ region: 'enum→description (cut)' });
});

test('a context that was taken for a required argument is hidden', () => {
  const { properties, required, loss } = project(
    { ctx: { $ref: '#/$defs/CallToolResult' }, path: { type: 'string' } },
    { required: ['ctx', 'path'], $defs: { CallToolResult: { type: 'object' } } },
  );
  expect(properties).toEqual({ path: { type: 'string' } });
  expect(required).toEqual(['path']);
  expect(loss).toEqual({ ctx: 'filled by the proxy→hidden' });
});

test('a tool without words gets its name in words', () => {
  const inputSchema: JsonObject = { type: 'object' };
  const { tool, loss } = projectTool({ name: 'create_topic', inputSchema });
  expect(tool.description).toBe('create topic');
  expect(loss).toEqual({ '(description)': 'missing→name' });
});

test('names that mean something to JavaScript are properties like others', () => {
  const inputSchema = JSON.parse(
    '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"integer"}},"required":["__proto__"]}',
  ) as JsonObject;
  const { tool } = projectTool({ name: 'read', description: 'Reads.', inputSchema });
  expect(JSON.stringify(tool.inputSchema)).toBe(
    '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"integer"}},"required":["__proto__"]}',
  );
  expect(legalityProblems(tool)).toEqual([]);
});

test('references that multiply end, and the result stays legal', () => {
  const level = (next: number): JsonObject => ({
    type: 'object',
    properties: { a: { $ref: `#/$defs/L${next}` }, b: { $ref: `#/$defs/L${next}` } },
  });
  const $defs = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`L${index}`, level(index + 1)]));
  const { loss } = project(
    { start: { $ref: '#/$defs/L0' } },
    { $defs: { ...$defs, L40: { type: 'string' } } },
  );
  expect(Object.values(loss)).toContain('size→cut');
});

describe('legalityProblems refuses what the gateway refuses', () => {
  const legal: ProjectedTool = { name: 'read', description: 'Reads.', inputSchema: { type: 'object' } };
  const withSchema = (inputSchema: unknown) => ({ ...legal, inputSchema }) as ProjectedTool;
  test.each<[string, ProjectedTool, string]>([
    ['an empty name', { ...legal, name: '' }, 'name'],
    ['an empty description', { ...legal, description: ' ' }, 'description'],
    ['another root type', withSchema({ type: 'string' }), 'of type object'],
    ['a foreign keyword', withSchema({ type: 'object', title: 'x' }), 'unknown keyword title'],
    ['no type', withSchema({ type: 'object', properties: { a: {} } }), 'inputSchema.a: type'],
    [
      'a list of types',
      withSchema({ type: 'object', properties: { a: { type: ['string'] } } }),
      'type must be',
    ],
    [
      'empty items',
      withSchema({ type: 'object', properties: { a: { type: 'array', items: {} } } }),
      'a[]: type',
    ],
    ['a required name without property', withSchema({ type: 'object', required: ['a'] }), 'requires a'],
  ])('%s', (_what, tool, problem) => {
    expect(legalityProblems(legal)).toEqual([]);
    expect(legalityProblems(tool).join()).toContain(problem);
  });
});

test('the hash follows what the gateway gets, and the estimate its length', () => {
  const make = (description: string) =>
    projectTool({ name: 'read', description, inputSchema: { type: 'object', title: description } }).tool;
  expect(hashProjection(make('Reads.'))).toBe(hashProjection(make('  Reads.\n')));
  expect(hashProjection(make('Reads.'))).not.toBe(hashProjection(make('Writes.')));
  expect(estimateTokens(make('x'.repeat(400)))).toBe(
    Math.ceil((400 + '{"description":"","inputSchema":{"type":"object"},"name":"read"}'.length) / 4),
  );
});
