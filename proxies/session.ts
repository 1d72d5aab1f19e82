/**
 * One server's process kept warm: started once, asked many times, started again (with a bounded back-off) after it
 * ended, killed when a call outlives its deadline. A call is tried again only if it was never written to the server:
 * nobody else can know whether a tool that deletes something had begun.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../plan/errors.ts';
import type { LaunchSpec } from '../plan/types.ts';
import type { ServerEnvironment } from './environment.ts';
import { CallFailure, NotWritten } from './errors.ts';
import type { OutputLog } from './log.ts';
import { McpClient, ServerError } from './mcp-client.ts';
import { type Ending, ServerProcess } from './process.ts';

export interface SessionOptions {
  launch(): Promise<LaunchSpec>;
  environment(launch: LaunchSpec): Promise<ServerEnvironment>;
  output: OutputLog;
  log(line: Record<string, unknown>): void;
  /** How long a server may take until it answers `initialize`. */
  startTimeoutMs?: number;
  /** Back-off after the n-th start in a row that led to no answered call. */
  backoffMs?(failures: number): number;
}

export interface ToolCall {
  tool: string;
  arguments: Record<string, unknown>;
  meta?: Record<string, unknown>;
  /** Date.now() at which the caller must have its answer; the server is cancelled and killed before. */
  deadline: number;
}

interface Live {
  client: McpClient;
  process: ServerProcess;
}

/** Kept back from the deadline: to cancel, to end the process group, to send the answer. */
const KILL_MS = 100;
const MAX_TIMER = 2 ** 31 - 1;

export class Session {
  readonly #options: Required<SessionOptions>;
  #live: Promise<Live> | undefined;
  #server: ServerProcess | undefined;
  /** Starts since the last answered call. */
  #failures = 0;
  #closed = false;
  /** Folders of ended processes that are being removed. */
  readonly #removals = new Set<Promise<void>>();

  constructor(options: SessionOptions) {
    this.#options = { startTimeoutMs: 120_000, backoffMs: defaultBackoff, ...options };
  }

  /** Starts the server if it does not run. Rejects with CallFailure `not-started`. */
  async start(): Promise<void> {
    await this.#acquire(Number.POSITIVE_INFINITY);
  }

  /** The tool's raw result. Rejects with CallFailure. */
  async call(call: ToolCall): Promise<Record<string, unknown>> {
    for (;;) {
      const live = await this.#acquire(call.deadline);
      try {
        const result = await this.#request(live, call);
        this.#failures = 0;
        return result;
      } catch (error) {
        if (!(error instanceof NotWritten)) throw error;
        await live.process.end(0, 'it no longer read its input');
        if (this.#failures > 3)
          throw new CallFailure('crashed', 'the server ends before it reads a call', error);
      }
    }
  }

  /** Ends the server, with `graceMs` for each of: end of input, SIGTERM. Nothing of it is left afterwards. */
  async close(graceMs = 500): Promise<void> {
    this.#closed = true;
    await this.#server?.end(graceMs, 'the session was closed');
    await this.#live?.catch(() => undefined);
    await Promise.all(this.#removals);
  }

  /** Ends the server; the next call starts another. */
  async restart(reason: string): Promise<void> {
    await this.#server?.end(200, reason);
  }

  async #request(live: Live, call: ToolCall): Promise<Record<string, unknown>> {
    const { client, process } = live;
    if (call.deadline - Date.now() <= KILL_MS) {
      throw new CallFailure('timed-out', 'no time was left to call the tool; it was not called');
    }
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort('deadline'), clampTimer(call.deadline - Date.now() - KILL_MS));
    const params = {
      name: call.tool,
      arguments: call.arguments,
      ...(call.meta === undefined ? {} : { _meta: call.meta }),
    };
    try {
      if (process.isOver) throw new NotWritten();
      return await client.callTool(params, abort.signal);
    } catch (error) {
      if (error instanceof NotWritten) throw error;
      if (abort.signal.aborted) {
        // The cancellation has just been sent; a tool that runs on would spend the next call's time and log.
        // The caller's answer does not wait for the last of its processes longer than there is time.
        const ended = process.end(KILL_MS / 4, 'a call outlived its deadline');
        await Promise.race([ended, delay(KILL_MS)]);
        throw new CallFailure(
          'timed-out',
          'the tool did not answer before the deadline; it was cancelled and the server ended, its effects are unknown',
        );
      }
      if (process.ending !== undefined) throw this.#crashed(await process.ended);
      if (error instanceof ServerError) throw new CallFailure('protocol-error', error.message, error);
      throw new CallFailure('protocol-error', `the server's answer is not valid: ${messageOf(error)}`, error);
    } finally {
      clearTimeout(timer);
    }
  }

