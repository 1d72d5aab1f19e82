/** A pull request from a fork: its resources without any credentials, base up and head previewed in an imitation. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { runIn } from '../integration/cli/run.ts';
import { Team } from '../integration/cli/team.ts';

jest.setTimeout(900_000);

let team: Team;
beforeAll(async () => {
  team = await Team.open({ program: true });
  await team.stack('dev');
  await team.manifest([{ id: 'files-mcp-server' }, { id: 'mail-mcp-server' }]);
  team.commit('base');
});
afterAll(() => team?.close());

test('shows what the head adds and changes, and nothing that only the base holds', async () => {
  await team.manifest([
    { id: 'files-mcp-server', version: '1.1.0', word: 'file' },
    { id: 'queues-mcp-server' },
  ]);
  team.commit('files updated, mail gone, queues new');
  const ran = await runIn(
    team.folder,
    {},
    'review',
    '--base',
    'main~1',
    '--resources',
    'offline',
    '--out',
    'out',
  );
  expect(ran).toMatchObject({ code: 0 });
  const text = await readFile(join(team.folder, 'out', 'dev.md'), 'utf8');
  expect(text).toMatch(/create \| bedrock\.AgentcoreGatewayTarget \| 1 \|/);
  expect(text).toMatch(/delete \| bedrock\.AgentcoreGatewayTarget \| 1 \|/);
  expect(text).toMatch(/update \| lambda\.Function \| 1 \|/);
  expect(text).toMatch(
    /- update `bedrock\.AgentcoreGatewayTarget` `files-mcp-server` \(`description`, `targetConfiguration`/,
  );
  expect(text).not.toMatch(/create \| bedrock\.AgentcoreGateway \|/);
  expect(text).toMatch(/Previewed offline[\s\S]*not the drift of the real stack/);
  expect(team.git('status', '--porcelain')).toBe('?? out/\n');
});
