/**
 * As much of an MCP client as calling tools needs: the handshake, requests with their answers, cancellation, and an
 * answer to whatever the server asks. The SDK's own client builds the schemas of the whole protocol whenever it is
 * loaded, more than half of the handler's start and a third of its memory (numbers in docs/proxies.md); what crosses
 * the pipe is held against the SDK's schemas by the tests instead.
 */
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import { messageOf } from '../plan/errors.ts';
import { isObject } from './context.ts';

/** Newest first: the first is asked for. Older ones differ in nothing that a call of a tool meets. */
export const PROTOCOL_VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05', '2024-10-07'];
const METHOD_NOT_FOUND = -32601;

/** The server answered a request with a JSON-RPC error. */
export class ServerError extends Error {
  constructor(code: unknown, message: unknown) {
    super(`MCP error ${String(code)}: ${String(message)}`);
    this.name = 'ServerError';
  }
}

type Answer = Record<string, unknown>;
interface Waiting {
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

export class McpClient {
  readonly #transport: Transport;
  readonly #onUnusable: (problem: string) => void;
  readonly #waiting = new Map<number, Waiting>();
  #requests = 0;

  /** `onUnusable` hears of messages that nobody waits for. */
  constructor(transport: Transport, onUnusable: (problem: string) => void) {
    this.#transport = transport;
    this.#onUnusable = onUnusable;
    transport.onmessage = (message) => this.#read(message);
    transport.onclose = () => this.#failAll(new Error('the connection was closed'));
  }

  /** Starts the transport and agrees on a version of the protocol. */
  async connect(timeoutMs: number): Promise<void> {
    await this.#transport.start();
    const clientInfo = { name: 'mcpgw', version: '1' };
    const hello = this.#send('initialize', {
      protocolVersion: PROTOCOL_VERSIONS[0],
      capabilities: {},
      clientInfo,
    });
    const timer = setTimeout(
      () => hello.reject(new Error(`no answer to initialize within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    const { protocolVersion } = await hello.answer.finally(() => clearTimeout(timer));
    if (!PROTOCOL_VERSIONS.includes(String(protocolVersion))) {
      throw new Error(`the server speaks MCP ${String(protocolVersion)}, which this proxy does not`);
    }
    await this.#transport.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  }

  /** The tool's result. `signal` cancels: the server is told, and the call rejects with the signal's reason. */
  async callTool(params: Record<string, unknown>, signal: AbortSignal): Promise<Answer> {
    const { id, answer, reject } = this.#send('tools/call', params);
    const cancel = () => {
      const reason = String(signal.reason);
      const cancelled = { method: 'notifications/cancelled', params: { requestId: id, reason } };
      this.#transport.send({ jsonrpc: '2.0', ...cancelled }).catch(() => {});
      reject(signal.reason);
    };
    signal.addEventListener('abort', cancel, { once: true });
    return answer.finally(() => signal.removeEventListener('abort', cancel));
  }

  #send(method: string, params: Record<string, unknown>) {
    const id = this.#requests;
    this.#requests += 1;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.set(id, { resolve, reject });
    this.#transport.send({ jsonrpc: '2.0', id, method, params }).catch(reject);
    return { id, reject, answer: promise.finally(() => this.#waiting.delete(id)) };
  }

  #read(message: JSONRPCMessage): void {
    if ('method' in message) {
      if ('id' in message) this.#reply(message);
      return;
    }
    const waiting = this.#waiting.get(Number(message.id));
    if (waiting === undefined) this.#onUnusable(`an answer that nobody waits for: ${String(message.id)}`);
    else if ('error' in message) waiting.reject(errorOf(message.error));
    else if (isObject(message.result)) waiting.resolve(message.result);
    else waiting.reject(new Error('it holds neither a result nor an error'));
  }

  /** This client offers nothing that a server could ask for: no sampling, no elicitation, no roots. */
  #reply({ id, method }: JSONRPCRequest): void {
    const answer: JSONRPCMessage =
      method === 'ping'
        ? { jsonrpc: '2.0', id, result: {} }
        : { jsonrpc: '2.0', id, error: { code: METHOD_NOT_FOUND, message: 'Method not found' } };
    this.#transport
      .send(answer)
      .catch((error) => this.#onUnusable(`${method} not answered: ${messageOf(error)}`));
  }

  #failAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
  }
}

function errorOf(error: unknown): Error {
  return isObject(error) ? new ServerError(error.code, error.message) : new ServerError('?', error);
}
