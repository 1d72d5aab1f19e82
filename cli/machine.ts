/** Looks at the tools of this machine, by running each with its version flag. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Check {
  name: string;
  ok: boolean;
  /** Without it nothing works; the others only widen what does. */
  needed: boolean;
  /** What was found, in the tool's own words. */
  found: string;
  /** What it is for. */
  wants: string;
  remedy: string;
}

interface Tool {
  name: string;
  command: string[];
  needed: boolean;
  least?: readonly [number, number, number];
  wants: string;
  remedy: string;
}

const TOOLS: readonly Tool[] = [
  {
    name: 'git',
    command: ['git', '--version'],
    needed: false,
    wants: 'cloning awslabs/mcp',
    remedy: 'install git, or use `mcpgw discover --from-pypi`',
  },
  {
    name: 'python',
    command: ['python3', '--version'],
    needed: true,
    least: [3, 10, 0],
    wants: 'running the servers',
    remedy: 'install Python 3.10 or newer (3.13 is what manifests are made with)',
  },
  {
    name: 'pip',
    command: ['python3', '-m', 'pip', '--version'],
    needed: false,
    wants: 'bringing uv where the machine has none',
    remedy: 'install pip, or uv itself',
  },
  {
    name: 'uv',
    command: ['uv', '--version'],
    needed: false,
    wants: 'installing servers from their lock',
    remedy: 'nothing to do: mcpgw brings its own from PyPI when needed',
  },
  {
    name: 'pulumi',
    command: ['pulumi', 'version'],
    needed: false,
    wants: 'deploying to AWS',
    remedy: 'install the Pulumi CLI; offline previews build one from its Go module',
  },
  {
    name: 'go',
    command: ['go', 'version'],
    needed: false,
    least: [1, 25, 11],
    wants: 'building the Pulumi engine for offline previews where no pulumi is installed',
    remedy: 'install Go 1.25.11 or newer, or the Pulumi CLI',
  },
  {
    name: 'aws',
    command: ['aws', '--version'],
    needed: false,
    wants: 'handing a profile to local servers (`--profile`) and signing in',
    remedy: 'install the AWS CLI version 2',
  },
];

export async function examine(env: NodeJS.ProcessEnv): Promise<Check[]> {
  const node: Check = {
    name: 'node',
    ok: true,
    needed: true,
    found: `v${process.versions.node}`,
    wants: 'running mcpgw',
    remedy: '',
  };
  return [node, ...(await Promise.all(TOOLS.map((tool) => check(tool, env))))];
}

async function check(
  { name, command, needed, least, wants, remedy }: Tool,
  env: NodeJS.ProcessEnv,
): Promise<Check> {
  const [program = '', ...args] = command;
  try {
    const { stdout, stderr } = await run(program, args, { env, timeout: 20_000 });
    const found = (stdout || stderr).trim().split('\n')[0] ?? '';
    return { name, needed, wants, remedy, found, ok: least === undefined || atLeast(found, least) };
  } catch {
    return { name, needed, wants, remedy, found: '', ok: false };
  }
}

/** Whether the first version number in `text` is `least` or newer. */
export function atLeast(text: string, least: readonly [number, number, number]): boolean {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (!match) return false;
  const found = match.slice(1).map((part) => Number(part ?? 0));
  for (const [index, wanted] of least.entries()) {
    const part = found[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
