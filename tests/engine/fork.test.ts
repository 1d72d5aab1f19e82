/**
 * A pull request from a fork, by the commands of the workflows themselves: preview.yml's job that holds no credentials
 * (the base brought up and the head previewed in an imitation), then comment.yml's, which posts what it left.
 */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type GitHubStandIn, startGitHub } from '../integration/cli/github-server.ts';
import { Team } from '../integration/cli/team.ts';
import { runJob } from './support/workflow.ts';

jest.setTimeout(900_000);

let team: Team;
let github: GitHubStandIn;
beforeAll(async () => {
  team = await Team.open({ program: true });
  await team.stack('dev');
  await team.manifest([{ id: 'files-mcp-server' }, { id: 'mail-mcp-server' }]);
  team.commit('base');
});
afterAll(async () => {
  await github?.close();
  await team?.close();
});

test('shows what the head adds and changes, and nothing that only the base holds', async () => {
  await team.manifest([
    { id: 'files-mcp-server', version: '1.1.0', word: 'file' },
    { id: 'queues-mcp-server' },
  ]);
  team.commit('files updated, mail gone, queues new');
  const ran = await runJob(team.folder, ['preview.yml', 'review'], { RESOURCES: 'offline' });
  expect(ran).toMatchObject([{ command: expect.stringMatching(/mcpgw -- review/), code: 0 }]);
  const text = await readFile(join(team.folder, '.mcpgw/review/dev.md'), 'utf8');
  expect(text).toMatch(/create \| bedrock\.AgentcoreGatewayTarget \| 1 \|/);
  expect(text).toMatch(/delete \| bedrock\.AgentcoreGatewayTarget \| 1 \|/);
  expect(text).toMatch(/update \| lambda\.Function \| 1 \|/);
  expect(text).toMatch(
    /- update `bedrock\.AgentcoreGatewayTarget` `files-mcp-server` \(`description`, `targetConfiguration`/,
  );
  expect(text).not.toMatch(/create \| bedrock\.AgentcoreGateway \|/);
  expect(text).toMatch(/Previewed offline[\s\S]*not the drift of the real stack/);
  expect(team.git('status', '--porcelain')).toBe('');
});

test('its comment is posted by the other workflow, and edited the next time', async () => {
  const head = team.git('rev-parse', 'HEAD').trim();
  github = await startGitHub(head);
  const label = 'fork:feature/x';
  github.pulls.push({
    number: 12,
    state: 'open',
    title: 't',
    body: 'b',
    base: { ref: 'main' },
    head: { label, sha: head },
  });
  const workflow_run = {
    head_sha: head,
    head_branch: 'feature/x',
    head_repository: { full_name: 'fork/tools', owner: { login: 'fork' } },
  };
  await writeFile(join(team.folder, '.mcpgw/event.json'), JSON.stringify({ workflow_run }));
  // what download-artifact makes of the other run's artifacts: a folder each
  await mkdir(join(team.folder, '.mcpgw/posted'), { recursive: true });
  await cp(join(team.folder, '.mcpgw/review'), join(team.folder, '.mcpgw/posted/review'), {
    recursive: true,
  });
  const given = { ...github.env, GITHUB_EVENT_PATH: join(team.folder, '.mcpgw/event.json') };
  const post = () => runJob(team.folder, ['comment.yml', 'post'], given);
  expect(await post()).toMatchObject([{ code: 0, stdout: expect.stringMatching(/dev: comment created/) }]);
  expect(await post()).toMatchObject([{ code: 0, stdout: expect.stringMatching(/dev: comment unchanged/) }]);
  expect(github.comments.map(({ body }) => body)).toEqual([
    expect.stringMatching(/^<!-- mcpgw review of stack dev -->\n### Stack `dev`: nothing forbidden/),
  ]);
});
