/**
 * The command line's side of a gateway, local or on AWS: a token by client credentials, the tools, a call.
 * Whatever goes wrong becomes a McpgwError that says who can mend it.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  StreamableHTTPClientTransport,
  StreamableHTTPError,
} from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpError, type Tool } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { McpgwError, messageOf } from '../plan/errors.ts';
import type { Json, JsonObject } from '../plan/hash.ts';
import { isArgumentRefusal } from './arguments.ts';
import { ASKING, type AwsReport, readReport } from './aws-report.ts';
import { THROTTLED } from './throttled.ts';

export interface TokenRequest {
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  /** Space-separated. */
  scope: string;
}

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().default(300),
});
const tokenError = z.object({ error: z.string() });

/** Cognito bills each request, so a token is kept in memory until shortly before its end. */
const tokens = new Map<string, { token: string; until: number }>();
const EARLY_MS = 30_000;

export async function getToken(request: TokenRequest): Promise<string> {
  const key = JSON.stringify([request.tokenUrl, request.clientId, request.clientSecret, request.scope]);
  const known = tokens.get(key);
  if (known && known.until > Date.now()) return known.token;
  const { access_token, expires_in } = await requestToken(request);
  tokens.set(key, { token: access_token, until: Date.now() + expires_in * 1000 - EARLY_MS });
  return access_token;
}

async function requestToken({ tokenUrl, clientId, clientSecret, scope }: TokenRequest) {
  const response = await fetch(tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== '' && { scope }) }),
    signal: AbortSignal.timeout(30_000),
  }).catch((cause) => {
    throw unreachable(tokenUrl, cause);
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.status >= 500 || response.status === 429) {
    throw unreachable(tokenUrl, new Error(`HTTP ${response.status}`));
  }
  const refused = tokenError.safeParse(body);
  if (!response.ok || refused.success) {
    const why = refused.success ? refused.data.error : `HTTP ${response.status}`;
    throw new McpgwError('not-authorised', `no token from ${tokenUrl}: ${why}`, {
      hint: TOKEN_HINTS[why] ?? HINT_CLIENT,
    });
  }
  const answer = tokenAnswer.safeParse(body);
  if (!answer.success)
    throw new McpgwError('not-authorised', `${tokenUrl} gave no token`, { hint: HINT_CLIENT });
  return answer.data;
}

const HINT_CLIENT =
  'check client id, secret and scope: the stack outputs (or .mcpgw/gateway.json) hold the current ones';
const TOKEN_HINTS: Readonly<Record<string, string>> = {
  invalid_client:
    'the client id or secret is wrong; a rotated secret needs the new one from the stack outputs',
  invalid_scope: "the client may not ask for this scope; the settings' auth.clients lists what each may have",
  unauthorized_client: 'the client may not use client credentials',
};

export interface CallOptions {
  /** Asks what the call does on AWS; hears it, undefined if the gateway does not tell, before any error is thrown. */
  onAws?(report: AwsReport | undefined): void;
}

export interface GatewayConnection {
  listTools(): Promise<Tool[]>;
  /** The tool's value, decoded from the gateway's one text block. Throws tool-error, arguments-invalid, tool-unknown. */
  callTool(name: string, given: JsonObject, options?: CallOptions): Promise<Json>;
  close(): Promise<void>;
}

