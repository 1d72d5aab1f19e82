import { CLIENTS, directConfig, directNotes } from '../../../cli/client-config.ts';
import { createPlan } from '../../../plan/plan.ts';
import { syntheticEntry } from '../../engine/support/synthetic.ts';
import { manifestOf, settingsOf } from '../plan/samples.ts';

const files = syntheticEntry({ id: 'files-mcp-server', tools: 3 });
const knowledge = {
  formatVersion: 1 as const,
  id: 'aws-knowledge-mcp-server',
  kind: 'remote' as const,
  endpoints: ['https://knowledge-mcp.global.api.aws'],
};
const planOf = (servers: Record<string, unknown>) =>
  createPlan(manifestOf(files, knowledge), settingsOf({ servers }));

test.each([
  ['claude', 'mcpServers', { type: 'http' }],
  ['cursor', 'mcpServers', {}],
  ['kiro', 'mcpServers', {}],
  ['vscode', 'servers', { type: 'http' }],
] as const)('%s starts the pinned package, and calls a remote server by its URL', (client, key, typed) => {
  expect(CLIENTS).toContain(client);
  expect(directConfig(client, planOf({ remote: ['aws-knowledge-mcp-server'] }))).toEqual({
    [key]: {
      files: {
        ...(client === 'vscode' ? { type: 'stdio' } : {}),
        command: 'uvx',
        args: ['--from', 'example.files-mcp-server==1.0.0', 'example.files-mcp-server'],
        env: expect.any(Object),
      },
      'aws-knowledge': { ...typed, url: 'https://knowledge-mcp.global.api.aws' },
    },
  });
});

test('what the stack limits behind a gateway only is told', () => {
  expect(directNotes(planOf({}))).toEqual([expect.stringMatching(/your own AWS credentials/)]);
  const narrow = { settings: { 'files-mcp-server': { tools: { include: ['tool_0'] } } } };
  expect(directNotes(planOf(narrow))[0]).toBe(
    'without a gateway a server offers all of its tools: files 3 (1 in the stack)',
  );
});
