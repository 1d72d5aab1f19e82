/**
 * Parameters that a tool demands and does not use: a framework took the function's context for an argument and made
 * its type, MCP's own CallToolResult, a required parameter (facts of the servers: iam's `ctx`). No model can know what
 * to send, so the parameter is hidden and the proxy sends an empty result.
 */
import type { Json, JsonObject } from './hash.ts';
import { isObject } from './schema/keywords.ts';

const CALL_TOOL_RESULT = /^#\/(?:\$defs|definitions)\/CallToolResult$/;

/** Values to send, by parameter. */
export function idleParameters(inputSchema: JsonObject): Record<string, Json> {
  const required = Array.isArray(inputSchema.required) ? inputSchema.required : [];
  const properties = isObject(inputSchema.properties) ? Object.entries(inputSchema.properties) : [];
  return Object.fromEntries(
    properties
      .filter(([name, schema]) => required.includes(name) && isObject(schema) && isCallToolResult(schema))
      .map(([name]) => [name, { content: [] }]),
  );
}

function isCallToolResult(schema: JsonObject): boolean {
  return typeof schema.$ref === 'string' && CALL_TOOL_RESULT.test(schema.$ref);
}
