/** Schemas shaped like those of real servers (pydantic's, FastMCP's, OpenAPI's), and values that fit them. */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../../plan/hash.ts';
import { isObject, resolveReference } from '../../../plan/schema/keywords.ts';

const NAMES = ['a', 'b', 'c', '__proto__', 'title', 'description', 'x-y', 'type', 'items'];
const name = fc.constantFrom(...NAMES);
const words = fc.option(fc.constantFrom('Words.', 'More.\n\n    Indented.\n  ', '  x', '', '(default: 1)'), {
  nil: undefined,
});
const scalar = fc.oneof(fc.constantFrom<Json>('x', 'y z', '', 1, 2.5, true, null), fc.integer());

/** fast-check's own records lose `__proto__`. */
export function objectOf<T extends Json>(entries: readonly (readonly [string, T])[]): { [key: string]: T } {
  return Object.fromEntries(entries);
}

const keywords = (schema: JsonObject) =>
  fc
    .record({ title: words, description: words, default: fc.option(scalar, { nil: undefined, freq: 4 }) })
    .map((extra): JsonObject => ({ ...withoutUndefined(extra), ...schema }));

function withoutUndefined(record: Record<string, Json | undefined>): JsonObject {
  return objectOf(Object.entries(record).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

const leaf: fc.Arbitrary<Json> = fc.oneof(
  {
    arbitrary: fc.constantFrom<JsonObject>({ type: 'string' }, { type: 'integer' }, { type: 'number' }),
    weight: 4,
  },
  fc.constantFrom<Json>(
    { type: 'boolean' },
    { type: 'null' },
    {},
    true,
    { type: 'array' },
    { type: 'array', items: {} },
    { type: 'object' },
    { type: 'object', additionalProperties: true },
    { type: 'string', enum: ['a', 'b'] },
    { enum: ['a', 1, null] },
    { const: 'k' },
    { type: 'integer', minimum: 1, maximum: 9 },
    { type: 'number', exclusiveMinimum: 0, multipleOf: 0.5 },
    { type: 'string', minLength: 1, maxLength: 3, pattern: '^[a-z]+$', format: 'email' },
    { type: ['string', 'null'] },
    { type: ['integer', 'string', 'boolean'] },
    { type: 'string', nullable: true },
    { $ref: '#/$defs/A' },
    { $ref: '#/$defs/B', description: 'Beside a reference.' },
    { $ref: '#/$defs/missing' },
    { properties: { a: { type: 'string' } } },
    { items: { type: 'integer' } },
  ),
);

export const schema: fc.Arbitrary<Json> = fc.letrec<{ node: Json; object: JsonObject }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf.chain((inner): fc.Arbitrary<Json> => (isObject(inner) ? keywords(inner) : fc.constant(inner))),
    tie('object'),
    tie('node').map((items): Json => ({ type: 'array', items })),
    fc
      .array(tie('node'), { minLength: 1, maxLength: 3 })
      .map((prefixItems): Json => ({ type: 'array', prefixItems })),
    tie('node').map((inner): Json => ({ anyOf: [inner, { type: 'null' }], default: null })),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((anyOf): Json => ({ anyOf })),
    fc.array(tie('object'), { minLength: 1, maxLength: 3 }).map((oneOf): Json => ({ oneOf })),
    fc.array(tie('node'), { minLength: 1, maxLength: 2 }).map((allOf): Json => ({ allOf })),
    tie('node').map((additionalProperties): Json => ({ type: 'object', additionalProperties })),
  ),
  object: fc
    .record({
      properties: fc.uniqueArray(fc.tuple(name, tie('node')), { selector: ([key]) => key, maxLength: 4 }),
      required: fc.subarray(NAMES, { maxLength: 3 }),
      closed: fc.option(fc.boolean(), { nil: undefined }),
      description: words,
    })
    .map(({ properties, required, closed, description }) =>
      withoutUndefined({
        type: 'object',
        properties: objectOf(properties),
        required: required.filter((key) => properties.some(([known]) => known === key)),
        additionalProperties: closed === undefined ? undefined : !closed,
        description,
      }),
    ),
})).node;

export const inputSchema: fc.Arbitrary<JsonObject> = fc
  .record({
    properties: fc.uniqueArray(fc.tuple(name, schema), { selector: ([key]) => key, maxLength: 4 }),
    required: fc.subarray(NAMES),
    A: schema,
    B: schema,
  })
  .map(({ properties, required, A, B }) => ({
    type: 'object',
    properties: objectOf(properties),
    required: required.filter((key) => properties.some(([known]) => known === key)),
    $defs: { A, B },
  }));

