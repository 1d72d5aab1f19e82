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
import type { JwtRule } from './rule.ts';

export interface AppDeps {
  /** `http://127.0.0.1:PORT`; asked late, because port 0 is known only when the server listens. */
  origin(): string;
  /** Only when the gateway is its own issuer. */
  identity?: Identity;
  /** What clients are told of the issuer: its URL and the scopes to ask for. */
  authorizationServer(): string;
  rule(): JwtRule;
  authorise(authorization: string | undefined): Promise<Verdict>;
  mcp(request: Request, caller: string): Promise<Response>;
  /** The human page. */
  page(): string;
  log(line: Record<string, unknown>): void;
}

const METADATA = '/.well-known/oauth-protected-resource';

export function createApp(deps: AppDeps): Hono {
  const app = new Hono();
  app.use(loopbackOnly(() => Number(new URL(deps.origin()).port)));
  app.onError((error) => {
    deps.log({ event: 'failed', problem: error.message });
    return jsonError(500, -32603, 'Internal error');
  });
  for (const path of [METADATA, `${METADATA}/mcp`]) app.get(path, (c) => c.json(metadata(deps)));
  if (deps.identity) app.route('/', issuerRoutes(deps.identity, deps.origin));
  app.get('/', (c) => c.html(deps.page(), 200, PAGE_HEADERS));
  app.all('/mcp', async (c) => {
    const verdict = await deps.authorise(c.req.header('authorization'));
    if (verdict.ok) return deps.mcp(c.req.raw, verdict.clientId);
    deps.log({ event: 'refused', status: verdict.status, problem: verdict.problem });
    return refusal(verdict, deps);
  });
  return app;
}

function metadata(deps: AppDeps) {
  return {
    resource: `${deps.origin()}/mcp`,
    authorization_servers: [deps.authorizationServer()],
    scopes_supported: deps.rule().allowedScopes ?? [],
    bearer_methods_supported: ['header'],
  };
}

/** As the AgentCore gateway refuses: RFC 6750 and 9728 headers, a JSON-RPC error as body. */
function refusal(verdict: Extract<Verdict, { ok: false }>, deps: AppDeps): Response {
  if (verdict.status === 503) return jsonError(503, -32603, `Service unavailable: ${verdict.problem}`);
  const scopes = deps.rule().allowedScopes;
  const parameters = [
    `resource_metadata="${deps.origin()}${METADATA}"`,
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
