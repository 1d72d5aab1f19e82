/** How a deployment runs Pulumi: the user's own CLI against his backend, or a rehearsal against the stand-in. */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { OfflineBackend } from '../../offline/index.ts';
import { McpgwError } from '../../plan/errors.ts';

export interface Output {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface Driver {
  /** A Pulumi command on the stack; `onOutput` gets what it prints as it comes. Rejects only when there is no Pulumi. */
  run(args: readonly string[], onOutput?: (text: string) => void): Promise<Output>;
  /** A command of the backend, not of the stack. */
  backend(args: readonly string[]): Promise<Output>;
  /** Against the stand-in: there is no account to ask and no gateway to call. */
  rehearsal: boolean;
}

export function pulumiDriver(root: string, stack: string, env: NodeJS.ProcessEnv): Driver {
  const start = (args: readonly string[], onOutput?: (text: string) => void) =>
    new Promise<Output>((resolve, reject) => {
      const child = spawn('pulumi', [...args, '--non-interactive'], {
        cwd: root,
        env: { ...env, PULUMI_SKIP_UPDATE_CHECK: 'true' },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true, // a terminal's Ctrl-C comes to us alone
      });
      const release = passSignals(child);
      const output: Output = { exitCode: 1, stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].setEncoding('utf8').on('data', (text: string) => {
          output[name] += text;
          onOutput?.(text);
        });
      }
      child.on('error', (cause) => {
        release();
        reject(missing(cause));
      });
      child.on('close', (code, signal) => {
        release();
        resolve({ ...output, exitCode: signal ? 128 + constants.signals[signal] : (code ?? 1) });
      });
    });
  return {
    run: (args, onOutput) => start([...args, '--stack', stack], onOutput),
    backend: (args) => start(args),
    rehearsal: false,
  };
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One press of Ctrl-C may come twice: from the terminal, and from what started us. */
const TWICE_MS = 500;

/**
 * Pulumi ends what is under way on the first interrupt and gives up on the second, so it gets one for each that we get,
 * and we live on to say what exists now.
 */
function passSignals(child: ChildProcess): () => void {
  let last = Number.NEGATIVE_INFINITY;
  const pass = () => {
    if (performance.now() - last < TWICE_MS) return;
    last = performance.now();
    child.kill('SIGINT');
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  return () => {
    for (const signal of SIGNALS) process.off(signal, pass);
  };
}

/** `extra` are the flags that lead Pulumi to the rehearsal's copy of the stack's file. */
export function rehearsalDriver(
  backend: OfflineBackend,
  stack: string,
  configFile: string,
  environment: Record<string, string> = {},
): Driver {
  const withProgram = ['preview', 'up', 'destroy', 'refresh'];
  const flags = ['--config-file', configFile, '--skip-plugin-pre-install', '--color', 'never'];
  return {
    run: (args, onOutput) =>
      backend.run(
        [...args, '--stack', stack, ...(withProgram.includes(args[0] ?? '') ? flags : [])],
        onOutput ? { environment, onOutput } : { environment },
      ),
    backend: (args) => backend.run(args),
    rehearsal: true,
  };
}

function missing(cause: NodeJS.ErrnoException): Error {
  if (cause.code !== 'ENOENT') return cause;
  return new McpgwError('engine-missing', 'no `pulumi` on PATH', {
    hint: 'install the Pulumi CLI; `mcpgw deploy --offline` rehearses without it',
  });
}
