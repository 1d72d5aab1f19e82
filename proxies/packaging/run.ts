/** Runs an installer or interpreter to its end: no shell, bounded output, its words in the error. */
import { spawn } from 'node:child_process';
import { McpgwError } from '../../plan/errors.ts';

const OUTPUT_LIMIT = 1_000_000;
const SHOWN_LINES = 12;

export interface RunOptions {
  cwd: string;
  /** Added to this process's environment: proxy, certificate and index settings of the user stay. */
  env?: Record<string, string | undefined>;
  /** What is being done, for the error: `iam-mcp-server: installing`. */
  what: string;
  hint?: string;
}

export async function run(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { out: '', err: '' };
  const keep = (stream: 'out' | 'err') => (chunk: string) => {
    texts[stream] = (texts[stream] + chunk).slice(-OUTPUT_LIMIT);
  };
  child.stdout.setEncoding('utf8').on('data', keep('out'));
  child.stderr.setEncoding('utf8').on('data', keep('err'));
  const fail = (message: string, cause?: unknown) =>
    reject(
      new McpgwError('package-failed', `${options.what}: ${message}`, {
        ...(options.hint !== undefined && { hint: options.hint }),
        cause,
      }),
    );
  child.on('error', (error) => fail(error.message, error));
  child.on('close', (code, signal) => {
    if (code === 0) return resolve(texts.out);
    const words = texts.err.trim().split('\n').slice(-SHOWN_LINES).join('\n  ');
    fail(`${command.split('/').at(-1)} ended with ${signal ?? code}\n  ${words}`);
  });
  return promise;
}
