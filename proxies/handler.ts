/**
 * The Lambda handler of one target: the event is the tool's arguments, the tool's name stands in the client context,
 * and what is returned becomes one text. The local gateway runs the same code, one handler a target.
 */
import type { Json } from '../plan/hash.ts';
import type { LaunchSpec, ProxySettings } from '../plan/types.ts';
import { accessHint, hintText } from './access-denied.ts';
import { type CallLine, formatCall, loggedArguments, loggedId } from './call-line.ts';
import { type CallContext, CONTEXT_KEYS, customOf, isObject } from './context.ts';
import { CredentialEndpoint, type CredentialSource } from './credentials.ts';
import { prepareEnvironment, type ServerEnvironment } from './environment.ts';
import { CallFailure } from './errors.ts';
import { SUBJECT_ARGUMENT } from './interceptor.ts';
import { clip, type Log } from './log.ts';
import { Masker } from './mask.ts';
import { readResult, type ToolResult, toReply, toWholeReply } from './result.ts';
import { Secrets } from './secrets.ts';
import { readToolName } from './tool-name.ts';
import { ToolServer, withoutMessage } from './tool-server.ts';
import { traceMeta } from './trace.ts';

export interface HandlerDependencies {
  settings: ProxySettings;
  /** How the server starts; the settings' arguments are added after its own. */
  launch: LaunchSpec | (() => Promise<LaunchSpec>);
  /** Both region variables of the server; default: this process's own AWS_REGION, then us-east-1. */
  region?: string;
  /** Without it the server gets no AWS credentials. */
  credentials?: CredentialSource;
  log?: Log;
  /** The call's log line carries metrics for CloudWatch. */
  metrics?: boolean;
  /** X-Ray's header of the running invocation. */
  trace?: () => string | undefined;
  /** In the user agent of the server's AWS calls; default: the target's name. */
  appId?: string;
  /** Variables of this process that the server inherits, by name. */
  inherit?: readonly string[];
  /** Folder for the servers' temporary folders. */
  tmp?: string;
  /** Stands in for the addresses of Secrets Manager and Systems Manager. */
  secretsEndpoint?: string;
  /** How long a secret's value is taken for current; default 5 minutes. */
  secretLifeMs?: number;
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

/** How long a server that is started for one call may take to end by itself. */
const PER_CALL_GRACE_MS = 100;

class ToolHandler implements Handler {
  readonly #dependencies: HandlerDependencies;
  readonly #settings: ProxySettings;
  readonly #log: Log;
  readonly #masker = new Masker();
  readonly #credentials: CredentialSource | undefined;
  readonly #endpoint: CredentialEndpoint | undefined;
  readonly #secrets: Secrets | undefined;
  readonly #warm: ToolServer | undefined;

  constructor(dependencies: HandlerDependencies) {
    const { settings, log = () => {} } = dependencies;
    this.#dependencies = dependencies;
    this.#settings = settings;
    const { server, target } = settings;
    this.#log = (line) => log({ server, target, ...line, ...this.#maskedError(line) });
    this.#masker.addEnvironment(settings.environment);
    this.#credentials = dependencies.credentials && this.#masked(dependencies.credentials);
    this.#endpoint = this.#credentials && new CredentialEndpoint(this.#credentials, this.#log);
    this.#secrets = this.#newSecrets();
    this.#warm = settings.isolation === 'warm' ? this.#newServer() : undefined;
  }

  async start(): Promise<void> {
    await this.#warm?.start();
  }

  async close(): Promise<void> {
    await this.#warm?.close();
    await this.#endpoint?.close();
  }

  async handle(event: unknown, context: CallContext): Promise<Json> {
    const started = performance.now();
    const line: CallLine = this.#newLine(context);
    const result = await this.#answer(event, context, line).catch((error: unknown) =>
      this.#failed(error, line),
    );
    const { results, onToolError } = this.#settings;
    const isThrown = result.isError && onToolError === 'throw';
    const shown = results === 'whole' && !isThrown ? toWholeReply : toReply;
    const reply = shown(result, line.hint && hintText(line.hint));
    line.bytes = Buffer.byteLength(JSON.stringify(reply));
    line.ms = Math.round(performance.now() - started);
    context.onCall?.(line);
    this.#log(formatCall(line, { metrics: this.#dependencies.metrics === true }));
    if (isThrown) throw new ToolError(reply, this.#masker);
    return reply;
  }

  #newLine({ awsRequestId, clientContext, xRayTraceId }: CallContext): CallLine {
    const traceId = xRayTraceId ?? this.#dependencies.trace?.();
    return {
      requestId: awsRequestId,
      ...loggedId(customOf(clientContext)[CONTEXT_KEYS.requestId]),
      ...(traceId === undefined ? {} : { traceId }),
      outcome: 'ok',
      ms: 0,
      bytes: 0,
    };
  }

