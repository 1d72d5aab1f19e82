/**
 * stdio transport for servers that are not trusted: lines that are not JSON-RPC are counted and dropped, output is bounded,
 * and closing kills the whole process group. The SDK's own StdioClientTransport reports such lines as errors,
 * has no bounds and kills one process only.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import { messageOf } from '../../plan/errors.ts';
import { killGroup, trackGroup } from '../child-groups.ts';

export interface ServerProcess {
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
}

const LIMITS = { lineBytes: 32_000_000, totalBytes: 96_000_000, stderrBytes: 16_000 } as const;
/** How long a server may take to end by itself once its input is closed. */
const GRACE_MS = 200;

export class ProbeTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  /** Lines of stdout that were no JSON-RPC. */
  dropped = 0;
  /** Why output was cut off, when it was. */
  overflow: string | undefined;
  exit: string | undefined;

  readonly #process: ServerProcess;
  #child: ChildProcess | undefined;
  #untrack = (): void => {};
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #totalBytes = 0;
  #stderr = Buffer.alloc(0);

  constructor(process: ServerProcess) {
    this.#process = process;
  }

  /** The end of what the server wrote to stderr. */
  get stderr(): string {
    return this.#stderr.toString('utf8');
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    const { command, args, env, cwd } = this.#process;
    const child = spawn(command, args, { env, cwd, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    this.#untrack = trackGroup(child.pid);
    child.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = Buffer.concat([this.#stderr, chunk]).subarray(-LIMITS.stderrBytes);
    });
    child.stdin.on('error', (error) => this.onerror?.(error));
    child.once('close', (code, signal) => {
      this.exit ??= signal === null ? `it ended with status ${code}` : `it was ended by ${signal}`;
      this.onclose?.();
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.#child?.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  /** Ends input, waits a moment, then kills the group whether or not its leader is gone: children may be left. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const gone = new Promise<void>((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) resolve();
      else child.once('exit', () => resolve());
    });
    child.stdin?.end();
    await Promise.race([gone, delay(GRACE_MS)]);
    killGroup(child.pid);
    await Promise.race([gone, delay(5_000)]);
    this.#untrack();
    for (const stream of child.stdio) stream?.destroy();
  }

  #read(chunk: Buffer): void {
    this.#totalBytes += chunk.length;
    if (this.#totalBytes > LIMITS.totalBytes) {
      this.#cutOff(`more than ${LIMITS.totalBytes} bytes on stdout`);
      return;
    }
    let rest = chunk;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      this.#pending.push(rest.subarray(0, end));
      this.#line(Buffer.concat(this.#pending).toString('utf8'));
      this.#pending = [];
      this.#pendingBytes = 0;
      rest = rest.subarray(end + 1);
    }
    this.#pending.push(rest);
    this.#pendingBytes += rest.length;
    if (this.#pendingBytes > LIMITS.lineBytes)
      this.#cutOff(`a line of more than ${LIMITS.lineBytes} bytes on stdout`);
  }

  #line(text: string): void {
    if (text.trim() === '') return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.dropped += 1;
      return;
    }
    const message = JSONRPCMessageSchema.safeParse(value);
    if (!message.success) {
      this.dropped += 1;
      return;
    }
    try {
      this.onmessage?.(message.data);
    } catch (error) {
      this.onerror?.(new Error(messageOf(error), { cause: error }));
    }
  }

  #cutOff(why: string): void {
    if (this.overflow !== undefined) return;
    this.overflow = why;
    this.#child?.stdout?.destroy();
    killGroup(this.#child?.pid);
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
