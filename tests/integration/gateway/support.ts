/** A served gateway over the fixture server, with a definitions list as discovery would have made it. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GatewayOptions } from '../../../gateway/index.ts';
import type { ToolDefinition, ToolEntry } from '../../../plan/manifest.ts';
import { hashProjection, projectTool } from '../../../plan/schema/projection.ts';
import type { Plan } from '../../../plan/types.ts';
import { planOf, targetOf } from '../../unit/gateway/support.ts';

const plain = (name: string): ToolDefinition => ({
  name,
  description: `The fixture's ${name}.`,
  inputSchema: { type: 'object', properties: {} },
});

export const definitions: ToolDefinition[] = [
  {
    name: 'echo',
    description: 'Echoes a text.',
    inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  },
  ...['count', 'environment', 'spawn', 'crash', 'refuse'].map(plain),
];

export const fixtureServer = fileURLToPath(
  new URL('../../fixtures/gateway/tool-server.mjs', import.meta.url),
);

export function planWith(
  name: string,
  tools: readonly ToolDefinition[],
  config: Record<string, unknown> = {},
): Plan {
  const target = targetOf(name, tools);
  target.tools = tools.map((definition) => ({
    name: definition.name,
    exposed: definition.name,
    projection: hashProjection(projectTool(definition).tool),
    entry: {} as ToolEntry,
  }));
  return planOf([target], config);
}

export async function fixtureOptions(config?: Record<string, unknown>): Promise<GatewayOptions> {
  return {
    plan: planWith('fixture', definitions, config),
    definitions: { 'fixture-mcp-server': definitions },
    launch: async () => ({ command: process.execPath, args: [fixtureServer], env: {} }),
    port: 0,
    stateDir: await mkdtemp(join(tmpdir(), 'mcpgw-test-')),
  };
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Waits until `check` holds; fails by the test's own time-out. */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 20));
}
