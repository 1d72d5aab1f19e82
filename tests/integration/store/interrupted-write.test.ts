/** Killed, or out of disk, at each of its file operations: a reader finds the old manifest or the new one, whole. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { writeManifest } from '../../../store/manifest.ts';
import { manifests, snapshot } from './manifests.ts';

async function runWriter(...args: string[]): Promise<{ signal: string | null; stdout: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const signal = new Promise<string | null>((resolve) => child.on('exit', (_code, by) => resolve(by)));
  return { stdout: await text(child.stdout), signal: await signal };
}

let parent: string;
let folder: string;
let before: string;
let after: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'mcpgw-interrupted-'));
  folder = join(parent, 'manifest');
  await writeManifest(folder, manifests.after);
  after = await snapshot(folder);
  await writeManifest(folder, manifests.before);
  before = await snapshot(folder);
});
afterEach(() => rm(parent, { recursive: true, force: true }));

test('killed at each', async () => {
  let killed = 0;
  for (;;) {
    const { signal } = await runWriter(folder, 'kill', String(killed + 1));
    const found = await snapshot(folder);
    if (signal === null) {
      expect(found).toBe(after);
      break;
    }
    killed += 1;
    expect([before, after]).toContain(found);
    await writeManifest(folder, manifests.before);
    expect(await readdir(parent)).toEqual(['manifest']);
  }
  // Staging, four files and two renames at least: a writer that does nothing is never killed.
  expect(killed).toBeGreaterThan(10);
}, 120_000);

test('out of disk at each', async () => {
  const { stdout } = await runWriter(folder, 'full');
  const turns = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { reached: boolean; found: string });
  expect(turns.length).toBeGreaterThan(10);
  expect(turns.at(-1)).toEqual({ reached: false, found: after });
  for (const { reached, found } of turns.slice(0, -1)) {
    expect(reached).toBe(true);
    expect([before, after]).toContain(found);
  }
  expect(await readdir(parent)).toEqual(['manifest']);
}, 60_000);

// A small disk of its own: on Linux, where the kernel lets a process have its own mounts.
const OWN_MOUNTS = ['unshare', '--mount', ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'])];
const MOUNTED = 'mount -t tmpfs -o size=128k tmpfs "$1" && shift && exec "$@"';
const small = (disk: string, ...command: string[]): [string, string[]] => {
  const [program = '', ...args] = [...OWN_MOUNTS, 'sh', '-c', MOUNTED, 'sh', disk, ...command];
  return [program, args];
};
const canMount = spawnSync(...small(tmpdir(), 'true')).status === 0;

(canMount ? test : test.skip)(
  'a disk that is really full, and has a block more each time',
  async () => {
    const writer = join(import.meta.dirname, 'writer.ts');
    const command = small(parent, process.execPath, writer, join(parent, 'manifest'), 'disk');
    const { status, stdout, stderr } = spawnSync(...command, { encoding: 'utf8' });
    expect([status, stderr.replaceAll(/^.*Warning.*$/gm, '').trim()]).toEqual([0, '']);
    const turns = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { said: string; found: string });
    expect(turns.length).toBeGreaterThan(2);
    expect(turns.at(-1)).toEqual({ said: 'written', found: after });
    for (const turn of turns.slice(0, -1)) expect(turn).toEqual({ said: 'ENOSPC', found: before });
  },
  60_000,
);
