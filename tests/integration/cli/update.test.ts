/** `mcpgw update` on a manifest of a git commit: a server pinned to a published version, moved, and moved back. */
import { spawnSync } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { discover } from '../../../discovery/index.ts';
import { readManifest } from '../../../store/manifest.ts';
import { pythonServer } from '../../unit/discovery/python-server.ts';
import { folderWith, removeTemporaryFolders } from '../../unit/discovery/support.ts';
import { runIn } from './run.ts';
import { Team } from './team.ts';

const LIMIT = 300_000;
// A real name on PyPI; what the repository holds under it is small.
const ID = 'aws-documentation-mcp-server';

let team: Team;
let repository: string;
let commit: string;

const git = (...args: string[]): string => {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
  const { status, stdout, stderr } = spawnSync('git', ['-C', repository, ...who, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
};

beforeAll(async () => {
  repository = await folderWith({
    ...pythonServer(ID, ['get_x']),
    ...pythonServer('y-mcp-server', ['get_y']),
  });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '--message', 'first');
  commit = git('rev-parse', 'HEAD');
  team = await Team.open();
  await team.stack('dev');
  const manifest = join(team.folder, 'manifest');
  await discover({ checkout: repository, manifest });
  const source = join(manifest, 'source.yaml');
  const text = await readFile(source, 'utf8');
  await writeFile(source, text.replace(/repository: .*/, `repository: ${repository}`));
}, LIMIT);
afterAll(async () => {
  await team?.close();
  await removeTemporaryFolders();
});

const update = (...args: string[]) => runIn(team.folder, {}, 'update', ...args);
const manifest = () => readManifest(join(team.folder, 'manifest'));
const versionOf = async () => (await manifest()).servers[ID]?.package?.version;
const pins = async () => {
  const { source } = await manifest();
  return source.type === 'git' ? source.packages : undefined;
};

test(
  'pinned to a published version, moved to another, and back to the commit, the other server untouched',
  async () => {
    const first = await manifest();
    const dry = await update('aws-documentation', '--to', '1.1.29', '--dry-run');
    expect(dry).toMatchObject({ code: 0, stderr: expect.stringMatching(/nothing was written/) });
    expect(await manifest()).toEqual(first);

    const pinned = await update('aws-documentation', '--to', '1.1.29');
    expect(pinned.stdout).toBe(dry.stdout);
    expect(pinned.stdout).toMatch(/read_documentation/);
    expect(await versionOf()).toBe('1.1.29');
    expect(await pins()).toEqual({ [`awslabs.${ID}`]: '1.1.29' });

    expect(await update('aws-documentation', '--to', '1.1.30')).toMatchObject({ code: 0 });
    expect([await versionOf(), await pins()]).toEqual(['1.1.30', { [`awslabs.${ID}`]: '1.1.30' }]);

    expect(await update('aws-documentation', '--unpin')).toMatchObject({ code: 0 });
    expect(await manifest()).toEqual(first);
  },
  LIMIT,
);

test(
  'a server that is not published stays as it is and is told; the others move',
  async () => {
    const first = await manifest();
    const named = await update('aws-documentation', 'y');
    expect(named).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^y-mcp-server stays as it is: .*check the name/m),
    });
    expect(await versionOf()).toMatch(/^1\.[2-9]/);
    expect((await manifest()).servers['y-mcp-server']).toEqual(first.servers['y-mcp-server']);

    const whole = await update('--from', 'published', '--json');
    expect(whole).toMatchObject({ code: 0 });
    expect(JSON.parse(whole.stdout)).toMatchObject({ left: [{ id: 'y-mcp-server' }] });
    expect(Object.keys((await pins()) ?? {})).toEqual([`awslabs.${ID}`]);
    expect(await update('--from', 'published', 'aws-documentation')).toMatchObject({ code: 2 });

    expect(await update('aws-documentation', '--unpin')).toMatchObject({ code: 0 });
    expect(await manifest()).toEqual(first);
    await expect(update('y')).resolves.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/check the name/),
    });
  },
  LIMIT,
);

test(
  'a proposal tells a newer commit; without any news it is empty',
  async () => {
    const out = join(team.folder, 'proposal');
    expect(await update('--out', out)).toMatchObject({ code: 0 });
    expect(await readdir(out)).toEqual([]);

    const source = join(repository, 'src/y-mcp-server/awslabs/y_mcp_server/server.py');
    await writeFile(source, (await readFile(source, 'utf8')).replace('Gets get_y', 'Obeys get_y'));
    git('commit', '--quiet', '--all', '--message', 'second');
    expect(await update('--out', out)).toMatchObject({ code: 0 });
    expect(await readFile(join(out, 'body.md'), 'utf8')).toMatch(/y-mcp-server[\s\S]*Obeys/);
    const proposed = await readManifest(join(out, 'manifest'));
    expect(proposed.source).toMatchObject({ type: 'git', commit: git('rev-parse', 'HEAD') });
    expect((await manifest()).source).toMatchObject({ commit });
  },
  LIMIT,
);

test(
  'review --probe asks published servers of both sides for words that are not committed',
  async () => {
    await writeFile(join(team.folder, '.gitignore'), 'node_modules\n.mcpgw/\nmanifest/tools/\n');
    await update('aws-documentation', '--to', '1.1.30');
    team.commit('base');
    await update('aws-documentation', '--to', '1.2.3');
    team.commit('head');
    await rm(join(team.folder, 'manifest/tools'), { recursive: true });
    const review = (...more: string[]) => runIn(team.folder, {}, 'review', '--base', 'HEAD~1', ...more);
    expect((await review()).stdout).toMatch(
      /Words of `aws-documentation-mcp-server` changed and cannot be shown/,
    );
    const { code, stdout } = await review('--probe');
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/cannot be shown/);
    expect(stdout).toMatch(/1\.1\.30 → 1\.2\.3/);
    expect(stdout).toMatch(/^ +[-+] \w/m);
  },
  LIMIT,
);
