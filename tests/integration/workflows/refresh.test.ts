/**
 * The refresh of a manifest of published packages, by the commands of the workflow itself: the job without secrets asks
 * the real index and the real server, the other one opens the pull request (GitHub is imitated).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runJob } from '../../engine/support/workflow.ts';
import { type GitHubStandIn, startGitHub } from '../cli/github-server.ts';
import { runIn } from '../cli/run.ts';
import { Team } from '../cli/team.ts';

const OLD = '1.1.29';
let team: Team;
let github: GitHubStandIn;

beforeAll(async () => {
  team = await Team.open({ program: true });
  const pinned = `awslabs.aws-documentation-mcp-server==${OLD}`;
  const { code, stderr } = await runIn(team.folder, {}, 'discover', '--from-pypi', pinned);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  github = await startGitHub(team.commit('an older version'));
}, 300_000);
afterAll(async () => {
  await github?.close();
  await team?.close();
});

const job = (name: string, env = {}) => runJob(team.folder, ['refresh.yml', name], env);

test('a newer version becomes one pull request that tells what changed; nothing is merged', async () => {
  expect(await job('discover', { FROM: 'source' })).toMatchObject([{ code: 0 }]);
  const body = await readFile(join(team.folder, '.mcpgw/refresh/body.md'), 'utf8');
  expect(body).toMatch(/`aws-documentation-mcp-server` \| 1\.1\.29 → \d+\.\d+\.\d+ /);
  expect(team.git('status', '--porcelain')).toBe('');

  expect(await job('propose', github.env)).toMatchObject([{ code: 0 }]);
  expect(await job('propose', github.env)).toMatchObject([
    { code: 0, stdout: expect.stringMatching(/unchanged/) },
  ]);
  expect(github.pulls).toMatchObject([{ state: 'open', base: { ref: 'main' } }]);
  expect(github.writes.join()).not.toMatch(/merge/);
}, 300_000);
