/** Runs the command line in process, as a user would in `cwd`, and gives what it wrote. */
import { main } from '../../../cli/main.ts';

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

export async function runIn(cwd: string, env: Record<string, string>, ...argv: string[]): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const code = await main(argv, {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, CI: '1', ...env },
    stdout: stream('stdout'),
    stderr: stream('stderr'),
  });
  return { code, ...written };
}
