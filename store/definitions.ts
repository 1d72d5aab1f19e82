/** manifest/tools/<id>.json: the definitions a server lists, sorted by name, verified against the manifest's hashes. */
import { z } from 'zod';
import { hashDefinition, normaliseDefinition } from '../plan/definition.ts';
import { McpgwError, messageOf } from '../plan/errors.ts';
import { canonicalJson, type JsonObject } from '../plan/hash.ts';
import type { ServerEntry, ToolDefinition } from '../plan/manifest.ts';

const object = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject>;
const definitionsSchema = z.array(
  z.strictObject({
    name: z.string(),
    title: z.string().optional(),
    description: z.string().optional(),
    inputSchema: object,
    outputSchema: object.optional(),
    annotations: object.optional(),
  }),
);

const REGENERATE = 'the manifest is generated; run `mcpgw discover` instead of editing it';

/**
 * Texts are normalised, so that the file does not depend on the Python that served them; the order of properties is
 * the server's, because a model sees it.
 */
export function formatDefinitions(definitions: readonly ToolDefinition[]): string {
  return `${JSON.stringify(sortedDefinitions(definitions), undefined, 2)}\n`;
}

export function parseDefinitions(text: string, where: string): ToolDefinition[] {
  const result = definitionsSchema.safeParse(parseJson(text, where));
  if (result.success) return result.data as ToolDefinition[];
  const [issue] = result.error.issues;
  throw new McpgwError(
    'manifest-invalid',
    `${where}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    {
      hint: REGENERATE,
    },
  );
}

/** Whether a tools file says the same as `definitions`, whatever the order of keys. */
export function sameDefinitions(text: string, definitions: readonly ToolDefinition[]): boolean {
  try {
    return canonicalJson(JSON.parse(text)) === canonicalJson(sortedDefinitions(definitions));
  } catch {
    return false;
  }
}

/** Throws definitions-mismatch unless there is exactly one definition for each tool of the entry, with its hashes. */
export function verifyDefinitions(
  definitions: readonly ToolDefinition[],
  entry: ServerEntry,
  where: string,
): void {
  const tools = entry.tools ?? {};
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const definition of definitions) {
    const { name } = definition;
    const pinned = Object.hasOwn(tools, name) ? tools[name] : undefined;
    if (seen.has(name)) problems.push(`${name} twice`);
    seen.add(name);
    if (!pinned) {
      problems.push(`${name} is not in the manifest`);
      continue;
    }
    const { schema, words } = hashDefinition(definition);
    if (schema !== pinned.definition.schema) problems.push(`${name} has another schema`);
    if (words !== pinned.definition.words) problems.push(`${name} has other words`);
  }
  problems.push(
    ...Object.keys(tools)
      .filter((name) => !seen.has(name))
      .map((name) => `${name} is missing`),
  );
  if (problems.length === 0) return;
  throw new McpgwError(
    'definitions-mismatch',
    `${where} is not what servers/${entry.id}.yaml pins: ${problems.join(', ')}`,
    { hint: REGENERATE },
  );
}

function sortedDefinitions(definitions: readonly ToolDefinition[]): ToolDefinition[] {
  return definitions.map(normaliseDefinition).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new McpgwError('manifest-invalid', `${where}: not JSON: ${messageOf(cause)}`, {
      hint: REGENERATE,
      cause,
    });
  }
}
