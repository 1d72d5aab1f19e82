/**
 * Reads a JSON Schema (2020-12, with draft-07's and OpenAPI's habits) into a Shape: references inlined, cycles cut,
 * unions united. Bounded in depth and size: a definition comes from a server, which may be hostile.
 */
import type { Json, JsonObject } from '../hash.ts';
import { isObject, resolveReference } from './keywords.ts';
import { describeType, typeOfValue } from './parameter-types.ts';
import { ANY, intersect, NEVER, type Shape, TYPES, type Type, unite } from './shape.ts';

const MAX_DEPTH = 40;
/** Schemas read for one tool. The largest real tool has some hundreds. */
const MAX_SCHEMAS = 4000;

/** Keywords whose value goes into the description, in this order. */
export const DESCRIBED = [
  'enum',
  'const',
  'default',
  'examples',
  'format',
  'pattern',
  'contentEncoding',
  'contentMediaType',
  'minimum',
  'exclusiveMinimum',
  'maximum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
] as const;

/** Keywords that limit what is valid and that no short text says. */
const DROPPED = [
  'not',
  'if',
  'then',
  'else',
  'contains',
  'propertyNames',
  'patternProperties',
  'dependencies',
  'dependentRequired',
  'dependentSchemas',
  'unevaluatedItems',
  'unevaluatedProperties',
];

interface Reading {
  root: JsonObject;
  schemas: number;
}

export function shapeOf(root: JsonObject): Shape {
  return read(root, { root, schemas: 0 }, ['#'], 0);
}

function read(schema: Json, reading: Reading, references: readonly string[], depth: number): Shape {
  if (schema === false) return NEVER;
  if (!isObject(schema)) return ANY;
  reading.schemas += 1;
  if (depth > MAX_DEPTH || reading.schemas > MAX_SCHEMAS) return cut(schema, 'size');
  const child = (inner: Json) => read(inner, reading, references, depth + 1);
  let shape = ownShape(schema, child, reading.root);
  if (typeof schema.$ref === 'string')
    shape = intersect(shape, follow(schema.$ref, reading, references, depth));
  for (const part of listOf(schema.allOf)) shape = intersect(shape, child(part));
  for (const variants of [listOf(schema.anyOf), listOf(schema.oneOf)]) {
    if (variants.length > 0) shape = intersect(shape, unite(variants.map(child)));
  }
  return shape;
}

function follow(reference: string, reading: Reading, references: readonly string[], depth: number): Shape {
  const target = resolveReference(reading.root, reference);
  if (target === undefined) return { ...ANY, losses: ['$ref unresolved→dropped'] };
  if (references.includes(reference)) return isObject(target) ? cut(target, 'recursion') : ANY;
  return read(target, reading, [...references, reference], depth + 1);
}

/** The type of a schema and nothing inside it. */
function cut(schema: JsonObject, why: 'recursion' | 'size'): Shape {
  const { types, nullable } = declaredTypes(schema);
  return { ...ANY, types, nullable, losses: [`${why}→cut`] };
}

function ownShape(schema: JsonObject, child: (inner: Json) => Shape, root: JsonObject): Shape {
  const { types, nullable } = declaredTypes(schema);
  const { notes, losses } = notesOf(schema, root);
  const properties = Object.entries(isObject(schema.properties) ? schema.properties : {});
  const items = itemsOf(schema, child);
  return {
    types,
    nullable,
    nullByDefault: schema.default === null,
    ...(typeof schema.description === 'string' && schema.description !== ''
      ? { description: schema.description }
      : {}),
    properties: new Map(properties.map(([name, inner]) => [name, child(inner)])),
    required: new Set(listOf(schema.required).filter((name) => typeof name === 'string')),
    closed: schema.additionalProperties === false,
    ...(items === undefined ? {} : { items }),
    notes,
    losses,
    narrowed: [],
  };
}

function declaredTypes(schema: JsonObject): { types: Set<Type>; nullable: boolean } {
  const names = (typeof schema.type === 'string' ? [schema.type] : listOf(schema.type)).filter(isTypeName);
  let allowed = names.length > 0 ? new Set(names) : new Set<string>([...TYPES, 'null']);
  if (schema.nullable === true) allowed.add('null'); // OpenAPI 3.0
  if (allowed.has('number')) allowed.add('integer');
  const values =
    'const' in schema ? [schema.const ?? null] : Array.isArray(schema.enum) ? schema.enum : undefined;
  if (values) {
    const present = new Set(values.map(typeOfValue));
    if (present.has('number')) present.add('integer');
    allowed = new Set([...allowed].filter((type) => present.has(type)));
  }
  return { types: new Set(TYPES.filter((type) => allowed.has(type))), nullable: allowed.has('null') };
}

function isTypeName(name: Json): name is string {
  return name === 'null' || TYPES.some((type) => type === name);
}

/** Of a tuple all positions united, as every item must pass for one of them. */
function itemsOf(schema: JsonObject, child: (inner: Json) => Shape): Shape | undefined {
  const tuple = Array.isArray(schema.items) ? schema.items : listOf(schema.prefixItems);
  const rest = Array.isArray(schema.items) ? schema.additionalItems : schema.items;
  if (tuple.length === 0) return rest === undefined ? undefined : child(rest);
  const more =
    typeof schema.maxItems === 'number' && schema.maxItems <= tuple.length ? false : (rest ?? true);
  return unite([...tuple.map(child), child(more)]);
}

function notesOf(schema: JsonObject, root: JsonObject): { notes: Map<string, Json>; losses: string[] } {
  const notes = new Map<string, Json>();
  for (const keyword of DESCRIBED) {
    const value = schema[keyword];
    if (value === undefined || (keyword === 'default' && value === null)) continue;
    if (keyword === 'const') notes.set('enum', [value]);
    else if (keyword !== 'enum') notes.set(keyword, value);
    else if (Array.isArray(value))
      notes.set(
        keyword,
        value.filter((item) => item !== null),
      );
  }
  if (isObject(schema.additionalProperties) && Object.keys(schema.additionalProperties).length > 0) {
    notes.set('values', describeType(schema.additionalProperties, root));
  }
  return {
    notes,
    losses: DROPPED.filter((keyword) => keyword in schema).map((keyword) => `${keyword}→dropped`),
  };
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
