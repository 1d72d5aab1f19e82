/**
 * Names and their limits, in one place.
 * Sources: facts of the AgentCore API (CreateGateway, CreateGatewayTarget patterns), Bedrock Converse toolSpec.name,
 * IAM and Lambda limits.
 */
import { createHash } from 'node:crypto';

/** `([0-9a-zA-Z][-]?){1,100}` (API_CreateGatewayTarget). */
export const TARGET_NAME = /^(?:[0-9a-zA-Z]-?){1,100}$/;
/** `([0-9a-zA-Z][-]?){1,48}` (API_CreateGateway), lower case because gateway ids are. */
export const GATEWAY_NAME = /^(?:[0-9a-z]-?){1,48}$/;
/** Between target and tool in the name a client sees; split at the first one. */
export const SEPARATOR = '___';

export const LIMITS = {
  /** `target___tool`: Bedrock Converse toolSpec.name, and OpenAI. */
  toolFullName: 64,
  targetsPerGateway: 100,
  toolsPerTarget: 1000,
  targetDescription: 200,
  roleName: 64,
  functionName: 64,
  /** All variables of a Lambda function together, bytes. */
  functionEnvironment: 4096,
  inlinePolicies: 10240,
  managedPolicy: 6144,
  /** Managed policies attached to a role, by default. */
  managedPolicies: 10,
  schemaBytes: 10_000_000,
} as const;

/** Characters a model's tool name may have (Bedrock Converse toolSpec.name). */
export const TOOL_NAME = /^[a-zA-Z0-9_-]+$/;

/** Default target name of a server: its id without `-mcp-server`, underscores and dots as hyphens. */
export function defaultTargetName(id: string): string {
  return id
    .replace(/-mcp-server$/, '')
    .replace(/[^0-9a-zA-Z]+/g, '-')
    .replace(/^-|-$/g, '');
}

export function fullToolName(target: string, tool: string): string {
  return `${target}${SEPARATOR}${tool}`;
}

/** Splits at the first separator: target names cannot contain it, tool names can. */
export function splitToolName(full: string): { target: string; tool: string } | undefined {
  const at = full.indexOf(SEPARATOR);
  if (at <= 0) return undefined;
  return { target: full.slice(0, at), tool: full.slice(at + SEPARATOR.length) };
}

/**
 * `name` cut to `limit` characters: its head, then a hyphen or underscore and six characters of its hash,
 * so that equal input gives equal output and two long names with one head stay apart.
 */
export function shorten(name: string, limit: number, joint: '-' | '_' = '-'): string {
  if (name.length <= limit) return name;
  const tail = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `${name.slice(0, limit - tail.length - 1).replace(/[-_]+$/, '')}${joint}${tail}`;
}