  #crashed(ending: Ending): CallFailure {
    return new CallFailure(
      'crashed',
      `the server ended during the call (${describe(ending)}); not tried again, its effects are unknown${this.#lastWords()}`,
    );
  }

  #lastWords(): string {
    const { last } = this.#options.output;
    return last === undefined ? '' : `; its last line: ${last.slice(0, 300)}`;
  }

  /** The running session, or a new one. One start at a time, shared by all who wait; waiting ends with the deadline. */
  async #acquire(deadline: number): Promise<Live> {
    if (this.#closed) throw new CallFailure('not-started', 'the session is closed');
    if (this.#server?.isOver) this.#live = undefined;
    this.#live ??= this.#begin();
    const left = clampTimer(deadline - Date.now() - KILL_MS);
    const abort = new AbortController();
    try {
      return await Promise.race([this.#live, expiry(left, abort.signal)]);
    } finally {
      abort.abort();
    }
  }

  #begin(): Promise<Live> {
    this.#server = undefined;
    const live = this.#launch();
    live.catch(() => {
      if (this.#live === live) this.#live = undefined;
    });
    return live;
  }

  async #launch(): Promise<Live> {
    const { backoffMs, log, output } = this.#options;
    const wait = backoffMs(this.#failures);
    this.#failures += 1;
    if (wait > 0) await delay(wait);
    const started = performance.now();
    let environment: ServerEnvironment | undefined;
    let server: ServerProcess | undefined;
    try {
      const launch = await this.#options.launch();
      environment = await this.#options.environment(launch);
      if (this.#closed) throw new Error('the session is closed');
      const { env, cwd } = environment;
      const onOutput = output.add.bind(output);
      server = new ServerProcess({ command: launch.command, args: launch.args, env, cwd, onOutput });
      this.#server = server;
      this.#watch(server, environment);
      const client = new McpClient(server, (error) => log({ event: 'protocol', error }));
      await client.connect(this.#options.startTimeoutMs);
      log({ event: 'started', pid: server.pid, ms: Math.round(performance.now() - started) });
      return { client, process: server };
    } catch (error) {
      const own = server?.ending;
      await (server === undefined ? environment?.remove() : server.end(0, 'it did not start'));
      const why = own === undefined ? messageOf(error) : describe(own);
      log({ event: 'not-started', error: why });
      throw new CallFailure('not-started', `the server did not start: ${why}${this.#lastWords()}`, error);
    }
  }

  /** When the process ends, whoever ended it, the next call starts another. */
  #watch(server: ServerProcess, environment: ServerEnvironment): void {
    const removal = server.ended.then(async (ending) => {
      this.#options.log({ event: 'ended', pid: server.pid, ...ending });
      await environment.remove().catch((error) => {
        this.#options.log({ event: 'not-removed', error: messageOf(error) });
      });
      this.#removals.delete(removal);
    });
    this.#removals.add(removal);
  }
}

function describe({ code, signal, reason }: Ending): string {
  return reason ?? (signal === null ? `exit code ${code}` : `signal ${signal}`);
}

/** 0, 250 ms, 500 ms, … at most 5 s. */
function defaultBackoff(failures: number): number {
  return failures === 0 ? 0 : Math.min(5000, 125 * 2 ** failures);
}

export function clampTimer(ms: number): number {
  return Math.min(MAX_TIMER, Math.max(0, ms));
}

async function expiry(ms: number, signal: AbortSignal): Promise<never> {
  await delay(ms, undefined, { signal }).catch(() => new Promise<never>(() => {}));
  throw new CallFailure('not-started', 'the server was still starting at the deadline');
}
