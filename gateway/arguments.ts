/**
 * Checks a call's arguments against the tool's schema before any server sees them, and words the refusal as the
 * AgentCore gateway does: a tool result with isError whose text lists every field that does not fit.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'; // the JSON Schema validator the MCP SDK itself uses
import type { Json, JsonObject } from '../plan/hash.ts';
import type { ProjectedSchema, ProjectedTool } from '../plan/schema/projection.ts';
import { isObject } from '../proxies/context.ts';
import { ASSUMED, type Behaviour } from './behaviour.ts';

const PREFIX = 'ValidationException - Parameter validation failed: Invalid request parameters:';

export interface CheckedArguments {
  /** Why the call is refused. */
  refusal?: string;
  /** What reaches the target. */
  event: JsonObject;
}

/** Compiles each tool's schema at its first call. */
export function createArgumentChecks(
  behaviour: Pick<Behaviour, 'unknownArguments' | 'freeFormObjects'> = ASSUMED,
): (tool: ProjectedTool, given: JsonObject) => CheckedArguments {
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
  const compiled = new WeakMap<ProjectedTool, ValidateFunction>();
  const drops = behaviour.unknownArguments === 'dropped' || behaviour.freeFormObjects === 'dropped';
  return (tool, given) => {
    const validate = compiled.get(tool) ?? ajv.compile(tool.inputSchema);
    compiled.set(tool, validate);
    const problems = validate(given) ? [] : (validate.errors ?? []).map((error) => wordError(error, given));
    if (behaviour.unknownArguments === 'refused') {
      const known = tool.inputSchema.properties ?? {};
      for (const name of Object.keys(given).filter((key) => !Object.hasOwn(known, key))) {
        problems.push(
          `additionalProperties validation failed: property '${name}' is not defined in the schema`,
        );
      }
    }
    const event = drops ? (prune(given, tool.inputSchema, behaviour, true) as JsonObject) : given;
    if (problems.length === 0) return { event };
    return { event, refusal: [PREFIX, ...problems.map((problem) => `- ${problem}`)].join('\n') };
  };
}

/** Leaves out what a gateway that drops would not pass on. */
function prune(
  value: Json,
  schema: ProjectedSchema | undefined,
  behaviour: Pick<Behaviour, 'unknownArguments' | 'freeFormObjects'>,
  top = false,
): Json {
  if (!isObject(value)) return value;
  const { properties = {} } = schema ?? {};
  const isFree = !top && Object.keys(properties).length === 0;
  const dropsUnknown = isFree
    ? behaviour.freeFormObjects === 'dropped'
    : behaviour.unknownArguments === 'dropped';
  const members = Object.entries(value as JsonObject).filter(
    ([name]) => !dropsUnknown || Object.hasOwn(properties, name),
  );
  return Object.fromEntries(
    members.map(([name, member]) => [name, prune(member, properties[name], behaviour)]),
  );
}

/** True of a refusal made here or by the AgentCore gateway. */
export function isArgumentRefusal(text: string): boolean {
  return /^(?:\w+Exception - )?Parameter validation failed:/.test(text);
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
