/** A schema's type in one short word, for reviewers of a manifest: `string`, `integer?`, `(string|number)[]`, `any`. */
import type { Json, JsonObject } from '../hash.ts';
import { isObject, resolveReference } from './keywords.ts';

/** A list of lists of lists is as far as a short word goes. */
const MAX_DEPTH = 8;
/** Schemas looked at for one word: references that multiply must not. */
const MAX_VISITS = 500;

interface Look {
  root: JsonObject;
  visits: number;
}

export function describeType(schema: Json, root: JsonObject): string {
  const types = new Set(typeNames(schema, { root, visits: 0 }, 0));
  const nullable = types.delete('null');
  const names = [...types].sort();
  if (names.length === 0) return nullable ? 'null' : 'any';
  return `${names.length > 1 && nullable ? `(${names.join('|')})` : names.join('|')}${nullable ? '?' : ''}`;
}

function typeNames(schema: Json, look: Look, depth: number): string[] {
  look.visits += 1;
  if (!isObject(schema) || depth > MAX_DEPTH || look.visits > MAX_VISITS) return ['any'];
  if (typeof schema.$ref === 'string') {
    const found = resolveReference(look.root, schema.$ref);
    return found === undefined ? ['any'] : typeNames(found, look, depth + 1);
  }
  const own = Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type];
  if (own.length > 0) {
    return own.map((type) => (type === 'array' ? arrayName(schema.items, look, depth) : String(type)));
  }
  const variants = [schema.anyOf, schema.oneOf, schema.allOf].find(Array.isArray);
  if (variants) return variants.flatMap((variant) => typeNames(variant, look, depth + 1));
  if ('const' in schema) return [typeOfValue(schema.const ?? null)];
  if (Array.isArray(schema.enum)) return schema.enum.map(typeOfValue);
  if (isObject(schema.properties)) return ['object'];
  return 'items' in schema ? [arrayName(schema.items, look, depth)] : ['any'];
}

function arrayName(items: Json | undefined, look: Look, depth: number): string {
  const names = items === undefined ? ['any'] : [...new Set(typeNames(items, look, depth + 1))].sort();
  return names.length === 1 ? `${names[0]}[]` : `(${names.join('|')})[]`;
}

export function typeOfValue(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
