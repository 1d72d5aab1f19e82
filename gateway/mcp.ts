/**
 * MCP over streamable HTTP as the AgentCore gateway speaks it: stateless, JSON answers, tools only. Built on the
 * official SDK's low-level server, because names and schemas come from the plan and not from code.
 */
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js';
import type { JsonObject } from '../plan/hash.ts';
import { isAsked } from './aws-report.ts';
import { type CallOutcome, PAYLOAD_LIMIT } from './calls.ts';
import { type Catalogue, catalogueOf, type ListedTool } from './catalogue.ts';
import type { Claims, PolicyCheck } from './policy.ts';
import { createSearchIndex, SEARCH_TOOL, type SearchIndex, searchDefinition } from './search.ts';
import { THROTTLED, type Throttled } from './throttled.ts';

export interface McpDeps {
  name: string;
  instructions?: string;
  catalogue: Catalogue;
  pageSize: number;
  semanticSearch: boolean;
  /** What the stack's policy says of a call, when it has one. */
  policy?: PolicyCheck;
  /** What the stack's interceptor makes of a request's body. */
  intercept?(body: unknown, headers: Headers): unknown;
  /** Counts a call; says when it is over a limit. `caller` is the token's client id. */
  limit(tool: ListedTool, caller: string): Throttled | undefined;
  /** `withAws`: the caller asks what the call does on AWS. */
  call(tool: ListedTool, given: JsonObject, messageId: string, withAws: boolean): Promise<CallOutcome>;
  log(line: Record<string, unknown>): void;
}

/** Answers one HTTP request whose token was found good; `caller` names its client in the log, the policy reads its claims. */
export function createMcpEndpoint(
  deps: McpDeps,
): (request: Request, caller: string, claims?: Claims) => Promise<Response> {
  const index = deps.semanticSearch ? createSearchIndex(deps.catalogue.tools) : undefined;
  return async (request, caller, claims = {}) => {
    if (request.method !== 'POST') {
      return jsonError(405, -32000, 'Method not allowed: this gateway keeps no sessions and no streams', {
        Allow: 'POST',
      });
    }
    const body = await readLimited(request, PAYLOAD_LIMIT);
    if (body === undefined) return jsonError(413, -32000, `Payload over ${PAYLOAD_LIMIT} bytes`);
    let parsedBody: unknown;
    try {
      parsedBody = JSON.parse(body);
    } catch {
      return jsonError(400, -32700, 'Parse error: Invalid JSON');
    }
    if (deps.intercept) parsedBody = deps.intercept(parsedBody, request.headers);
    const server = createServer(deps, index, { caller, claims });
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    await server.connect(transport);
    try {
      return await transport.handleRequest(acceptingBoth(request), { parsedBody });
    } finally {
      await server.close();
    }
  };
}

/** The AgentCore gateway does not ask for an Accept header (its own documentation's curl lines have none); the SDK does. */
function acceptingBoth(request: Request): Request {
  const headers = new Headers(request.headers);
  headers.set('accept', 'application/json, text/event-stream');
  return new Request(request.url, { method: 'POST', headers });
}

/** One a request: a stateless transport of the SDK serves one request only. */
function createServer(
  deps: McpDeps,
  index: SearchIndex | undefined,
  { caller, claims }: { caller: string; claims: Claims },
): Server {
  const visible = visibleTo(deps, claims);
  const server = new Server(
    { name: deps.name, version: '1.0.0' },
    {
      capabilities: { tools: {} },
      ...(deps.instructions !== undefined && { instructions: deps.instructions }),
    },
  );
  server.setRequestHandler(ListToolsRequestSchema, (request) => {
    const cursor = request.params?.cursor;
    const page = pageOf(visible, deps.pageSize, cursor);
    const listed = page.tools.map(({ name, tool }) => ({
      name,
      description: tool.description,
      inputSchema: { ...tool.inputSchema, type: 'object' as const },
    }));
    deps.log({ event: 'list', client: caller, tools: listed.length });
    return {
      tools: index && cursor === undefined ? [searchDefinition, ...listed] : listed,
      ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }),
    };
  });
  server.setRequestHandler(CallToolRequestSchema, async (request, extra) => {
    const { name, arguments: given = {} } = request.params;
    if (index && name === SEARCH_TOOL) return search(index, given.query, visible);
    const tool = deps.catalogue.find(name);
    if (tool === undefined) {
      deps.log({ event: 'call', client: caller, tool: name.slice(0, 256), outcome: 'tool-unknown' });
      throw new McpError(ErrorCode.InvalidParams, `Unknown tool: ${name}`);
    }
    const denied = deps.policy?.judge(claims, name, given as JsonObject);
    if (denied !== undefined) {
      const outcome = denied.enforced ? 'policy-denied' : 'policy-would-deny';
      deps.log({ event: 'policy', client: caller, tool: name, outcome });
      if (denied.enforced) return { content: [{ type: 'text', text: denied.text }], isError: true };
    }
    const throttled = deps.limit(tool, caller);
    if (throttled !== undefined) {
      deps.log({
        event: 'call',
        client: caller,
        tool: name,
        outcome: 'throttled',
        limit: throttled.limitKey,
      });
      throw new McpError(THROTTLED, 'Rate limit exceeded', throttled);
    }
    const started = performance.now();
    const { result, outcome } = await deps.call(
      tool,
      given as JsonObject,
      String(extra.requestId),
      isAsked(request.params._meta),
    );
    deps.log({
      event: 'call',
      client: caller,
      tool: name,
      outcome,
      ms: Math.round(performance.now() - started),
    });
    return result;
  });
  return server;
}

/** A policy that is enforced hides what it would refuse. */
function visibleTo({ catalogue, policy }: McpDeps, claims: Claims): Catalogue {
  if (!policy?.enforced) return catalogue;
  return catalogueOf(catalogue.tools.filter(({ name }) => policy.judge(claims, name, {}) === undefined));
}

function pageOf(
  catalogue: Catalogue,
  size: number,
  cursor: string | undefined,
): ReturnType<Catalogue['page']> {
  try {
    return catalogue.page(cursor, size);
  } catch (thrown) {
    if (thrown instanceof RangeError) throw new McpError(ErrorCode.InvalidParams, 'Invalid cursor');
    throw thrown;
  }
}

function search(index: SearchIndex, query: unknown, visible: Catalogue): CallToolResult {
  if (typeof query !== 'string')
    throw new McpError(ErrorCode.InvalidParams, "Missing required field(s): 'query'");
  const hits = index.search(query).filter(({ name }) => visible.find(name) !== undefined);
  const tools = hits.map(({ name, tool }) => ({
    name,
    description: tool.description,
    inputSchema: tool.inputSchema,
  }));
  const found = { tools };
  return {
    content: [{ type: 'text', text: JSON.stringify(found) }],
    structuredContent: found,
    isError: false,
  };
}

/** The whole body, or undefined as soon as it is over the limit. */
async function readLimited(request: Request, limit: number): Promise<string | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function jsonError(
  status: number,
  code: number,
  message: string,
  headers?: Record<string, string>,
): Response {
  return Response.json(
    { jsonrpc: '2.0', error: { code, message }, id: null },
    { status, ...(headers && { headers }) },
  );
}
