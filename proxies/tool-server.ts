/**
 * A warm session with all that belongs to it (environment, secrets, output, AWS calls), and what of it belongs to
 * which call. A Lambda runs one call at a time; where calls overlap (the local gateway), lines and AWS calls that
 * could be of either are given to neither.
 */
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { messageOf } from '../plan/errors.ts';
import type { LaunchSpec } from '../plan/types.ts';
import type { ServerEnvironment } from './environment.ts';
import { CallFailure } from './errors.ts';
import { type Log, OutputLog } from './log.ts';
import type { Masker } from './mask.ts';
import { type AwsCall, Monitor } from './monitoring.ts';
import type { Secrets } from './secrets.ts';
import { clampTimer, Session, type ToolCall } from './session.ts';

export interface ToolServerOptions {
  launch(): Promise<LaunchSpec>;
  /** `extra`: variables of this session (secrets, monitoring). */
  environment(launch: LaunchSpec, extra: Record<string, string>): Promise<ServerEnvironment>;
  secrets?: Secrets;
  masker: Masker;
  log: Log;
}

export interface CallReport {
  answer: Record<string, unknown> | CallFailure;
  aws: AwsCall[];
  awsMore: number;
}

const MOST_TURNS = 200;
/** After the deadline of the call: the session's own words, which say more, come first. */
const OVERDUE_MS = 100;

export class ToolServer {
  readonly #options: ToolServerOptions;
  readonly #session: Session;
  readonly #output: OutputLog;
  readonly #monitor = new Monitor();
  #inFlight = 0;
  #overlapped = false;
  /** The secrets that the running process was given, as JSON. */
  #given = '{}';

  constructor(options: ToolServerOptions) {
    const { log, masker } = options;
    this.#options = options;
    this.#output = new OutputLog(log, (text) => masker.mask(text));
    this.#session = new Session({
      launch: options.launch,
      environment: (launch) => this.#environment(launch),
      output: this.#output,
      log,
    });
  }

  async start(): Promise<void> {
    this.#output.next({ phase: 'start' });
    await this.#session.start();
    this.#output.next({});
  }

  async call(call: ToolCall, requestId: string): Promise<CallReport> {
    this.#inFlight += 1;
    this.#overlapped ||= this.#inFlight > 1;
    await this.#open(requestId);
    const answer = await this.#inTime(call);
    await this.#settle();
    const taken = this.#overlapped ? { calls: [], more: 0 } : this.#monitor.take();
    this.#inFlight -= 1;
    if (this.#inFlight === 0) {
      this.#overlapped = false;
      this.#output.next({});
    }
    return { answer, aws: taken.calls, awsMore: taken.more };
  }

  async close(graceMs?: number): Promise<void> {
    await this.#session.close(graceMs);
    this.#output.flush();
    this.#monitor.close();
  }

  async #open(requestId: string): Promise<void> {
    // What came since the last call is of a background task of the server, or of overlapping calls.
    if (this.#inFlight === 1) {
      await this.#settle();
      const { calls } = this.#monitor.take();
      if (calls.length > 0) this.#options.log({ event: 'aws', calls: calls.map(withoutMessage) });
    }
    this.#output.next(this.#overlapped ? {} : { requestId });
  }

  /**
   * What a server printed or reported before its answer lies in pipes and sockets when the answer is read: some turns
   * of the event loop bring it, and so to the right call. Bounded, for a server that never stops printing.
   */
  async #settle(): Promise<void> {
    let before = -1;
    for (let turns = 0; turns < MOST_TURNS; turns += 1) {
      const now = this.#monitor.seen + this.#output.lines;
      if (now === before) return;
      before = now;
      await turn();
      await turn();
    }
  }

  /** Whatever else a call waits for (a secret that is read again, the end of a crashed process), it is answered in time. */
  async #inTime(call: ToolCall): Promise<CallReport['answer']> {
    const done = new AbortController();
    const failure = new CallFailure(
      'timed-out',
      'the proxy had no answer before the deadline; whether the tool was called is unknown',
    );
    const overdue = delay(clampTimer(call.deadline + OVERDUE_MS - Date.now()), failure, done).catch(
      () => failure,
    );
    try {
      return await Promise.race([this.#answer(call), overdue]);
    } finally {
      done.abort();
    }
  }

  async #answer(call: ToolCall): Promise<CallReport['answer']> {
    try {
      if (!this.#overlapped) await this.#renewSecrets();
      return await this.#session.call(call);
    } catch (error) {
      return error instanceof CallFailure ? error : new CallFailure('not-started', messageOf(error), error);
    }
  }

  /** A server reads its variables once: when a secret was rotated, it is started again before the call. */
  async #renewSecrets(): Promise<void> {
    const { secrets } = this.#options;
    if (this.#given === '{}' || !secrets?.expired) return;
    if (JSON.stringify(await secrets.read()) === this.#given) return;
    await this.#session.restart('a secret changed');
  }

  async #environment(launch: LaunchSpec): Promise<ServerEnvironment> {
    const values = (await this.#options.secrets?.read()) ?? {};
    this.#given = JSON.stringify(values);
    this.#options.masker.add(Object.values(values));
    return this.#options.environment(launch, { ...values, ...(await this.#monitor.variables()) });
  }
}

export function withoutMessage({ message: _message, ...call }: AwsCall): Omit<AwsCall, 'message'> {
  return call;
}
