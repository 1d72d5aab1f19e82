/** Runs the user's own pulumi (never the stand-in: that is `offline/`). */
import { type ExecFileOptions, execFile, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { promisify } from 'node:util';
import { McpgwError, messageOf } from '../plan/errors.ts';

const run = promisify(execFile);

const MISSING = {
  hint: 'install the Pulumi CLI and put it on PATH; `mcpgw preview --offline` works without it',
};

/** The stack's outputs, secrets in clear text: never print them whole. */
export function stackOutputs(root: string, stack: string, env: NodeJS.ProcessEnv): Promise<unknown> {
  return readOutputs(['--show-secrets'], stack, { cwd: root, env });
}

/** One output that is no secret. Waits `timeout` ms for a backend that does not answer. */
export function stackOutput(
  name: string,
  stack: string,
  { root, env, timeout }: { root: string; env: NodeJS.ProcessEnv; timeout: number },
): Promise<unknown> {
  return readOutputs([name, '--non-interactive'], stack, { cwd: root, env, timeout });
}

async function readOutputs(which: string[], stack: string, options: ExecFileOptions): Promise<unknown> {
  try {
    const args = ['stack', 'output', ...which, '--json', '--stack', stack];
    const { stdout } = await run('pulumi', args, {
      ...options,
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
    });
    return JSON.parse(stdout);
  } catch (cause) {
    if (isMissing(cause)) throw new McpgwError('engine-missing', 'no `pulumi` on PATH', MISSING);
    const said =
      (cause as { stderr?: string }).stderr
        ?.trim()
        .split('\n')[0]
        ?.replace(/^error: /, '') || messageOf(cause);
    throw new McpgwError('unreachable', `cannot read the outputs of stack ${stack}: ${said}`, {
      hint: 'check `pulumi login` and `pulumi stack ls`',
      cause,
    });
  }
}

/** Runs pulumi in the terminal of the user; resolves to its exit code. */
export async function pulumi(root: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('pulumi', args, { cwd: root, env, stdio: 'inherit' });
    child.on('error', (cause) =>
      reject(isMissing(cause) ? new McpgwError('engine-missing', 'no `pulumi` on PATH', MISSING) : cause),
    );
    child.on('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 1)));
  });
}

function isMissing(thrown: unknown): boolean {
  return (thrown as { code?: unknown }).code === 'ENOENT';
}