  async #answer(event: unknown, context: CallContext, line: CallLine): Promise<ToolResult> {
    const tool = readToolName(context.clientContext, this.#settings);
    line.tool = tool;
    const { [SUBJECT_ARGUMENT]: subject, ...args } = this.#argumentsOf(event, tool);
    if (this.#settings.subject === true && typeof subject === 'string') line.subject = clip(subject, 200);
    if (this.#settings.logArguments === true)
      line.arguments = loggedArguments(args, (text) => this.#masker.mask(text));
    const remaining = context.getRemainingTimeInMillis();
    const meta = traceMeta(line.traceId);
    const call = { tool, arguments: args, deadline: Date.now() + remaining - reserve(remaining) };
    const server = this.#warm ?? this.#newServer();
    const report = await server.call(meta === undefined ? call : { ...call, meta }, context.awsRequestId);
    if (server !== this.#warm) await server.close(PER_CALL_GRACE_MS);
    if (report.aws.length > 0) line.aws = report.aws.map(withoutMessage);
    if (report.awsMore > 0) line.awsMore = report.awsMore;
    const hint = accessHint(report.aws, this.#settings.server);
    if (hint !== undefined) line.hint = hint;
    if (report.answer instanceof CallFailure) throw report.answer;
    const result = readResult(report.answer);
    if (result.isError) line.outcome = 'tool-error';
    return result;
  }

  /** As they came: null and absent are different arguments. Parameters that a tool demands for nothing are filled. */
  #argumentsOf(event: unknown, tool: string): Record<string, unknown> {
    if (event !== undefined && event !== null && !isObject(event)) {
      throw new CallFailure('refused', 'the arguments of a tool must be an object');
    }
    const fill = this.#settings.fill;
    return { ...(fill !== undefined && Object.hasOwn(fill, tool) ? fill[tool] : {}), ...event };
  }

  #failed(error: unknown, line: CallLine): ToolResult {
    const failure =
      error instanceof CallFailure ? error : new CallFailure('protocol-error', 'the proxy failed', error);
    line.outcome = failure.outcome;
    return { content: [{ type: 'text', text: this.#masker.mask(failure.message) }], isError: true };
  }

  #newServer(): ToolServer {
    const { launch } = this.#dependencies;
    return new ToolServer({
      launch: async () => {
        const spec = typeof launch === 'function' ? await launch() : launch;
        return { ...spec, args: [...spec.args, ...this.#settings.arguments] };
      },
      environment: (spec, extra) => this.#environment(spec, extra),
      ...(this.#secrets === undefined ? {} : { secrets: this.#secrets }),
      masker: this.#masker,
      log: this.#log,
    });
  }

  #newSecrets(): Secrets | undefined {
    const { secretsEndpoint, secretLifeMs } = this.#dependencies;
    if (this.#settings.secrets === undefined) return undefined;
    return new Secrets(this.#settings.secrets, {
      region: this.#region,
      credentials: this.#credentials,
      ...(secretsEndpoint === undefined ? {} : { endpoint: secretsEndpoint }),
      ...(secretLifeMs === undefined ? {} : { lifeMs: secretLifeMs }),
    });
  }

  get #region(): string {
    return this.#dependencies.region ?? process.env.AWS_REGION ?? 'us-east-1';
  }

  async #environment(launch: LaunchSpec, extra: Record<string, string>): Promise<ServerEnvironment> {
    const { inherit, tmp, appId } = this.#dependencies;
    const { role, target, environment } = this.#settings;
    const credentials = await this.#endpoint?.variables();
    this.#masker.add([credentials?.AWS_CONTAINER_AUTHORIZATION_TOKEN]);
    return prepareEnvironment({
      layers: [launch.env, environment, extra],
      region: this.#settings.region ?? this.#region,
      appId: appId ?? `mcpgw-${target}`,
      ...(inherit === undefined ? {} : { inherit }),
      ...(tmp === undefined ? {} : { tmp }),
      ...(role === undefined ? {} : { role }),
      ...(credentials === undefined ? {} : { credentials }),
    });
  }

  /** What went wrong may be told in a server's words. */
  #maskedError({ error }: Record<string, unknown>): { error?: string } {
    return typeof error === 'string' ? { error: this.#masker.mask(error) } : {};
  }

  /** Keys that were handed out are masked from then on. */
  #masked(source: CredentialSource): CredentialSource {
    return async () => {
      const credentials = await source();
      this.#masker.add([credentials.secretAccessKey, credentials.sessionToken]);
      return credentials;
    };
  }
}

/** Thrown by setting, so that the gateway marks the call as failed; the runtime writes it into the log. */
class ToolError extends Error {
  constructor(reply: Json, masker: Masker) {
    const { error } = reply as { error: Json };
    super(masker.mask(typeof error === 'string' ? error : JSON.stringify(error)));
    this.name = 'ToolError';
  }
}

/** Time kept back to cancel a call, end its server and send the answer. */
function reserve(remaining: number): number {
  return Math.min(1000, Math.max(300, remaining / 10));
}
