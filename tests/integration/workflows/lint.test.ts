import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureUv } from '../../../discovery/python/uv.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const ZIZMOR = 'zizmor==1.32.0';

/** A linter's verdict: exit code and what it said. */
async function verdict(command: string, args: string[], cwd: string) {
  try {
    const { stdout, stderr } = await run(command, args, { cwd, maxBuffer: 1e7 });
    return { code: 0, said: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, said: `${stdout}${stderr}` };
  }
}

let repository: string;
let actionlint: string;
let uv: string;
beforeAll(async () => {
  repository = await mkdtemp(join(tmpdir(), 'mcpgw-workflows-'));
  await run('git', ['init', '--quiet'], { cwd: repository });
  await cp(join(root, '.github'), join(repository, '.github'), { recursive: true });
  actionlint = join(repository, 'actionlint');
  const module = join(root, 'tests/tools/actionlint');
  const main = 'github.com/rhysd/actionlint/cmd/actionlint';
  await run('go', ['build', '-o', actionlint, main], {
    cwd: module,
    env: { ...process.env, GOTOOLCHAIN: 'local' },
  });
  uv = await ensureUv();
}, 180_000);
afterAll(() => rm(repository, { recursive: true }));

const zizmor = (folder: string) =>
  verdict(
    uv,
    [
      'tool',
      'run',
      '--from',
      ZIZMOR,
      'zizmor',
      '--offline',
      '--persona',
      'pedantic',
      '--no-progress',
      '.github',
    ],
    folder,
  );

test('actionlint finds nothing', async () => {
  expect(await verdict(actionlint, [], repository)).toEqual({ code: 0, said: '' });
});

test('zizmor finds nothing', async () => {
  const { code, said } = await zizmor(repository);
  expect(said).toMatch(/No findings to report/);
  expect(code).toBe(0);
}, 60_000);

test('both would have found something', async () => {
  const broken = join(repository, 'broken');
  await run('git', ['init', '--quiet', broken]);
  await cp(join(root, '.github'), join(broken, '.github'), { recursive: true });
  await writeFile(
    join(broken, '.github/workflows/bad.yml'),
    'on: pull_request_target\njobs:\n  bad:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ github.event.pull_request.title }} ${{ matrix.none }}\n',
  );
  expect((await verdict(actionlint, [], broken)).said).toMatch(/potentially untrusted/);
  expect((await zizmor(broken)).said).toMatch(/dangerous-triggers/);
}, 60_000);
