/** The tool schema of a target as it lies in the artefact store: exposed names, verified against the manifest. */
import { McpgwError } from '../errors.ts';
import { hashJson, hexOf, type Sha256 } from '../hash.ts';
import type { ToolDefinition } from '../manifest.ts';
import { LIMITS } from '../names.ts';
import { hashProjection, legalityProblems, type ProjectedTool, projectTool } from '../schema/projection.ts';
import type { TargetPlan } from '../types.ts';

/** Content-addressed: another tool, name or projection is another key, so nothing there is ever overwritten. */
export function schemaKey(target: string, tools: readonly { exposed: string; projection: Sha256 }[]): string {
  const content = tools.map(({ exposed, projection }) => [exposed, projection]).sort();
  return `schemas/${target}/${hexOf(hashJson(content))}.json`;
}

/** In the order of the plan. Throws definitions-mismatch when a definition is not the one that was pinned. */
export function targetSchema(target: TargetPlan, definitions: readonly ToolDefinition[]): ProjectedTool[] {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const problems: string[] = [];
  const tools = target.tools.flatMap(({ name, exposed, projection }) => {
    const definition = byName.get(name);
    if (!definition) {
      problems.push(`${name} has no definition`);
      return [];
    }
    const { tool } = projectTool(definition);
    if (hashProjection(tool) !== projection)
      problems.push(`${name} projects to something else than was pinned`);
    problems.push(...legalityProblems(tool).map((problem) => `${name}: ${problem}`));
    return [{ ...tool, name: exposed }];
  });
  const bytes = Buffer.byteLength(JSON.stringify(tools));
  if (bytes > LIMITS.schemaBytes) problems.push(`${bytes} bytes of schemas, at most ${LIMITS.schemaBytes}`);
  if (problems.length === 0) return tools;
  throw new McpgwError('definitions-mismatch', `${target.server}: ${problems.join('; ')}`, {
    hint: `run \`mcpgw discover --servers ${target.server}\` and review what changed`,
  });
}
