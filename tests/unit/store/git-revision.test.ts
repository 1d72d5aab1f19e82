import { execFileSync } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportRevision, resolveRevision } from '../../../store/git-revision.ts';

let root: string;
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: root,
    encoding: 'utf8',
  });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mcpgw-revision-test-'));
  git('init', '--quiet');
  await mkdir(join(root, 'team', 'manifest', 'servers'), { recursive: true });
  await writeFile(join(root, 'team', 'manifest', 'source.yaml'), 'old\n');
  await symlink('/etc/passwd', join(root, 'team', 'manifest', 'servers', 'link.yaml'));
  git('add', '.');
  git('commit', '--quiet', '-m', 'one');
  await writeFile(join(root, 'team', 'manifest', 'source.yaml'), 'new\n');
});
afterAll(() => rm(root, { recursive: true }));

test('a folder of a revision, below the top of the repository, as it was committed', async () => {
  const { folder, dispose } = await exportRevision(join(root, 'team'), 'HEAD', 'manifest');
  expect(await readFile(join(folder, 'source.yaml'), 'utf8')).toBe('old\n');
  expect((await lstat(join(folder, 'servers', 'link.yaml'))).isSymbolicLink()).toBe(false);
  await dispose();
  await expect(readdir(folder)).rejects.toThrow();
  expect(git('status', '--porcelain')).toBe(' M team/manifest/source.yaml\n');
});

test('the whole project', async () => {
  const { folder, dispose } = await exportRevision(join(root, 'team'), 'HEAD', '');
  expect(await readdir(folder)).toEqual(['manifest']);
  await dispose();
});

test.each(['nonsense', '--all', 'HEAD:team', ''])('%j names no commit', async (revision) => {
  await expect(resolveRevision(root, revision)).rejects.toMatchObject({
    code: 'revision-unknown',
    exitCode: 2,
  });
});