/** Connects to `url` (ends in /mcp) with a token; timeoutMs is for one request, the gateway's own limit by default. */
export async function connect(options: {
  url: string;
  token: string;
  timeoutMs?: number;
}): Promise<GatewayConnection> {
  const { url, token } = options;
  const timeout = options.timeoutMs ?? 15 * 60_000;
  const client = new Client({ name: 'mcpgw', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  await client.connect(transport, { timeout: 60_000 }).catch((cause) => {
    throw explain(url, cause);
  });
  return {
    async listTools() {
      const tools: Tool[] = [];
      let cursor: string | undefined;
      do {
        const page = await client
          .listTools(cursor === undefined ? {} : { cursor }, { timeout })
          .catch((cause) => {
            throw explain(url, cause);
          });
        tools.push(...page.tools);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      return tools;
    },
    async callTool(name, given, { onAws } = {}) {
      const request = { name, arguments: given, ...(onAws && { _meta: ASKING }) };
      const result = await client.callTool(request, undefined, { timeout }).catch((cause) => {
        throw explain(url, cause, name);
      });
      onAws?.(readReport(result._meta));
      return decodeResult(name, result);
    },
    close: () => client.close(),
  };
}

/** Connects, lists every page, disconnects. */
export async function listTools(options: { url: string; token: string }): Promise<Tool[]> {
  return using(options, (connection) => connection.listTools());
}

export async function callTool(
  options: { url: string; token: string; timeoutMs?: number },
  name: string,
  given: JsonObject,
): Promise<Json> {
  return using(options, (connection) => connection.callTool(name, given));
}

async function using<T>(
  options: { url: string; token: string; timeoutMs?: number },
  work: (connection: GatewayConnection) => Promise<T>,
): Promise<T> {
  const connection = await connect(options);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

const toolResult = z.object({
  isError: z.boolean().optional(),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).default([]),
});

/** A Lambda target's value comes as JSON in one text block; an error either as isError, or as data that says so. */
export function decodeResult(name: string, result: unknown): Json {
  const { isError, content } = toolResult.parse(result);
  const text = content.map((block) => block.text ?? '').join('\n');
  if (isError) {
    const code = isArgumentRefusal(text) ? 'arguments-invalid' : 'tool-error';
    throw new McpgwError(
      code,
      `${name}: ${text}`,
      code === 'arguments-invalid' ? { hint: HINT_ARGUMENTS } : {},
    );
  }
  const value = parsed(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && value.isError === true) {
    const { error = value, hint } = value;
    throw new McpgwError(
      'tool-error',
      `${name}: ${typeof error === 'string' ? error : JSON.stringify(error)}`,
      typeof hint === 'string' ? { hint } : {},
    );
  }
  return value;
}

const HINT_ARGUMENTS = '`mcpgw tools --json` shows each tool; its schema says which arguments it takes';

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text; // a target that is no Lambda answers plain text
  }
}

function explain(url: string, cause: unknown, tool?: string): McpgwError {
  if (cause instanceof McpgwError) return cause;
  const message = messageOf(cause);
  if (cause instanceof StreamableHTTPError && (cause.code === 401 || cause.code === 403)) {
    const what = cause.code === 401 ? 'refuses the token' : "says the token's scope is not enough";
    return new McpgwError('not-authorised', `${url} ${what}: ${serverMessage(message)}`, {
      hint: HINT_CLIENT,
      cause,
    });
  }
  if (cause instanceof McpError && /unknown tool/i.test(message)) {
    return new McpgwError('tool-unknown', `the gateway has no tool '${tool ?? ''}'`, {
      hint: '`mcpgw tools` lists them; a stack serves only the servers its settings choose',
      cause,
    });
  }
  if (cause instanceof McpError && cause.code === THROTTLED) {
    const { retryAfter } = (cause.data ?? {}) as { retryAfter?: number };
    return new McpgwError('unreachable', `${tool ?? url} is over its rate limit`, {
      hint: `try again ${retryAfter === undefined ? 'later' : `in ${retryAfter} s`}; mcpgw:rateLimits of the stack sets it`,
      cause,
    });
  }
  if (cause instanceof McpError && isArgumentRefusal(message)) {
    return new McpgwError('arguments-invalid', message, { hint: HINT_ARGUMENTS, cause });
  }
  if (cause instanceof McpError) return new McpgwError('tool-error', message, { cause });
  return unreachable(url, cause);
}

/** The SDK puts the response's body behind its own words. */
function serverMessage(message: string): string {
  return /"message":\s*"([^"]+)"/.exec(message)?.[1] ?? message.slice(0, 300);
}

function unreachable(url: string, cause: unknown): McpgwError {
  const inner =
    cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : messageOf(cause);
  return new McpgwError('unreachable', `${url} cannot be reached: ${inner.slice(0, 300)}`, {
    hint: 'is the gateway running (`mcpgw serve`), and does a proxy or network policy stand between?',
    cause,
  });
}
