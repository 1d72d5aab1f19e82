/**
 * Checks a call's arguments against the tool's schema before any server sees them, and words the refusal as the
 * AgentCore gateway does: a tool result with isError whose text lists every field that does not fit.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'; // the JSON Schema validator the MCP SDK itself uses
import type { JsonObject } from '../plan/hash.ts';
import type { ProjectedTool } from '../plan/projection.ts';

const PREFIX = 'ValidationException - Parameter validation failed: Invalid request parameters:';

/** The text of the refusal, or undefined when the arguments fit. Unknown fields are let through. */
export type ArgumentCheck = (given: JsonObject) => string | undefined;

/** Compiles each tool's schema at its first call. */
export function createArgumentChecks(): (tool: ProjectedTool) => ArgumentCheck {
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
  const compiled = new WeakMap<ProjectedTool, ValidateFunction>();
  return (tool) => (given) => {
    const validate = compiled.get(tool) ?? ajv.compile(tool.inputSchema);
    compiled.set(tool, validate);
    return validate(given) ? undefined : wordErrors(validate.errors ?? [], given);
  };
}

/** True of a refusal made here or by the AgentCore gateway. */
export function isArgumentRefusal(text: string): boolean {
  return /^(?:\w+Exception - )?Parameter validation failed:/.test(text);
}

function wordErrors(errors: readonly ErrorObject[], given: JsonObject): string {
  return [PREFIX, ...errors.map((error) => `- ${wordError(error, given)}`)].join('\n');
}

function wordError(error: ErrorObject, given: JsonObject): string {
  if (error.keyword === 'required') {
    const name = `${error.instancePath}/${String(error.params.missingProperty)}`.slice(1);
    return `Missing required field(s): '${name}'`;
  }
  if (error.keyword === 'type') {
    const found = typeOf(valueAt(given, error.instancePath));
    return `Field '${error.instancePath}' has invalid type: ${found} found, ${String(error.params.type)} expected`;
  }
  return `Field '${error.instancePath}' ${error.message ?? 'is not valid'}`;
}

function valueAt(given: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], given);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
