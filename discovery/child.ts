/** Runs installers and git: argument arrays only, bounded time and output, the whole process group gone afterwards. */
import { spawn } from 'node:child_process';
import { killGroup, trackGroup } from './child-groups.ts';

export interface ChildResult {
  code: number | null;
  stdout: string;
  stderr: string;
  timedOut: boolean;
}

export interface ChildOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  seconds: number;
  /** Kept of each stream; the rest is read and dropped. */
  keepBytes?: number;
}

export async function runChild(
  command: string,
  args: readonly string[],
  options: ChildOptions,
): Promise<ChildResult> {
  const keep = options.keepBytes ?? 4_000_000;
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = collect(child.stdout, keep);
  const err = collect(child.stderr, keep);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup(child.pid);
  }, options.seconds * 1000);
  const untrack = trackGroup(child.pid);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { code, stdout: out(), stderr: err(), timedOut };
  } finally {
    clearTimeout(timer);
    killGroup(child.pid);
    untrack();
  }
}

function collect(stream: NodeJS.ReadableStream, keep: number): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < keep) chunks.push(chunk.subarray(0, keep - size));
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
