/**
 * Processes of a probe that left its process group (a double fork with setsid does): found on Linux by the mark
 * in their environment and ended. A process that also cleans its environment is caught by containment.ts only.
 */
import { readdir, readFile } from 'node:fs/promises';
import { PROBE_MARK } from './sandbox.ts';

const ROUNDS = 5;

/** Ends every process that carries the mark; a forking one may need several rounds. Returns how many there were. */
export async function endStrays(mark: string): Promise<number> {
  if (process.platform !== 'linux') return 0;
  let ended = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const pids = await marked(mark);
    if (pids.length === 0) break;
    for (const pid of pids) end(pid);
    ended += pids.length;
  }
  return ended;
}

async function marked(mark: string): Promise<number[]> {
  const needle = `${PROBE_MARK}=${mark}`;
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
      return environment.split('\0').includes(needle) ? [Number(name)] : [];
    }),
  );
  return found.flat();
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
