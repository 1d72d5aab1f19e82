/** What the manifest records of a tool that follows from its definition alone. */
import { describeParameters, hashDefinition } from './definition.ts';
import { idleParameters } from './idle-parameters.ts';
import type { ToolDefinition, ToolEntry } from './manifest.ts';
import { estimateTokens, hashProjection, projectTool } from './schema/projection.ts';

export type ToolFacts = Pick<
  ToolEntry,
  'definition' | 'projection' | 'parameters' | 'tokens' | 'loss' | 'fill'
>;

export function toolFacts(definition: ToolDefinition): ToolFacts {
  const { tool, loss } = projectTool(definition);
  const fill = idleParameters(definition.inputSchema);
  return {
    definition: hashDefinition(definition),
    projection: hashProjection(tool),
    parameters: describeParameters(definition.inputSchema),
    tokens: estimateTokens(tool),
    ...(Object.keys(loss).length > 0 ? { loss } : {}),
    ...(Object.keys(fill).length > 0 ? { fill } : {}),
  };
}
