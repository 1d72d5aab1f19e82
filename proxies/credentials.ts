/**
 * Hands AWS credentials to a server without a file, a log line or a long-lived variable: the server gets a loopback
 * address and a token of the container-credentials protocol, which every AWS SDK asks again before they expire.
 * That provider is still asked when a program names the `default` profile explicitly, which drops keys in variables.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf } from '../plan/errors.ts';
import type { Log } from './log.ts';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
  expiration?: Date | undefined;
}
/** Asked each time a server wants credentials; does its own caching. */
export type CredentialSource = () => Promise<Credentials>;

/** What a server is told when the source knows no end: it asks again well before. */
const ASSUMED_LIFE_MS = 60 * 60 * 1000;

export class CredentialEndpoint {
  readonly #source: CredentialSource;
  readonly #token = randomBytes(32).toString('base64url');
  readonly #log: Log;
  #server: Server | undefined;

  constructor(source: CredentialSource, log: Log = () => {}) {
    this.#source = source;
    this.#log = log;
  }

  /** The variables that lead a server here. */
  async variables(): Promise<Record<string, string>> {
    const { port } = (await this.#listen()).address() as AddressInfo;
    return {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: this.#token,
    };
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  async #listen(): Promise<Server> {
    if (this.#server?.listening) return this.#server;
    // Not imported: an ES import of node:http loads its WebSocket as well, 20 ms of every cold start.
    const { createServer } = process.getBuiltinModule('node:http');
    const server = createServer((request, response) => void this.#answer(request, response));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    server.unref();
    return server;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const given = Buffer.from(request.headers.authorization ?? '');
    const wanted = Buffer.from(this.#token);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
      response.writeHead(403).end();
      return;
    }
    try {
      const credentials = await this.#source();
      response.writeHead(200, { 'content-type': 'application/json' }).end(format(credentials));
    } catch (error) {
      this.#log({ event: 'credentials-failed', error: messageOf(error) });
      response.writeHead(500).end();
    }
  }
}

function format(credentials: Credentials): string {
  return JSON.stringify({
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    Token: credentials.sessionToken ?? '',
    Expiration: (credentials.expiration ?? new Date(Date.now() + ASSUMED_LIFE_MS)).toISOString(),
  });
}

/** The function's role: Lambda puts its keys into the environment, or (with snapshots) an endpoint that renews them. */
export function functionCredentials(env: Readonly<NodeJS.ProcessEnv>): CredentialSource {
  return async () => {
    const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: token } = env;
    if (url !== undefined) return fromContainer(url, token);
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
    if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined) {
      throw new Error('the function has no credentials in its environment');
    }
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      sessionToken: AWS_SESSION_TOKEN,
    };
  };
}

async function fromContainer(url: string, token: string | undefined): Promise<Credentials> {
  const response = await fetch(url, token === undefined ? {} : { headers: { authorization: token } });
  if (!response.ok) throw new Error(`the credentials endpoint answered ${response.status}`);
  const body = (await response.json()) as Record<string, string | undefined>;
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = body;
  if (AccessKeyId === undefined || SecretAccessKey === undefined) {
    throw new Error('the credentials endpoint answered without keys');
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: Token,
    expiration: Expiration === undefined ? undefined : new Date(Expiration),
  };
}
