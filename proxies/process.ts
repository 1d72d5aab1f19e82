/**
 * A server's process as an MCP transport. Unlike the SDK's own stdio transport it owns a process group that it
 * always ends whole, takes anything on stdout, tells whether a request was written, and gives requests ids that
 * text printed by a tool cannot forge.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { isObject } from './context.ts';
import { NotWritten } from './errors.ts';
import { killGroup, signalGroup, watchGroup } from './group.ts';
import { LineSplitter } from './lines.ts';
import { helpersOf, killStrays, MARK, type ProcessRow } from './strays.ts';

/** A reply may be larger than what a Lambda can return (it is cut later), but not without end. */
const STDOUT_LINE_LIMIT = 48 * 1024 * 1024;
const STDERR_LINE_LIMIT = 8 * 1024;
/** How long output may still arrive after the process ended, while a helper holds the pipe open. */
const DRAIN_MS = 100;

export interface ProcessOptions {
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
  /** A line of stderr, or one of stdout that is no message. */
  onOutput(stream: 'stderr' | 'stdout', line: string): void;
}

/** How a process ended. `reason` is set when we ended it. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  reason?: string;
}

export class ServerProcess implements Transport {
  onmessage: Transport['onmessage'];
  onerror: ((error: Error) => void) | undefined;
  onclose: (() => void) | undefined;
  /** Resolves when the process has ended, its output is drained and its group is gone. */
  readonly ended: Promise<Ending>;
  readonly #options: ProcessOptions;
  readonly #prefix = `${randomBytes(9).toString('base64url')}:`;
  readonly #mark = randomBytes(12).toString('base64url');
  readonly #settle: (ending: Ending) => void;
  #child: ChildProcessByStdio<Writable, Readable, Readable> | undefined;
  #ending: Ending | undefined;
  #exited: Promise<void> = Promise.resolve();
  #reason: string | undefined;
  #helpers: readonly ProcessRow[] = [];

  constructor(options: ProcessOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<Ending>();
    this.ended = promise;
    this.#settle = resolve;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Set as soon as the process is known to have ended. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** It has ended, or is being ended: nothing is to be sent any more. */
  get isOver(): boolean {
    return this.#ending !== undefined || this.#reason !== undefined;
  }

  async start(): Promise<void> {
    const { command, args, env, cwd } = this.#options;
    const marked = { ...env, [MARK]: this.#mark };
    const child = spawn(command, args, { env: marked, cwd, detached: true, shell: false, stdio: 'pipe' });
    const exit = Promise.withResolvers<void>();
    this.#exited = exit.promise;
    child.stdin.on('error', () => {}); // each write reports its own error
    const spawned = Promise.withResolvers<void>();
    child.once('error', (error) => {
      this.#ending = { code: null, signal: null, reason: error.message };
      exit.resolve();
      this.#settle(this.#ending);
      spawned.reject(error);
    });
    child.once('spawn', spawned.resolve);
    await spawned.promise;
    this.#child = child;
    const { pid } = child;
    if (pid !== undefined) watchGroup(pid);
    this.#listen(child);
    child.once('exit', (code, signal) => {
      this.#ending = { code, signal, ...(this.#reason === undefined ? {} : { reason: this.#reason }) };
      exit.resolve();
      void this.#finish(child, this.#ending);
    });
  }

  #listen(child: ChildProcessByStdio<Writable, Readable, Readable>): void {
    const { onOutput } = this.#options;
    const out = new LineSplitter({
      limit: STDOUT_LINE_LIMIT,
      onLine: (line) => this.#read(line),
      onTooLong: (head) => {
        onOutput('stdout', head);
        void this.end(0, `it sent a line of more than ${STDOUT_LINE_LIMIT} bytes`);
      },
    });
    const err = new LineSplitter({
      limit: STDERR_LINE_LIMIT,
      onLine: (line) => onOutput('stderr', line),
      onTooLong: (head) => onOutput('stderr', `${head}…`),
    });
    child.stdout.on('data', (chunk: Buffer) => out.write(chunk)).on('end', () => out.end());
    child.stderr.on('data', (chunk: Buffer) => err.write(chunk)).on('end', () => err.end());
  }

  /** After the leader's exit: read what is still in the pipes, end the rest of the group, tell the client. */
  async #finish(child: ChildProcessByStdio<Writable, Readable, Readable>, ending: Ending): Promise<void> {
    // Fails the writes that wait, with NotWritten, before the client learns of the end.
    child.stdin.destroy();
    const closed = new Promise<void>((resolve) => {
      child.once('close', () => resolve());
    });
    await Promise.race([closed, delay(DRAIN_MS)]);
    if (child.pid !== undefined) await killGroup(child.pid);
    await killStrays(this.#mark, this.#helpers);
    child.stdout.destroy();
    child.stderr.destroy();
    this.#settle(ending);
    this.onclose?.();
  }

  /** A line of stdout: a message, or something to log. Text printed without a newline may stand before a message. */
  #read(line: string): void {
    if (line === '') return;
    const at = line.indexOf('{"jsonrpc"');
    const message = parseMessage(line) ?? (at > 0 ? parseMessage(line.slice(at)) : undefined);
    if (message === undefined || !this.#unmask(message)) {
      this.#options.onOutput('stdout', line);
      return;
    }
    if (!line.startsWith('{')) this.#options.onOutput('stdout', line.slice(0, at));
    this.onmessage?.(message as unknown as JSONRPCMessage);
  }

  /** Gives a reply its own id back; false when the reply is to no request of this process. */
  #unmask(message: Record<string, unknown>): boolean {
    if (message.method !== undefined) return true;
    const { id } = message;
    if (typeof id !== 'string' || !id.startsWith(this.#prefix)) return false;
    message.id = Number(id.slice(this.#prefix.length));
    return true;
  }

  /** Resolves when the whole line is in the server's pipe; rejects with NotWritten when it never will be. */
  send(message: JSONRPCMessage): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const child = this.#child;
    if (child === undefined || this.#ending !== undefined || !child.stdin.writable) {
      reject(new NotWritten());
      return promise;
    }
    child.stdin.write(`${JSON.stringify(this.#mask(message))}\n`, (error) => {
      if (error) reject(new NotWritten(error));
      else resolve();
    });
    return promise;
  }

  #mask(message: JSONRPCMessage): unknown {
    if (!('method' in message)) return message;
    if ('id' in message) return { ...message, id: `${this.#prefix}${message.id}` };
    const requestId = message.params?.requestId;
    if (message.method !== 'notifications/cancelled' || requestId === undefined) return message;
    return { ...message, params: { ...message.params, requestId: `${this.#prefix}${String(requestId)}` } };
  }

  /** End of input, then SIGTERM, then SIGKILL for the whole group; at most about twice `graceMs`. */
  async end(graceMs: number, reason: string): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    this.#reason ??= reason;
    child.stdin.end();
    this.#helpers = await helpersOf(child.pid);
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (this.#ending === undefined) await this.#exitWithin(graceMs);
      if (this.#ending === undefined) signalGroup(child.pid, signal);
    }
    await this.#exited;
    await this.ended;
  }

  async #exitWithin(ms: number): Promise<void> {
    if (ms > 0) await Promise.race([this.#exited, delay(ms)]);
  }

  async close(): Promise<void> {
    await this.end(500, 'it was closed');
  }
}

function parseMessage(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) && value.jsonrpc === '2.0' ? value : undefined;
  } catch {
    return undefined;
  }
}
