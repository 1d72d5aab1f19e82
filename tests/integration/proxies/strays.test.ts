/** Helpers that left the server's process group, found the way that systems without /proc allow: by `ps`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { helpersOf, killStrays, MARK, straysByPs } from '../../../proxies/strays.ts';
import { isRunning } from './support.ts';

const started: number[] = [];
afterEach(() => {
  for (const pid of started.splice(0)) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
});

/** A process with the mark that starts another with or without it, both in sessions of their own; their numbers. */
async function family(mark: string, inherits: boolean): Promise<[number, number]> {
  const childEnv = inherits ? '{ ...process.env }' : '{}';
  const code = `
    const { spawn } = require('node:child_process');
    const idle = ['-e', 'setInterval(() => {}, 1000)'];
    const child = spawn(process.execPath, idle, { detached: true, stdio: 'ignore', env: ${childEnv} });
    child.once('spawn', () => console.log(child.pid));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['-e', code], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { [MARK]: mark },
  });
  const [line] = await once(createInterface({ input: parent.stdout }), 'line');
  const pids: [number, number] = [parent.pid ?? 0, Number(line)];
  started.push(...pids);
  return pids;
}

test('what carries the mark is killed, and what it started without the mark; others are not', async () => {
  const [own, child] = await family('mark-of-this-server', false);
  const others = await family('mark-of-another', true);
  await killStrays('mark-of-this-server', [], straysByPs);
  expect([own, child, ...others].map(isRunning)).toEqual([false, false, true, true]);
});

test('an orphan that hides its environment is known from before its parent ended', async () => {
  const [own, child] = await family('orphan', false);
  const helpers = await helpersOf(own, true);
  expect(helpers.map(({ pid }) => pid)).toEqual([child]);
  process.kill(own, 'SIGKILL');
  while (isRunning(own)) await new Promise((resolve) => setTimeout(resolve, 5));
  await killStrays('orphan', [], straysByPs);
  expect(isRunning(child)).toBe(true);
  await killStrays('orphan', helpers, straysByPs);
  expect(isRunning(child)).toBe(false);
});
