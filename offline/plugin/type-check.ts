/** Checks a resource's inputs against @pulumi/aws's own types: unknown, missing, wrong type. */
import type { AwsSchema, Property, TypeAlternative } from '../schema/types.ts';
import { isObject, isSecret, UNKNOWN, type Value, type Values } from './values.ts';

export interface Failure {
  property: string;
  reason: string;
}

export function checkTypes(
  schema: AwsSchema,
  inputs: Values,
  properties: Record<string, Property>,
): Failure[] {
  return checkMembers(schema, inputs, properties, '');
}

function checkMembers(
  schema: AwsSchema,
  value: Values,
  properties: Record<string, Property>,
  prefix: string,
): Failure[] {
  const unknown = Object.keys(value)
    .filter((key) => !key.startsWith('__') && !Object.hasOwn(properties, key))
    .map((key) => ({ property: prefix + key, reason: 'unknown property' }));
  const known = Object.entries(properties).flatMap(([key, property]) => {
    const member = value[key];
    if (member !== undefined && member !== null)
      return checkValue(schema, member, property.type, prefix + key);
    return property.required ? [{ property: prefix + key, reason: 'missing required property' }] : [];
  });
  return [...unknown, ...known];
}

/** Empty when one alternative fits; otherwise the failures of the nearest one. */
function checkValue(
  schema: AwsSchema,
  given: Value,
  alternatives: TypeAlternative[],
  where: string,
): Failure[] {
  const value = isSecret(given) ? (given.value ?? null) : given;
  if (value === null || value === UNKNOWN || alternatives.length === 0) return [];
  const tried = alternatives.map((alternative) => checkAlternative(schema, value, alternative, where));
  return tried.reduce((best, failures) => (failures.length < best.length ? failures : best));
}

function checkAlternative(schema: AwsSchema, value: Value, type: TypeAlternative, where: string): Failure[] {
  const wrong = (wanted: string) => [{ property: where, reason: `expected ${wanted}, got ${kindOf(value)}` }];
  if (type === 'any') return [];
  if (typeof type === 'string') return typeof value === type ? [] : wrong(type);
  if ('array' in type) {
    if (!Array.isArray(value)) return wrong('an array');
    return value.flatMap((item, index) => checkValue(schema, item, type.array, `${where}[${index}]`));
  }
  if ('class' in type) return typeof value === 'object' || typeof value === 'string' ? [] : wrong(type.class);
  if (!isObject(value)) return wrong('an object');
  if ('map' in type) {
    return Object.entries(value).flatMap(([key, item]) =>
      checkValue(schema, item, type.map, `${where}.${key}`),
    );
  }
  return checkMembers(schema, value, schema.types[type.ref] ?? {}, `${where}.`);
}

function kindOf(value: Value): string {
  return Array.isArray(value) ? 'array' : typeof value;
}
