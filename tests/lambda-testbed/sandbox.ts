/**
 * A sandbox like a Lambda environment's: only Lambda's variables, a task root that cannot be written, no HOME, and a
 * freeze that stops every process between invocations. As root it runs under a user of its own (mode bits mean
 * nothing to root); otherwise under this user, with write permission taken from the task root.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const isRoot = process.getuid?.() === 0;
let users = 0;

export interface SandboxOptions {
  taskRoot: string;
  /** A folder of the sandbox's own, for what cannot be read where it lies. */
  scratch: string;
  /** Program of the runtime; default: runtime.mjs under this Node. */
  runtime: readonly string[];
  env: Readonly<Record<string, string>>;
  onOutput(text: string): void;
}

export class Sandbox {
  readonly #child: ChildProcess;
  readonly #uid: number | undefined;
  readonly ended: Promise<void>;

  constructor(options: SandboxOptions) {
    users += 1;
    this.#uid = isRoot ? 61_000 + ((process.pid * 50 + users) % 4000) : undefined;
    makeReadOnly(options.taskRoot);
    const [program = '', ...args] = options.runtime;
    const command = isRoot ? reachable(program, options.scratch) : program;
    this.#child = spawn(command, args, {
      cwd: options.taskRoot,
      env: options.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(this.#uid === undefined ? {} : { uid: this.#uid, gid: this.#uid }),
    });
    this.#child.stdout?.on('data', (data: Buffer) => options.onOutput(data.toString()));
    this.#child.stderr?.on('data', (data: Buffer) => options.onOutput(data.toString()));
    this.ended = new Promise((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.once('error', (error) => options.onOutput(String(error)));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Of the sandbox: the runtime, the servers it started, and theirs. */
  processes(): number[] {
    return this.#uid === undefined ? descendants(this.pid ?? -1) : ofUser(this.#uid);
  }

  freeze(): void {
    this.#signal('SIGSTOP');
  }

  thaw(): void {
    this.#signal('SIGCONT');
  }

  /** SIGKILL for all of it, as Lambda does after a time-out. */
  async kill(): Promise<void> {
    for (let left = this.processes(); left.length > 0; left = this.processes()) {
      this.#signal('SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await this.ended;
  }

  /** Memory of the runtime's own process now, bytes. */
  memory(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  }

  #signal(signal: NodeJS.Signals): void {
    for (const pid of this.processes()) {
      try {
        process.kill(pid, signal);
      } catch {
        // It ended meanwhile.
      }
    }
  }
}

function makeReadOnly(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    chmodSync(path, entry.isDirectory() || statSync(path).mode & 0o100 ? 0o555 : 0o444);
  }
  chmodSync(folder, 0o555);
}

/** The program itself, or a copy where another user cannot reach it (a checkout under /root). */
function reachable(program: string, scratch: string): string {
  for (let folder = dirname(program); folder !== dirname(folder); folder = dirname(folder)) {
    if (statSync(folder).mode & 0o001) continue;
    const copy = join(scratch, 'program');
    if (!existsSync(copy)) copyFileSync(program, copy);
    chmodSync(copy, 0o755);
    return copy;
  }
  return program;
}

interface ProcessStatus {
  pid: number;
  parent: number;
  uid: number;
}

function running(): ProcessStatus[] {
  if (!existsSync('/proc/self/status')) return listed();
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      if (/^State:\s+[ZX]/m.test(status)) return [];
      const number = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
      return [{ pid: Number(name), parent: number('PPid'), uid: number('Uid') }];
    } catch {
      return [];
    }
  });
}

function ofUser(uid: number): number[] {
  return running().flatMap((found) => (found.uid === uid ? [found.pid] : []));
}

function descendants(root: number): number[] {
  const all = running();
  const found = all.some(({ pid }) => pid === root) ? [root] : [];
  for (const parent of found) found.push(...all.filter((one) => one.parent === parent).map(({ pid }) => pid));
  return found;
}

/** Where there is no /proc (macOS). */
function listed(): ProcessStatus[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,uid=,stat='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [pid, parent, uid, state = 'Z'] = line.trim().split(/\s+/);
    return state.startsWith('Z') ? [] : [{ pid: Number(pid), parent: Number(parent), uid: Number(uid) }];
  });
}
