/**
 * Puts the local gateway together from a plan: who may call, which tools there are, and what answers them.
 * No socket is opened here, so the whole gateway can be asked in a test.
 */
import type { Hono } from 'hono';
import { McpgwError } from '../plan/errors.ts';
import type { Plan } from '../plan/types.ts';
import { createApp } from './app.ts';
import { createAuthoriser, type Fetch } from './authorise.ts';
import { createCaller, gatewayIdOf } from './calls.ts';
import type { Catalogue } from './catalogue.ts';
import type { Environments } from './environments.ts';
import type { Identity } from './identity.ts';
import { issuerUrl } from './issuer.ts';
import { createMcpEndpoint } from './mcp.ts';
import { renderPage } from './page.ts';
import { externalRule, type JwtRule, ownRule } from './rule.ts';

export interface ComposeOptions {
  plan: Plan;
  catalogue: Catalogue;
  environments: Environments;
  /** Only when the gateway is its own issuer. */
  identity?: Identity;
  /** `http://127.0.0.1:PORT`; asked late, because port 0 is known only when the server listens. */
  origin(): string;
  pageSize?: number;
  /** How the issuer's documents are fetched. */
  fetch?: Fetch;
  log(line: Record<string, unknown>): void;
}

/** Tools a page: the AgentCore gateway's own number is not documented. */
const PAGE_SIZE = 100;

export function composeGateway(options: ComposeOptions): { app: Hono; issuer(): string } {
  const { plan, origin, log } = options;
  const { settings } = plan;
  const rule = late(() => ruleOf(plan, options.identity, origin()));
  const authorise = late(() => createAuthoriser(rule(), options.fetch ? { fetch: options.fetch } : {}));
  const issuer = () => issuerOf(rule());
  const app = createApp({
    origin,
    ...(options.identity && { identity: options.identity }),
    authorizationServer: issuer,
    rule,
    authorise: (authorization) => authorise()(authorization),
    mcp: createMcpEndpoint({
      name: plan.gateway.name,
      ...(settings.gateway.instructions !== undefined && { instructions: settings.gateway.instructions }),
      catalogue: options.catalogue,
      pageSize: options.pageSize ?? PAGE_SIZE,
      semanticSearch: settings.gateway.search === 'semantic',
      call: createCaller({
        gatewayId: gatewayIdOf(plan.gateway.name, plan.stack),
        debugErrors: settings.gateway.debugErrors,
        environments: options.environments,
      }),
      log,
    }),
    page: () =>
      renderPage({
        plan,
        tools: options.catalogue.tools,
        url: `${origin()}/mcp`,
        issuer: issuer(),
        ownIssuer: options.identity !== undefined,
      }),
    log,
  });
  return { app, issuer };
}

function ruleOf(plan: Plan, identity: Identity | undefined, origin: string): JwtRule {
  if (identity) return ownRule(issuerUrl(identity, origin), identity.clients);
  const { auth } = plan.settings;
  if (auth.type !== 'issuer') throw new McpgwError('internal', 'no issuer for this stack');
  return externalRule(auth);
}

/** By OpenID Connect Discovery the issuer is what stands before the well-known path. */
function issuerOf(rule: JwtRule): string {
  return rule.discoveryUrl.replace(/\/\.well-known\/openid-configuration$/, '');
}

/** Made at first use: the issuer's URL holds a port that is not known before. */
function late<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
