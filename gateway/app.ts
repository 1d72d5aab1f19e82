/**
 * The local gateway as one web application (Request in, Response out, so that tests need no socket): token issuer,
 * protected-resource metadata, and the guarded MCP endpoint.
 */
import { Hono } from 'hono'; // small router on web-standard Request and Response
import type { Verdict } from './authorise.ts';
import type { Identity } from './identity.ts';
import { issuerRoutes } from './issuer.ts';
import { loopbackOnly } from './loopback.ts';
import { jsonError } from './mcp.ts';
import { PAGE_HEADERS } from './page.ts';
import type { Claims } from './policy.ts';
import type { JwtRule } from './rule.ts';

/** One gateway of the stack: toolsets and shards are gateways of their own, each with its clients and tools. */
export interface GatewayEndpoint {
  /** `/mcp` for the first, `/<key>/mcp` for each when there are several. */
  paths: readonly string[];
  rule(): JwtRule;
  authorise(authorization: string | undefined): Promise<Verdict>;
  mcp(request: Request, caller: string, claims?: Claims): Promise<Response>;
}

export interface AppDeps {
  /** `http://127.0.0.1:PORT`; asked late, because port 0 is known only when the server listens. */
  origin(): string;
  /** Only when the gateway is its own issuer. */
  identity?: Identity;
  /** URL of the issuer, for clients. */
  authorizationServer(): string;
  endpoints: readonly GatewayEndpoint[];
  /** The human page. */
  page(): string;
  log(line: Record<string, unknown>): void;
}

const METADATA = '/.well-known/oauth-protected-resource';
/** Where the AgentCore gateway has its endpoint, and its metadata without a path. */
const PLAIN = '/mcp';

export function createApp(deps: AppDeps): Hono {
  const app = new Hono();
  app.use(loopbackOnly(() => Number(new URL(deps.origin()).port)));
  app.onError((error) => {
    deps.log({ event: 'failed', problem: error.message });
    return jsonError(500, -32603, 'Internal error');
  });
  if (deps.identity) app.route('/', issuerRoutes(deps.identity, deps.origin));
  app.get('/', (c) => c.html(deps.page(), 200, PAGE_HEADERS));
  for (const endpoint of deps.endpoints) {
    for (const path of endpoint.paths) mount(app, path, endpoint, deps);
  }
  return app;
}

function mount(app: Hono, path: string, endpoint: GatewayEndpoint, deps: AppDeps): void {
  const metadataPath = path === PLAIN ? METADATA : `${METADATA}${path}`;
  for (const where of new Set([metadataPath, `${METADATA}${path}`])) {
    app.get(where, (c) =>
      c.json({
        resource: `${deps.origin()}${path}`,
        authorization_servers: [deps.authorizationServer()],
        scopes_supported: endpoint.rule().allowedScopes ?? [],
        bearer_methods_supported: ['header'],
      }),
    );
  }
  app.all(path, async (c) => {
    const verdict = await endpoint.authorise(c.req.header('authorization'));
    if (verdict.ok) return endpoint.mcp(c.req.raw, verdict.clientId, verdict.claims);
    deps.log({ event: 'refused', path, status: verdict.status, problem: verdict.problem });
    return refusal(verdict, `${deps.origin()}${metadataPath}`, endpoint.rule().allowedScopes);
  });
}

/** As the AgentCore gateway refuses: RFC 6750 and 9728 headers, a JSON-RPC error as body. */
function refusal(
  verdict: Extract<Verdict, { ok: false }>,
  metadata: string,
  scopes: readonly string[] | undefined,
): Response {
  if (verdict.status === 503) return jsonError(503, -32603, `Service unavailable: ${verdict.problem}`);
  const parameters = [
    `resource_metadata="${metadata}"`,
    ...(verdict.error ? [`error="${verdict.error}"`, `error_description="${verdict.problem}"`] : []),
    ...(scopes ? [`scope="${scopes.join(' ')}"`] : []),
  ];
  const headers = { 'WWW-Authenticate': `Bearer ${parameters.join(', ')}` };
  if (verdict.status === 403) {
    return jsonError(403, -32002, 'Authorization error - Insufficient permissions', headers);
  }
  const message = verdict.error ? `Invalid Bearer token: ${verdict.problem}` : 'Missing Bearer token';
  return jsonError(401, -32001, message, headers);
}