/** Values that mostly fit: whoever draws them lets a validator decide. */
export function valuesOf(given: Json, root: JsonObject, depth = 0): fc.Arbitrary<Json> {
  if (!isObject(given) || depth > 5) return scalar;
  const again = (inner: Json) => valuesOf(inner, root, depth + 1);
  if (typeof given.$ref === 'string') return again(resolveReference(root, given.$ref) ?? {});
  if ('const' in given) return fc.constant(given.const ?? null);
  if (Array.isArray(given.enum) && given.enum.length > 0) return fc.constantFrom(...given.enum);
  const variants = [given.anyOf, given.oneOf, given.allOf].find(Array.isArray);
  if (variants && variants.length > 0) return fc.oneof(...variants.map(again));
  const types = Array.isArray(given.type) ? given.type : [given.type ?? 'any'];
  return fc.oneof(...types.map((type) => valuesOfType(String(type), given, again)));
}

function valuesOfType(
  type: string,
  given: JsonObject,
  again: (inner: Json) => fc.Arbitrary<Json>,
): fc.Arbitrary<Json> {
  switch (type) {
    case 'string':
      return valuesOfString(given);
    case 'integer': {
      const { least, most } = boundsOf(given);
      return fc.integer({ min: Math.ceil(least), max: Math.max(Math.ceil(least), Math.floor(most)) });
    }
    case 'number': {
      const { least, most } = boundsOf(given);
      return fc.oneof(fc.constantFrom(0.5, 1, 2.5, 7), fc.constantFrom(least, (least + most) / 2, most));
    }
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return valuesOfArray(given, again);
    case 'object':
      return valuesOfObject(given, again);
    default:
      return isObject(given.properties) ? fc.oneof(scalar, valuesOfObject(given, again)) : scalar;
  }
}

const numberOf = (value: Json | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined;

/** What a number may be; nine numbers from its least one, where nothing is said. */
function boundsOf(given: JsonObject): { least: number; most: number } {
  const above = numberOf(given.exclusiveMinimum);
  const below = numberOf(given.exclusiveMaximum);
  const most = numberOf(given.maximum) ?? (below === undefined ? undefined : below - 1);
  const least = numberOf(given.minimum) ?? (above === undefined ? Math.min(0, most ?? 0) : above + 1);
  return { least, most: Math.max(least, most ?? least + 9) };
}

function valuesOfString(given: JsonObject): fc.Arbitrary<Json> {
  const least = numberOf(given.minLength) ?? 0;
  const plain = fc.constantFrom('a', 'abc', 'x', '').map((text) => text.padEnd(least, 'a'));
  if (typeof given.pattern !== 'string') return plain;
  try {
    return fc.oneof(plain, fc.stringMatching(new RegExp(given.pattern)));
  } catch {
    return plain; // no pattern of this language, or one that cannot be drawn from
  }
}

function valuesOfArray(given: JsonObject, again: (inner: Json) => fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  const positions = Array.isArray(given.prefixItems) ? given.prefixItems : [];
  const minLength = Math.max(0, (numberOf(given.minItems) ?? 0) - positions.length);
  const rest = fc.array(again(given.items ?? {}), { minLength, maxLength: minLength + 3 });
  return fc.tuple(fc.tuple(...positions.map(again)), rest).map(([first, more]) => [...first, ...more]);
}

function valuesOfObject(given: JsonObject, again: (inner: Json) => fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  const members = Object.entries(isObject(given.properties) ? given.properties : {});
  const required = new Set(Array.isArray(given.required) ? given.required : []);
  const drawn = members.map(([key, inner]) =>
    fc
      .tuple(again(inner), required.has(key) ? fc.constant(true) : fc.boolean())
      .map(([value, there]): [string, Json][] => (there ? [[key, value]] : [])),
  );
  const open = given.additionalProperties !== false;
  const more = isObject(given.additionalProperties) ? again(given.additionalProperties) : scalar;
  const others = fc.array(fc.tuple(fc.constantFrom('other', 'more'), more), { maxLength: open ? 2 : 0 });
  return fc
    .tuple(fc.tuple(...drawn), others)
    .map(([entries, extra]) => objectOf([...extra, ...entries.flat()]));
}
