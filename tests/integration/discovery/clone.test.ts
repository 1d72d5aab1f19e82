/** A commit fetched into the cache, and a server made from it without any checkout at hand. */
import { spawnSync } from 'node:child_process';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { discover, prepareServer } from '../../../discovery/index.ts';
import { cloneRevision, gitFacts } from '../../../discovery/source/git.ts';
import { pythonServer } from '../../unit/discovery/python-server.ts';
import { folderWith, removeTemporaryFolders, temporaryFolder } from '../../unit/discovery/support.ts';

const before = process.env.MCPGW_CACHE;
beforeEach(async () => {
  process.env.MCPGW_CACHE = await temporaryFolder();
});
afterAll(async () => {
  if (before === undefined) delete process.env.MCPGW_CACHE;
  else process.env.MCPGW_CACHE = before;
  await removeTemporaryFolders();
});

function git(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
  const result = spawnSync('git', ['-C', folder, ...identity, ...args], { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(result.stderr);
  return result.stdout.trim();
}

async function repository(): Promise<{ folder: string; commit: string }> {
  const folder = await folderWith(pythonServer('x-mcp-server', ['get_x']));
  git(folder, 'init', '-q', '-b', 'main');
  git(folder, 'add', '.');
  git(folder, 'commit', '-q', '-m', 'x');
  git(folder, 'tag', 'v1');
  return { folder, commit: git(folder, 'rev-parse', 'HEAD') };
}

test('by branch, tag or commit; a commit that was fetched needs the repository no more', async () => {
  const { folder, commit } = await repository();
  const places = [];
  for (const revision of ['main', 'v1', commit]) places.push(await cloneRevision(folder, revision));
  expect(new Set(places.map((place) => place.checkout)).size).toBe(1);
  expect((await gitFacts(places[0]?.checkout ?? ''))?.commit).toBe(commit);
  await rm(folder, { recursive: true });
  expect((await cloneRevision(folder, commit)).commit).toBe(commit);
});

test('an unknown revision and a missing repository are unreachable, an option is refused', async () => {
  const { folder } = await repository();
  await expect(cloneRevision(folder, 'nope')).rejects.toMatchObject({ code: 'unreachable' });
  await expect(cloneRevision(path.join(folder, 'nowhere'), 'main')).rejects.toMatchObject({
    code: 'unreachable',
  });
  await expect(cloneRevision(folder, '--upload-pack=touch')).rejects.toMatchObject({ code: 'usage' });
});

test('a server of a git manifest is made from its commit, and refused when its code is another', async () => {
  const { folder, commit } = await repository();
  const manifest = path.join(await temporaryFolder(), 'manifest');
  const { entries, source } = await discover({ checkout: folder, manifest, probe: false });
  expect(source).toMatchObject({ type: 'git', commit });
  const [entry] = entries;
  if (entry === undefined) throw new Error('no entry');
  const pinned = { formatVersion: 1, type: 'git', repository: folder, commit } as const;
  const launch = await prepareServer({ entry, source: pinned });
  expect((await stat(launch.command)).isFile()).toBe(true);
  const other = { ...entry, source: `sha256:${'0'.repeat(64)}` } as const;
  await expect(prepareServer({ entry: other, source: pinned })).rejects.toThrow(
    /is not what the manifest pins/,
  );
}, 120_000);
