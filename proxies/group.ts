/**
 * Ends a server's whole process group. Servers start helpers (node, docker, a database driver's daemon);
 * a signal to the leader alone would leave them behind.
 */
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
