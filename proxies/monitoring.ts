/**
 * What a call did on AWS: botocore's client-side monitoring sends a datagram for every API call of a server to a
 * loopback port, without a change to the server.
 */
import { createSocket, type Socket } from 'node:dgram';
import { isObject } from './context.ts';
import { RequestIds } from './request-ids.ts';

export interface AwsCall {
  /** `S3:ListBuckets`: service id and operation as botocore names them. */
  action: string;
  status?: number;
  ms?: number;
  error?: string;
  /** Its id at AWS, where it can be told: CloudTrail's `requestID`. */
  requestId?: string;
  /** AWS's own words for a refusal; they name role and action. */
  message?: string;
}

/** A tool that pages through a thousand buckets makes a thousand calls; a log line holds some. */
const KEPT = 50;

export class Monitor {
  #socket: Socket | undefined;
  #calls: AwsCall[] = [];
  #seen = 0;

  /** The variables that make botocore report here. */
  async variables(): Promise<Record<string, string>> {
    this.#socket ??= await this.#listen();
    return {
      AWS_CSM_ENABLED: 'true',
      AWS_CSM_HOST: '127.0.0.1',
      AWS_CSM_PORT: String(this.#socket.address().port),
    };
  }

  /** Events since the last taking. */
  get seen(): number {
    return this.#seen;
  }

  /** What was reported since the last taking, and how many more than are kept. */
  take(): { calls: AwsCall[]; more: number } {
    const taken = { calls: this.#calls, more: this.#seen - this.#calls.length };
    this.#calls = [];
    this.#seen = 0;
    return taken;
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  async #listen(): Promise<Socket> {
    const socket = createSocket('udp4');
    const ids = new RequestIds();
    socket.on('message', (datagram) => {
      const event = readEvent(datagram);
      const requestId = ids.of(event);
      const call = callOf(event);
      this.#add(call && (requestId === undefined ? call : { ...call, requestId }));
    });
    socket.on('error', () => {});
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).bind(0, '127.0.0.1', () => resolve());
    });
    socket.unref();
    return socket;
  }

  #add(call: AwsCall | undefined): void {
    if (call === undefined) return;
    this.#seen += 1;
    // A refusal is kept even late: it is what the reader looks for.
    if (this.#calls.length < KEPT) this.#calls.push(call);
    else if (call.error !== undefined) {
      const at = this.#calls.findLastIndex(({ error }) => error === undefined);
      if (at >= 0) this.#calls[at] = call;
    }
  }
}

export function readEvent(datagram: Buffer): unknown {
  try {
    return JSON.parse(datagram.toString());
  } catch {
    return undefined;
  }
}

/** One `ApiCall` event; the attempts it is made of are not reported on their own. */
export function callOf(event: unknown): AwsCall | undefined {
  if (!isObject(event) || event.Type !== 'ApiCall') return undefined;
  const { Service, Api, FinalHttpStatusCode, Latency } = event;
  if (typeof Service !== 'string' || typeof Api !== 'string') return undefined;
  const error = event.FinalAwsException ?? event.FinalSdkException;
  const message = event.FinalAwsExceptionMessage ?? event.FinalSdkExceptionMessage;
  return {
    action: `${Service}:${Api}`.slice(0, 100),
    ...(typeof FinalHttpStatusCode === 'number' ? { status: FinalHttpStatusCode } : {}),
    ...(typeof Latency === 'number' ? { ms: Latency } : {}),
    ...(typeof error === 'string' ? { error: error.slice(0, 100) } : {}),
    ...(typeof error === 'string' && typeof message === 'string' ? { message: message.slice(0, 500) } : {}),
  };
}
