import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMENT_LIMIT } from '../../../plan/markdown.ts';
import { commentMarker, UNCHANGED } from '../../../plan/review/comment.ts';
import { type GitHubStandIn, startGitHub } from './github-server.ts';
import { runIn } from './run.ts';

const SHA = 'a'.repeat(40);
let folder: string;
let github: GitHubStandIn;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcpgw-post-'));
  github = await startGitHub(SHA);
  await mkdir(join(folder, 'posted', 'review'), { recursive: true });
  await mkdir(join(folder, 'posted', 'resources-dev'));
  const workflow_run = {
    head_sha: SHA,
    head_branch: 'feature/x',
    head_repository: { full_name: 'fork/tools', owner: { login: 'fork' } },
  };
  await writeFile(join(folder, 'event.json'), JSON.stringify({ workflow_run }));
  const head = { label: 'fork:feature/x', sha: SHA };
  github.pulls.push({ number: 12, state: 'open', title: 't', body: 'b', base: { ref: 'main' }, head });
});
afterEach(async () => {
  await github.close();
  await rm(folder, { recursive: true });
});

const part = (name: string, text: string) => writeFile(join(folder, 'posted', name), text);
const post = (...more: string[]) =>
  runIn(folder, { ...github.env, GITHUB_EVENT_PATH: join(folder, 'event.json') }, 'post', 'posted', ...more);

test('one comment a stack, its parts joined, edited the next time', async () => {
  await part('review/dev.md', 'tools');
  await part('resources-dev/dev.md', 'resources');
  await part('review/prod.md', UNCHANGED);
  expect(await post()).toMatchObject({
    code: 0,
    stdout: '#12, stack dev: comment created\n#12, stack prod: comment nothing\n',
  });
  expect(github.comments.map(({ body }) => body)).toEqual([
    expect.stringMatching(/^<!-- mcpgw review of stack dev -->\ntools\n\nresources\n/),
  ]);
  expect((await post()).stdout).toContain('stack dev: comment unchanged');
  await part('review/dev.md', UNCHANGED);
  expect((await post()).stdout).toContain('stack dev: comment edited');
  expect(github.comments).toHaveLength(1);
});

test('two parts share the room by need, and a part that has nothing to say is left out', async () => {
  await part('review/dev.md', 'w'.repeat(50_000));
  await part('resources-dev/dev.md', 'r'.repeat(10_000));
  await part('review/prod.md', UNCHANGED);
  await part('resources-dev/prod.md', 'resources');
  await post();
  const [dev = '', prod = ''] = github.comments.map(({ body }) => body);
  expect(dev).toContain('w'.repeat(50_000));
  expect(dev).toContain('r'.repeat(10_000));
  expect(dev).not.toContain('cut here');
  expect(prod).not.toContain(UNCHANGED);
});

test.each(['<details><summary>x</summary>', '````diff', '~~~', '<details>'.repeat(50)])(
  'nothing that a part leaves open (%s) hides who wrote it',
  async (opened) => {
    await part('review/dev.md', `nothing forbidden\n\n${opened}\n`);
    await post();
    const lines = (github.comments[0]?.body ?? '').split('\n');
    expect(lines.filter((line) => /^(`{3,}|~{3,})/.test(line)).length % 2).toBe(0);
    const body = lines.join('\n');
    expect(body.match(/<details/g)?.length ?? 0).toBe(body.match(/<\/details>/g)?.length ?? 0);
    expect(lines.at(-1)).toMatch(/^<sub>Made by a job that ran/);
  },
);

test('a comment that someone else began with our marker is not edited', async () => {
  github.comments.push({
    id: 1,
    body: `${commentMarker('dev')}\nmine`,
    user: { login: 'mallory', type: 'User' },
  });
  await part('review/dev.md', 'tools');
  await post();
  expect(github.comments.map(({ id }) => id)).toEqual([1, 1001]);
});

test('what a fork wrote is bounded and mentions nobody', async () => {
  await part(
    'review/dev.md',
    `@octocat [click](https://evil.example) ![](x) <script> <!-- x -->\n${'x'.repeat(99)}\n`.repeat(3000),
  );
  await post();
  const body = github.comments[0]?.body ?? '';
  expect(body.length).toBeLessThanOrEqual(COMMENT_LIMIT);
  expect(body.slice(commentMarker('dev').length)).not.toMatch(/@octocat|\]\(|:\/\/|<script|<!--/);
  expect(body).toContain('cut here');
});

test('a run that left nothing posts nothing', async () => {
  await rm(join(folder, 'posted'), { recursive: true });
  expect(await post()).toMatchObject({ code: 0, stdout: '' });
  expect(github.comments).toEqual([]);
});

test('files that are no stack of words are left alone', async () => {
  await writeFile(join(folder, 'secret'), 'a secret');
  await symlink(join(folder, 'secret'), join(folder, 'posted', 'review', 'dev.md'));
  await part('review/..%2f.md', 'x');
  await part('review/dev.txt', 'x');
  expect((await post()).stdout).toBe('');
  expect(github.comments).toEqual([]);
});

test('newer commits on the pull request: nothing is posted', async () => {
  await part('review/dev.md', 'tools');
  Object.assign(github.pulls[0] ?? {}, { head: { label: 'fork:feature/x', sha: 'b'.repeat(40) } });
  expect((await post()).stdout).toMatch(/nothing to post/);
  expect(github.writes).toEqual([]);
});

test.each([
  [{ GITHUB_TOKEN: '' }, 3, /GITHUB_TOKEN/],
  [{ GITHUB_TOKEN: 'wrong' }, 3, /answered 401/],
  [{ GITHUB_API_URL: 'http://127.0.0.1:1' }, 4, /cannot be reached/],
])('%j: exit code %i', async (env, code, message) => {
  await part('review/dev.md', 'tools');
  const ran = await runIn(folder, { ...github.env, ...env }, 'post', 'posted', '--pull-request', '12');
  expect(ran).toMatchObject({ code, stderr: expect.stringMatching(message) });
  expect(ran.stderr).not.toContain('secret-token');
});
