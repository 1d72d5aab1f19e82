/**
 * Lambda on this machine, as far as a function can tell: the Runtime API, an Invoke API, init and its 10 s, the freeze
 * between invocations, time-outs that kill, 6 MB. A package runs in it unpacked, exactly as deployed.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Sandbox } from './sandbox.ts';

const RUNTIME = new URL('./runtime.mjs', import.meta.url).pathname;
/** Lambda's limits for synchronous invocations. */
export const LIMITS = { payload: 6 * 1024 * 1024, response: 6 * 1024 * 1024 + 100, initMs: 10_000 };

export interface TestbedOptions {
  taskRoot: string;
  handler?: string;
  /** The function's own variables. */
  environment?: Record<string, string>;
  /** Seconds. */
  timeout?: number;
  memory?: number;
  /** Another runtime program than the built-in one; `MCPGW_TEST_RUNTIME` names one for all (`npm run ric`). */
  runtime?: readonly string[];
}

export interface Invocation {
  payload: unknown;
  /** Lambda's `X-Amz-Function-Error`. */
  functionError?: string;
}

interface Waiting {
  id: string;
  payload: string;
  clientContext: string | undefined;
  resolve(result: { body: string; functionError?: string }): void;
}

/** What the function printed before it answered lies in its pipe when the answer is read. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 4; turns += 1) await turn();
}

/** One function, one environment: invocations run one after another. */
export class Testbed {
  readonly #options: TestbedOptions;
  readonly #api: Server;
  /** What the function printed, line by line. */
  readonly output: string[] = [];
  /** The environments so far: how long each took to initialise, and whether it did within Lambda's limit. */
  readonly inits: { ms: number; complete: boolean }[] = [];
  #scratch = '';
  #sandbox: Sandbox | undefined;
  #next: ((response: Waiting) => void) | undefined;
  #ready = Promise.withResolvers<void>();
  #current: Waiting | undefined;
  #deadline = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: TestbedOptions) {
    this.#options = options;
    this.#api = createServer((request, response) => void this.#serve(request, response));
  }

  /** Initialises the environment ahead of the first invocation, and freezes it. */
  async start(): Promise<void> {
    if (!this.#api.listening) {
      this.#api.listen(0, '127.0.0.1');
      await once(this.#api, 'listening');
      this.#scratch = await mkdtemp(join(tmpdir(), 'lambda-'));
      await chmod(this.#scratch, 0o755);
      // The sandbox's user may not reach this checkout.
      await copyFile(RUNTIME, join(this.#scratch, 'runtime.mjs'));
    }
    if (this.#sandbox === undefined) await this.#initialise();
  }

  invoke(payload: unknown, clientContext?: unknown): Promise<Invocation> {
    const turn = this.#queue.then(() => this.#invoke(payload, clientContext));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  /** Calls one tool as a gateway does. */
  call(tool: string, args: unknown = {}): Promise<Invocation> {
    const custom = {
      bedrockAgentCoreMessageVersion: '1.0',
      bedrockAgentCoreAwsRequestId: randomUUID(),
      bedrockAgentCoreMcpMessageId: '2',
      bedrockAgentCoreGatewayId: 'testbed-abcdefghij',
      bedrockAgentCoreTargetId: 'ABCDEFGHIJ',
      bedrockAgentCoreToolName: tool,
    };
    return this.invoke(args, { custom });
  }

  /** JSON lines of the function's log. */
  log(event?: string): Record<string, unknown>[] {
    return this.output.flatMap((line) => {
      try {
        const value = JSON.parse(line) as Record<string, unknown>;
        return event === undefined || value.event === event ? [value] : [];
      } catch {
        return [];
      }
    });
  }

  processes(): number[] {
    return this.#sandbox?.processes() ?? [];
  }

  memory(): number {
    return this.#sandbox?.memory() ?? 0;
  }

  async close(): Promise<void> {
    this.#sandbox?.thaw();
    await this.#sandbox?.kill();
    this.#sandbox = undefined;
    this.#api.closeAllConnections();
    this.#api.close();
    if (this.#scratch !== '') await rm(this.#scratch, { recursive: true, force: true });
  }

  async #initialise(): Promise<void> {
    this.#ready = Promise.withResolvers<void>();
    const started = performance.now();
    let part = '';
    const sandbox = new Sandbox({
      taskRoot: this.#options.taskRoot,
      scratch: this.#scratch,
      runtime: this.#options.runtime ?? [
        process.execPath,
        process.env.MCPGW_TEST_RUNTIME ?? join(this.#scratch, 'runtime.mjs'),
      ],
      env: this.#variables(),
      onOutput: (text) => {
        const lines = (part + text).split('\n');
        part = lines.pop() ?? '';
        this.output.push(...lines);
      },
    });
    this.#sandbox = sandbox;
    void sandbox.ended.then(() => this.#died(sandbox));
    const limit = new Promise<boolean>((resolve) => setTimeout(resolve, LIMITS.initMs, false).unref());
    const complete = await Promise.race([
      this.#ready.promise.then(() => true),
      sandbox.ended.then(() => false),
      limit,
    ]);
    this.inits.push({ ms: performance.now() - started, complete });
    await settled();
    sandbox.freeze();
  }

  async #invoke(payload: unknown, clientContext: unknown): Promise<Invocation> {
    const body = JSON.stringify(payload);
    if (Buffer.byteLength(body) > LIMITS.payload) throw new Error('413 RequestEntityTooLarge');
    await this.start();
    const sandbox = this.#sandbox;
    sandbox?.thaw();
    const timeout = (this.#options.timeout ?? 60) * 1000;
    this.#deadline = Date.now() + timeout;
    const answer = new Promise<{ body: string; functionError?: string }>((resolve) => {
      const text = clientContext === undefined ? undefined : JSON.stringify(clientContext);
      this.#current = { id: randomUUID(), payload: body, clientContext: text, resolve };
      this.#offer();
    });
    const timer = setTimeout(() => void this.#timeOut(), timeout);
    const { body: text, functionError } = await answer;
    clearTimeout(timer);
    this.#current = undefined;
    await settled();
    this.#sandbox?.freeze();
    const result: Invocation = { payload: JSON.parse(text) };
    return functionError === undefined ? result : { ...result, functionError };
  }

  async #timeOut(): Promise<void> {
    const sandbox = this.#sandbox;
    this.#sandbox = undefined;
    await sandbox?.kill();
    this.#fail('Sandbox.Timedout', `Task timed out after ${this.#options.timeout ?? 60} seconds`);
  }

  #died(sandbox: Sandbox): void {
    if (this.#sandbox !== sandbox) return;
    this.#sandbox = undefined;
    this.#fail('Runtime.ExitError', 'Runtime exited');
  }

  #fail(errorType: string, errorMessage: string): void {
    this.#next = undefined;
    this.#current?.resolve({ body: JSON.stringify({ errorType, errorMessage }), functionError: 'Unhandled' });
  }

  #offer(): void {
    if (this.#next === undefined || this.#current === undefined) return;
    const next = this.#next;
    this.#next = undefined;
    next(this.#current);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    if (request.url?.endsWith('/invocations')) return this.#serveInvoke(request, body, response);
    const path = (request.url ?? '').replace('/2018-06-01/runtime/', '');
    if (path === 'invocation/next') {
      this.#next = (waiting) => this.#deliver(waiting, response);
      this.#ready.resolve();
      this.#offer();
      return;
    }
    response.writeHead(202).end();
    const [, id, kind] = path.split('/');
    if (id !== this.#current?.id) return;
    if (kind === 'error') this.#current?.resolve({ body, functionError: 'Unhandled' });
    else if (Buffer.byteLength(body) <= LIMITS.response) this.#current?.resolve({ body });
    else
      this.#fail(
        'Function.ResponseSizeTooLarge',
        `Response payload size exceeded maximum allowed payload size (${LIMITS.response} bytes).`,
      );
  }

  /** The Invoke API, for clients that speak it: `POST /2015-03-31/functions/NAME/invocations`. */
  async #serveInvoke(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const header = request.headers['x-amz-client-context'];
    const context = typeof header === 'string' ? Buffer.from(header, 'base64').toString() : 'null';
    try {
      const { payload, functionError } = await this.invoke(
        JSON.parse(body || '{}'),
        JSON.parse(context) ?? undefined,
      );
      response.writeHead(200, functionError === undefined ? {} : { 'x-amz-function-error': functionError });
      response.end(JSON.stringify(payload));
    } catch (error) {
      response.writeHead(String(error).includes('413') ? 413 : 400).end(String(error));
    }
  }

  /** Address of the Invoke API, once started. */
  get url(): string {
    return `http://127.0.0.1:${(this.#api.address() as AddressInfo).port}`;
  }

  #deliver({ id, payload, clientContext }: Waiting, response: ServerResponse): void {
    response.writeHead(200, {
      // The genuine runtime's native client crashes without it.
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': id,
      'lambda-runtime-deadline-ms': String(this.#deadline),
      'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:111122223333:function:testbed',
      'lambda-runtime-trace-id': `Root=1-${id.slice(0, 8)}-${id.replaceAll('-', '').slice(8)};Parent=53995c3f42cd8ad8;Sampled=1`,
      ...(clientContext === undefined
        ? {}
        : { 'lambda-runtime-client-context': Buffer.from(clientContext).toString('latin1') }),
    });
    response.end(payload);
  }

  /** Lambda's variables and the function's own: nothing of this process. */
  #variables(): Record<string, string> {
    const { port } = this.#api.address() as AddressInfo;
    return {
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'ASIATESTBEDTESTBED00',
      AWS_SECRET_ACCESS_KEY: 'testbed-secret-access-key',
      AWS_SESSION_TOKEN: 'testbed-session-token',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: 'testbed',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(this.#options.memory ?? 512),
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/testbed',
      AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]0123456789abcdef',
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
      AWS_XRAY_DAEMON_ADDRESS: '169.254.79.129:2000',
      LAMBDA_TASK_ROOT: this.#options.taskRoot,
      LAMBDA_RUNTIME_DIR: '/var/runtime',
      LANG: 'en_US.UTF-8',
      LD_LIBRARY_PATH:
        '/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib',
      NODE_PATH: '/opt/nodejs/node24/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules',
      PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
      TZ: ':UTC',
      _HANDLER: this.#options.handler ?? 'index.handler',
      ...this.#options.environment,
    };
  }
}
