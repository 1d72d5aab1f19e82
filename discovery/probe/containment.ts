/**
 * What of a probed server can be bounded from outside on Linux, with util-linux: a process namespace of its own, so that
 * whatever it forks, however detached, ends with it; its end when we end, however we do; limits for memory and file size.
 * Where these tools or the kernel do not allow it (macOS, some containers), its process group is what is ended.
 */
import { runChild } from '../child.ts';

const LIMITS = ['--data=4294967296', '--fsize=536870912', '--core=0'];

export interface Command {
  command: string;
  args: readonly string[];
}

let wrapper: Promise<readonly string[]> | undefined;

export async function contain({ command, args }: Command): Promise<Command> {
  wrapper ??= findWrapper();
  const [first, ...rest] = await wrapper;
  return first === undefined ? { command, args } : { command: first, args: [...rest, command, ...args] };
}

/** Without root a process namespace needs a user namespace; the user stays who he is in it. */
async function findWrapper(): Promise<readonly string[]> {
  if (process.platform !== 'linux') return [];
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-current-user'];
  const namespace = ['unshare', ...user, '--pid', '--fork', '--kill-child=SIGKILL', '--'];
  const limits = ['prlimit', ...LIMITS, '--'];
  const orphaned = ['setpriv', '--pdeathsig', 'KILL', '--'];
  const usable: string[] = [];
  for (const part of [orphaned, namespace, limits]) if (await works(part)) usable.push(...part);
  return usable;
}

async function works([command = '', ...args]: readonly string[]): Promise<boolean> {
  const result = await runChild(command, [...args, 'true'], { seconds: 10 }).catch(() => undefined);
  return result?.code === 0;
}
