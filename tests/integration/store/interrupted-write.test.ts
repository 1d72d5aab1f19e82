/** Killed, or out of disk, at each of its file operations: a reader finds the old manifest or the new one, whole. */
import { spawn } from 'node:child_process';
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
