/**
 * Ends a server's whole process group. Servers start helpers (node, docker, a database driver's daemon);
 * a signal to the leader alone would leave them behind.
 */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Groups that run now; killed when this process exits for whatever reason Node can still see. */
const running = new Set<number>();
let watching = false;

export function watchGroup(pid: number): void {
  running.add(pid);
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const group of running) signalGroup(group, 'SIGKILL');
  });
}

/** False when no process of the group is left. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    // EPERM: something of that group lives and is not ours to signal.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Kills what is left of the group and waits until the system no longer knows it (bounded: zombies are not ours to reap). */
export async function killGroup(pid: number): Promise<void> {
  running.delete(pid);
  for (let tries = 0; signalGroup(pid, 'SIGKILL') && tries < 50; tries += 1) await delay(10);
}

/** A variable that each server is given with a value of its own; what it starts inherits it. */
export const MARK = 'MCPGW_PROCESS';

/**
 * Kills helpers that left the group by a session of their own: they still carry the server's mark, which no other
 * process has. Where the system shows no environments (macOS) there is nothing to go by.
 */
export async function killStrays(mark: string): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const strays = await marked(mark);
    if (strays.length === 0) return;
    for (const pid of strays) kill(pid);
    await delay(10);
  }
}

async function marked(mark: string): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const found: number[] = [];
  for (const name of names.filter((one) => /^\d+$/.test(one))) {
    const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
    if (environment.includes(`${MARK}=${mark}`)) found.push(Number(name));
  }
  return found;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}
