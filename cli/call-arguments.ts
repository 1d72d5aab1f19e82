/** Arguments of a call as people write them: one JSON object, or key=value pairs read by the tool's schema. */
import { McpgwError, messageOf } from '../plan/errors.ts';
import type { Json, JsonObject } from '../plan/hash.ts';

interface Schema {
  properties?: Record<string, unknown> | undefined;
}

/**
 * `given` is what stood on the command line. A value of `key=value` is text where the schema says string, JSON where
 * it says anything else. Throws arguments-invalid.
 */
export function parseCallArguments(given: readonly string[], schema: Schema): JsonObject {
  const [first] = given;
  if (first === undefined) return {};
  if (given.length === 1 && first.trimStart().startsWith('{')) return parseObject(first);
  return Object.fromEntries(given.map((pair) => parsePair(pair, schema)));
}

function parseObject(text: string): JsonObject {
  try {
    const value: Json = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  } catch (cause) {
    throw new McpgwError('arguments-invalid', `the arguments are not JSON: ${messageOf(cause)}`, {
      hint: 'give one JSON object in single quotes, or key=value pairs',
      cause,
    });
  }
  throw new McpgwError('arguments-invalid', 'the arguments are not a JSON object');
}

function parsePair(pair: string, schema: Schema): [string, Json] {
  const at = pair.indexOf('=');
  if (at <= 0) {
    throw new McpgwError('arguments-invalid', `"${pair}" is not key=value`, {
      hint: `parameters: ${Object.keys(schema.properties ?? {}).join(', ') || 'none'}`,
    });
  }
  const [key, text] = [pair.slice(0, at), pair.slice(at + 1)];
  const type = (schema.properties?.[key] as { type?: unknown } | undefined)?.type;
  if (type === undefined || type === 'string') return [key, text];
  try {
    return [key, JSON.parse(text) as Json];
  } catch (cause) {
    throw new McpgwError('arguments-invalid', `${key} must be ${String(type)}, "${text}" is not`, { cause });
  }
}
