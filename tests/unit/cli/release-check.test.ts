/** Which commit may be deployed over which: judged on a real repository, and by times where a clone is shallow. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Driver } from '../../../cli/deploying/driver.ts';
import { releaseCheck } from '../../../cli/deploying/release-check.ts';
import type { StackState } from '../../../cli/deploying/state.ts';
import { createPlan } from '../../../plan/plan.ts';
import { parseSettings } from '../../../plan/settings/settings.ts';
import { type Release, releaseOf } from '../../../store/release.ts';

let folder: string;
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, GIT_COMMITTER_DATE: clock, GIT_AUTHOR_DATE: clock },
  }).trim();
let clock = '2026-01-01T00:00:00Z';
const commits: Record<string, Release> = {};

async function commit(name: string, day: number): Promise<void> {
  clock = `2026-01-${String(day).padStart(2, '0')}T00:00:00+00:00`;
  git('commit', '--quiet', '--allow-empty', '--message', name);
  const made = await releaseOf(folder);
  if (made) commits[name] = made;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcpgw-release-'));
  git('init', '--quiet', '--initial-branch=main');
  await commit('first', 1);
  await commit('second', 2);
  git('checkout', '--quiet', '-b', 'branch', 'HEAD~1');
  await commit('apart', 3);
  git('checkout', '--quiet', 'main');
  await commit('third', 4);
});
afterAll(() => rm(folder, { recursive: true }));

const driver = {} as Driver;
async function problems(held: Release | undefined, at: string, { isProtected = false, root = folder } = {}) {
  git('checkout', '--quiet', at);
  const config = {
    'aws:region': 'us-east-1',
    'mcpgw:gateway': { name: 'tools' },
    'mcpgw:protect': isProtected,
  };
  const source = { formatVersion: 1 as const, type: 'folder' as const };
  const plan = createPlan({ source, servers: {} }, parseSettings('prod', config, 'f'));
  const state = { outputs: held && { release: held } } as StackState;
  return (await releaseCheck(root).run({ plan, driver, state })).map(({ message }) => message);
}
const of = (name: string) => commits[name] as Release;

test('the commit of a folder, and when it was made', () => {
  expect(of('third')).toEqual({
    commit: git('rev-parse', 'main'),
    committed: expect.stringMatching(/^2026-01-04T00:00:00(?:Z|\+00:00)$/),
  });
});

test.each([
  ['nothing', 'second'],
  ['first', 'second'],
  ['second', 'second'],
  ['second', 'main'],
])('a stack that holds %s takes %s', async (held, at) => {
  expect(await problems(commits[held], at === 'second' ? of('second').commit : at)).toEqual([]);
});

test('an older commit is refused, protected or not', async () => {
  const message = expect.stringMatching(
    /^the stack holds commit [0-9a-f]{12} of 2026-01-04\S+, which is newer than this one \([0-9a-f]{12} of 2026-01-02/,
  );
  expect(await problems(of('third'), of('second').commit)).toEqual([message]);
  expect(await problems(of('third'), of('second').commit, { isProtected: true })).toEqual([message]);
});

test('branches take turns, but not on a protected stack', async () => {
  expect(await problems(of('apart'), 'main')).toEqual([]);
  expect(await problems(of('apart'), 'main', { isProtected: true })).toEqual([
    expect.stringMatching(/which this one does not contain/),
  ]);
});

test('a commit that the clone does not know counts by its time', async () => {
  const unknown = { commit: 'a'.repeat(40), committed: '2026-01-05T00:00:00+00:00' };
  expect(await problems(unknown, 'main')).toEqual([expect.stringMatching(/which this clone does not know/)]);
  expect(await problems({ ...unknown, committed: '2026-01-03T00:00:00Z' }, 'main')).toEqual([]);
});

test('a folder without commits does not follow a release', async () => {
  const root = await mkdtemp(join(tmpdir(), 'mcpgw-no-git-'));
  await writeFile(join(root, 'Pulumi.yaml'), '');
  expect(await problems(of('first'), 'main', { root })).toEqual([
    expect.stringMatching(/this folder is of no commit/),
  ]);
  expect(await problems(undefined, 'main', { root })).toEqual([]);
  await rm(root, { recursive: true });
});
