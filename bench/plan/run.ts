/** `npm run bench:plan [SERVERS]`: createPlan of a synthetic manifest, 500 servers of 20 tools by default; under a second. */
import type { Manifest, ServerEntry, ToolEntry } from '../../plan/manifest.ts';
import { createPlan } from '../../plan/plan.ts';
import { parseSettings } from '../../plan/settings/settings.ts';
import { toolFacts } from '../../plan/tool-facts.ts';

const servers = Number(process.argv[2] ?? 500);
const tools = 20;
const actions = 60;

const facts = toolFacts({ name: 'tool', description: 'Does.', inputSchema: { type: 'object' } });
const tool: ToolEntry = { ...facts, access: 'read', because: 'name' };

function server(index: number): ServerEntry {
  const id = `synthetic-${index}-mcp-server`;
  return {
    formatVersion: 1,
    id,
    kind: 'stdio',
    package: { name: `awslabs.${id}`, version: '1.0.0' },
    build: { python: '3.13', architecture: 'arm64', form: 'zip' },
    hosting: { lambda: true },
    probe: { status: 'listed' },
    aws: {
      actions: Object.fromEntries(
        Array.from({ length: actions }, (_, each) => [
          `service${each % 5}:DoThing${each}`,
          { access: 'Read' as const, from: [`server.py#f${each}`] },
        ]),
      ),
      unresolved: [],
    },
    tools: Object.fromEntries(
      Array.from({ length: tools }, (_, each) => [`tool_number_${each}_of_this_server`, tool]),
    ),
  };
}

const manifest: Manifest = {
  source: { formatVersion: 1, type: 'folder' },
  servers: Object.fromEntries(
    Array.from({ length: servers }, (_, index) => server(index)).map((entry) => [entry.id, entry]),
  ),
};
const settings = parseSettings(
  'bench',
  { 'aws:region': 'us-east-1', 'mcpgw:gateway': { name: 'bench' } },
  'bench',
);

const times = Array.from({ length: 5 }, () => {
  const start = performance.now();
  createPlan(manifest, settings);
  return Math.round(performance.now() - start);
});
console.log(
  JSON.stringify({ servers, tools: servers * tools, first: times[0], best: Math.min(...times), unit: 'ms' }),
);
