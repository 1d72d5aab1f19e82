/**
 * The Lambda handler of one target: the event is the tool's arguments, the tool's name stands in the client context,
 * and what is returned becomes one text. The local gateway runs the same code, one handler a target.
 */
import type { Result } from '@modelcontextprotocol/sdk/types.js';
import type { Json } from '../plan/hash.ts';
import type { LaunchSpec, ProxySettings } from '../plan/types.ts';
import { type CallContext, CONTEXT_KEYS, customOf, isObject } from './context.ts';
import { CredentialEndpoint, type CredentialSource } from './credentials.ts';
import { prepareEnvironment } from './environment.ts';
import { CallFailure, type Outcome } from './errors.ts';
import { type Log, OutputLog } from './log.ts';
import { readResult, type ToolResult, toReply } from './result.ts';
import { Session } from './session.ts';
import { readToolName } from './tool-name.ts';

export interface HandlerDependencies {
  settings: ProxySettings;
  /** How the server starts; the settings' arguments are added after its own. */
  launch: LaunchSpec | (() => Promise<LaunchSpec>);
  /** Both region variables of the server; default: this process's own AWS_REGION, then us-east-1. */
  region?: string;
  /** Without it the server gets no AWS credentials. */
  credentials?: CredentialSource;
  log?: Log;
  /** In the user agent of the server's AWS calls; default: the target's name. */
  appId?: string;
  /** Variables of this process that the server inherits, by name. */
  inherit?: readonly string[];
  /** Folder for the servers' temporary folders. */
  tmp?: string;
}

export interface Handler {
  handle(event: unknown, context: CallContext): Promise<Json>;
  /** Starts the server ahead of the first call. Rejects if it does not start; the next call tries again. */
  start(): Promise<void>;
  /** Ends the server; afterwards no process of it is left. */
  close(): Promise<void>;
}

export function createHandler(dependencies: HandlerDependencies): Handler {
  return new ToolHandler(dependencies);
}

/** What is said of a call in its log line, gathered while it runs. */
interface CallRecord {
  requestId: string;
  gatewayRequestId?: unknown;
  tool?: string;
  outcome: Outcome;
}

class ToolHandler implements Handler {
  readonly #dependencies: HandlerDependencies;
  readonly #settings: ProxySettings;
  readonly #log: Log;
  readonly #endpoint: CredentialEndpoint | undefined;
  readonly #warm: { session: Session; output: OutputLog } | undefined;

  constructor(dependencies: HandlerDependencies) {
    const { settings, credentials, log = () => {} } = dependencies;
    this.#dependencies = dependencies;
    this.#settings = settings;
    this.#log = (line) => log({ server: settings.server, target: settings.target, ...line });
    this.#endpoint = credentials && new CredentialEndpoint(credentials, (line) => this.#log({ ...line }));
    this.#warm = settings.isolation === 'warm' ? this.#newSession() : undefined;
  }

  async start(): Promise<void> {
    await this.#warm?.session.start();
    this.#warm?.output.flush();
  }

  async close(): Promise<void> {
    await this.#warm?.session.close();
    await this.#endpoint?.close();
  }

  async handle(event: unknown, context: CallContext): Promise<Json> {
    const started = performance.now();
    const record: CallRecord = {
      requestId: context.awsRequestId,
      gatewayRequestId: customOf(context.clientContext)[CONTEXT_KEYS.requestId],
      outcome: 'ok',
    };
    const result = await this.#answer(event, context, record).catch((error: unknown) =>
      failed(error, record),
    );
    const reply = toReply(result);
    const bytes = Buffer.byteLength(JSON.stringify(reply));
    this.#log({ event: 'call', ...record, ms: Math.round(performance.now() - started), bytes });
    if (result.isError && this.#settings.onToolError === 'throw') throw new ToolError(reply);
    return reply;
  }

  async #answer(event: unknown, context: CallContext, record: CallRecord): Promise<ToolResult> {
    const tool = readToolName(context.clientContext, this.#settings);
    record.tool = tool;
    const remaining = context.getRemainingTimeInMillis();
    const call = {
      tool,
      arguments: this.#argumentsOf(event, tool),
      deadline: Date.now() + remaining - reserve(remaining),
    };
    const { session, output } = this.#warm ?? this.#newSession();
    output.next({ requestId: record.requestId });
    try {
      const result = readResult((await session.call(call)) as Result & Record<string, unknown>);
      if (result.isError) record.outcome = 'tool-error';
      return result;
    } finally {
      if (this.#warm === undefined) await session.close(100);
      output.next({});
    }
  }

  /** As they came: null and absent are different arguments. Parameters that a tool demands for nothing are filled. */
  #argumentsOf(event: unknown, tool: string): Record<string, unknown> {
    if (event !== undefined && event !== null && !isObject(event)) {
      throw new CallFailure('refused', 'the arguments of a tool must be an object');
    }
    const fill = this.#settings.fill;
    return { ...(fill !== undefined && Object.hasOwn(fill, tool) ? fill[tool] : {}), ...event };
  }

  #newSession(): { session: Session; output: OutputLog } {
    const { launch } = this.#dependencies;
    const output = new OutputLog(this.#log);
    const session = new Session({
      launch: async () => {
        const spec = typeof launch === 'function' ? await launch() : launch;
        return { ...spec, args: [...spec.args, ...this.#settings.arguments] };
      },
      environment: (spec) => this.#environment(spec),
      output,
      log: this.#log,
    });
    return { session, output };
  }

  async #environment(launch: LaunchSpec) {
    const { region = process.env.AWS_REGION ?? 'us-east-1', inherit, tmp, appId } = this.#dependencies;
    return prepareEnvironment({
      layers: [launch.env, this.#settings.environment],
      region,
      appId: appId ?? `mcpgw-${this.#settings.target}`,
      ...(inherit === undefined ? {} : { inherit }),
      ...(tmp === undefined ? {} : { tmp }),
      ...(this.#endpoint === undefined ? {} : { credentials: await this.#endpoint.variables() }),
    });
  }
}

/** Thrown by setting, so that the gateway marks the call as failed. */
class ToolError extends Error {
  constructor(reply: Json) {
    const { error } = reply as { error: Json };
    super(typeof error === 'string' ? error : JSON.stringify(error));
    this.name = 'ToolError';
  }
}

function failed(error: unknown, record: CallRecord): ToolResult {
  const failure =
    error instanceof CallFailure ? error : new CallFailure('protocol-error', 'the proxy failed', error);
  record.outcome = failure.outcome;
  return { content: [{ type: 'text', text: failure.message }], isError: true };
}

/** Time kept back to cancel a call, end its server and send the answer. */
function reserve(remaining: number): number {
  return Math.min(1000, Math.max(300, remaining / 10));
}
