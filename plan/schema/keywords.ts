/**
 * Where a JSON Schema holds further schemas. Texts and references are looked for only there:
 * `default: {description: "x"}` is data, not words about the schema.
 */
import type { Json, JsonObject } from '../hash.ts';

export const SCHEMA_KEYWORDS = new Set([
  'items',
  'additionalItems',
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'contains',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
]);
export const SCHEMA_LIST_KEYWORDS = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems', 'items']);
export const SCHEMA_MAP_KEYWORDS = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
]);

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function pointer(path: readonly string[]): string {
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The schemas directly inside `schema`, each with its path from there. */
export function* childSchemas(schema: JsonObject): Generator<{ path: string[]; schema: Json }> {
  for (const [key, value] of Object.entries(schema)) {
    if (SCHEMA_MAP_KEYWORDS.has(key) && isObject(value)) {
      for (const [name, child] of Object.entries(value)) yield { path: [key, name], schema: child };
    } else if (SCHEMA_LIST_KEYWORDS.has(key) && Array.isArray(value)) {
      for (const [index, child] of value.entries()) yield { path: [key, String(index)], schema: child };
    } else if (SCHEMA_KEYWORDS.has(key)) {
      yield { path: [key], schema: value };
    }
  }
}

/** What a local reference (`#`, `#/$defs/X`) points at, or undefined. */
export function resolveReference(root: JsonObject, reference: string): Json | undefined {
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return undefined;
  let at: Json | undefined = root;
  for (const raw of reference.slice(2).split('/')) {
    const part = decodeFragment(raw).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(at)) at = at[Number(part)];
    else if (isObject(at) && Object.hasOwn(at, part)) at = at[part];
    else return undefined;
  }
  return at;
}

function decodeFragment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % in a name
  }
}
