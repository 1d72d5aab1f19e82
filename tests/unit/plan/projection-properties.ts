/** What must hold of every projection, as properties: run by a test with few cases and by the fuzz script with many. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { Json, JsonObject } from '../../../plan/hash.ts';
import type { ToolDefinition } from '../../../plan/manifest.ts';
import { isObject } from '../../../plan/schema/keywords.ts';
import {
  legalityProblems,
  NARROWING,
  type ProjectedSchema,
  type ProjectedTool,
  projectTool,
} from '../../../plan/schema/projection.ts';
import { inputSchema, objectOf, valuesOf } from './schema-arbitraries.ts';

const KEYWORDS = ['type', 'properties', 'required', 'items', 'description'];
const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object'];

function project(schema: JsonObject) {
  return projectTool({ name: 'tool', description: 'Does.', inputSchema: schema });
}

/** Said a second time, from the service's own words: five keys, one known type, words of text, names that exist. */
export function isLegal(schema: unknown): boolean {
  if (!isObject(schema) || !TYPES.includes(String(schema.type))) return false;
  const known = Object.keys(schema).every((key) => KEYWORDS.includes(key));
  const properties = schema.properties ?? {};
  const required = schema.required ?? [];
  return (
    known &&
    (schema.description === undefined || typeof schema.description === 'string') &&
    isObject(properties) &&
    Object.values(properties).every(isLegal) &&
    Array.isArray(required) &&
    required.every((name) => Object.hasOwn(properties, String(name))) &&
    (schema.items === undefined || isLegal(schema.items))
  );
}

export const alwaysLegal = fc.property(inputSchema, (schema) => {
  const { tool } = project(schema);
  return (
    legalityProblems(tool).length === 0 && isLegal(tool.inputSchema) && tool.inputSchema.type === 'object'
  );
});

export const projectingTwiceChangesNothing = fc.property(inputSchema, (schema) => {
  const { tool } = project(schema);
  const again = projectTool(tool as ProjectedTool & { inputSchema: JsonObject });
  return JSON.stringify(again) === JSON.stringify({ tool, loss: {} });
});

/** One for all: making it compiles the meta-schema, which takes longer than everything else here. */
const ajv = new Ajv2020({
  strict: false,
  validateFormats: false,
  validateSchema: false,
  addUsedSchema: false,
  logger: false,
});

function validator(schema: unknown): ((value: unknown) => boolean) | undefined {
  try {
    const valid = ajv.compile(schema as object) as (value: unknown) => boolean;
    return (value) => {
      try {
        return valid(value);
      } catch (error) {
        // `A: allOf [A]` means nothing, and a validator follows it until its stack ends.
        if (error instanceof RangeError) return false;
        throw error;
      }
    };
  } catch {
    return undefined; // the schema itself is none: a reference into nothing
  }
}

/** A null member is said by leaving it out. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, member]) => member !== null);
  return objectOf(kept.map(([key, member]): [string, Json] => [key, withoutNulls(member)]));
}

/** The projection with every parameter that the report calls narrowed taken out of the comparison. */
function aroundNarrowings(schema: ProjectedSchema, loss: Readonly<Record<string, string>>): JsonObject {
  const narrowed = Object.keys(loss).filter((place) =>
    loss[place]?.split('; ').some((part) => part.endsWith(NARROWING)),
  );
  const properties = Object.entries(schema.properties ?? {}).map(([name, inner]): [string, Json] => {
    const isNarrowed = narrowed.some(
      (place) => place === name || place.startsWith(`${name}.`) || place.startsWith(`${name}[]`),
    );
    return [name, isNarrowed ? {} : (inner as unknown as JsonObject)];
  });
  const excused = new Set(
    properties
      .filter(([, inner]) => isObject(inner) && Object.keys(inner).length === 0)
      .map(([name]) => name),
  );
  return {
    type: 'object',
    properties: objectOf(properties),
    required: (schema.required ?? []).filter((name) => !excused.has(name)),
  };
}

const callable = inputSchema.chain((schema) => valuesOf(schema, schema).map((value) => ({ schema, value })));

export function validStaysValid(counts?: { compared: number }) {
  return fc.property(callable, ({ schema, value }) => {
    const original = validator(schema);
    fc.pre(original?.(value) === true);
    const { tool, loss } = project(schema);
    const projected = validator(aroundNarrowings(tool.inputSchema, loss));
    if (counts) counts.compared += 1;
    return projected?.(withoutNulls(value)) === true;
  });
}

/** The same laws on a tool that a server really lists. */
export function lawsOfTool(definition: ToolDefinition, counts: { compared: number }) {
  const { tool, loss } = projectTool(definition);
  const again = projectTool(tool as ProjectedTool & { inputSchema: JsonObject });
  const original = validator(definition.inputSchema);
  const projected = validator(aroundNarrowings(tool.inputSchema, loss));
  return {
    legal: legalityProblems(tool).length === 0 && isLegal(tool.inputSchema),
    settled: JSON.stringify(again) === JSON.stringify({ tool, loss: {} }),
    narrowed: Object.values(loss).some((what) => what.split('; ').some((part) => part.endsWith(NARROWING))),
    validStaysValid: fc.property(valuesOf(definition.inputSchema, definition.inputSchema), (value) => {
      fc.pre(original?.(value) === true);
      counts.compared += 1;
      return projected?.(withoutNulls(value)) === true;
    }),
  };
}

/** Anything at all where a schema should be: never a throw, always legal. */
const junkKey = fc.constantFrom(
  ...[
    'type',
    'properties',
    'items',
    'anyOf',
    'oneOf',
    'allOf',
    '$ref',
    '$defs',
    'required',
    'enum',
    'const',
    'default',
  ],
  ...[
    'description',
    'additionalProperties',
    'prefixItems',
    'pattern',
    'not',
    '__proto__',
    'A',
    'examples',
    'nullable',
  ],
);
const junk: fc.Arbitrary<Json> = fc.letrec<{ node: Json }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom<Json>(
      'string',
      'object',
      'array',
      'null',
      '#',
      '#/$defs/A',
      '#/properties/A',
      '',
      'banana',
      0,
      -1,
      true,
      false,
      null,
    ),
    fc.string({ unit: 'binary' }),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.array(fc.tuple(junkKey, tie('node')), { maxLength: 5 }).map((entries): Json => objectOf(entries)),
  ),
})).node;

export const junkIsProjectedToo = fc.property(
  fc.array(fc.tuple(junkKey, junk), { maxLength: 6 }),
  fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
  (entries, description) => {
    const definition = {
      name: 'tool',
      inputSchema: objectOf(entries),
      ...(description === undefined ? {} : { description }),
    };
    const { tool } = projectTool(definition);
    const again = projectTool(tool as ProjectedTool & { inputSchema: JsonObject });
    return (
      legalityProblems(tool).length === 0 &&
      isLegal(tool.inputSchema) &&
      JSON.stringify(again) === JSON.stringify({ tool, loss: {} })
    );
  },
);
