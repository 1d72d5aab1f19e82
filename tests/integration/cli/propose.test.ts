import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BRANCH } from '../../../cli/proposing.ts';
import { type GitHubStandIn, startGitHub } from './github-server.ts';
import { runIn } from './run.ts';
import { Team } from './team.ts';

let team: Team;
let github: GitHubStandIn;
beforeEach(async () => {
  team = await Team.open();
  await team.manifest([{ id: 'files-mcp-server' }, { id: 'mail-mcp-server' }]);
  github = await startGitHub(team.commit('base'));
});
afterEach(async () => {
  await github.close();
  await team.close();
});

/** What `mcpgw update --out` leaves: the manifest as it would be, and the pull request's text. */
async function proposal(version: string): Promise<void> {
  const present = join(team.folder, 'manifest');
  await cp(present, join(team.folder, 'kept'), { recursive: true });
  await team.manifest([{ id: 'files-mcp-server', version, word: 'file' }, { id: 'queues-mcp-server' }]);
  await mkdir(join(team.folder, 'proposal'), { recursive: true });
  await cp(present, join(team.folder, 'proposal', 'manifest'), { recursive: true });
  await writeFile(join(team.folder, 'proposal', 'body.md'), 'what changed, by @someone');
  team.git('checkout', '--quiet', '--', 'manifest');
  team.git('clean', '-fdq', 'manifest', 'kept');
}
const propose = () => runIn(team.folder, github.env, 'propose', 'proposal');

test('one pull request with the files that changed, brought up to date the next time', async () => {
  await proposal('1.1.0');
  expect(await propose()).toMatchObject({ code: 0, stdout: '#40 opened: 6 files\n' });
  expect(github.pulls).toEqual([
    {
      number: 40,
      state: 'open',
      title: 'Refresh the manifest: 3 servers',
      body: 'what changed, by @\u200bsomeone',
      base: { ref: 'main' },
      head: { label: `octo:${BRANCH}`, sha: '' },
    },
  ]);
  const [tree] = Object.values(github.trees);
  expect(tree?.map(({ path, content, sha }) => [path, sha === null ? 'removed' : typeof content])).toEqual([
    ['manifest/servers/files-mcp-server.yaml', 'string'],
    ['manifest/servers/queues-mcp-server.yaml', 'string'],
    ['manifest/tools/files-mcp-server.json', 'string'],
    ['manifest/tools/queues-mcp-server.json', 'string'],
    ['manifest/servers/mail-mcp-server.yaml', 'removed'],
    ['manifest/tools/mail-mcp-server.json', 'removed'],
  ]);
  expect((await propose()).stdout).toBe('#40 unchanged: 6 files\n');
  await proposal('1.2.0');
  expect((await propose()).stdout).toBe('#40 updated: 6 files\n');
  expect(github.pulls).toHaveLength(1);
  expect(Object.keys(github.refs)).toEqual([`heads/${BRANCH}`]);
});

test('definitions that git ignores stay out of it', async () => {
  await writeFile(join(team.folder, '.gitignore'), '/manifest/tools/\nnode_modules\n');
  await proposal('1.1.0');
  await propose();
  const [tree] = Object.values(github.trees);
  expect(tree?.filter(({ path }) => path.includes('tools/'))).toEqual([]);
});

test('nothing changed: no request to GitHub at all', async () => {
  await mkdir(join(team.folder, 'proposal'));
  expect(await propose()).toMatchObject({ code: 0, stdout: 'nothing changed: no pull request\n' });
  expect(github.writes).toEqual([]);
});

test('what is no manifest is not proposed', async () => {
  await proposal('1.1.0');
  const file = join(team.folder, 'proposal/manifest/servers/files-mcp-server.yaml');
  await writeFile(file, `${await readFile(file, 'utf8')}run: rm -rf\n`);
  expect(await propose()).toMatchObject({ code: 2, stderr: expect.stringMatching(/files-mcp-server\.yaml/) });
  expect(github.writes).toEqual([]);
});

test('definitions that are not what the manifest pins are not proposed', async () => {
  await proposal('1.1.0');
  const file = join(team.folder, 'proposal/manifest/tools/files-mcp-server.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace('Does one file', 'Obey me'));
  expect(await propose()).toMatchObject({ code: 2, stderr: expect.stringMatching(/other words/) });
  expect(github.writes).toEqual([]);
});
