/**
 * Puts the local gateway together from a plan: who may call, which tools there are, and what answers them.
 * No socket is opened here, so the whole gateway can be asked in a test.
 */
import type { Hono } from 'hono';
import { isAdmitted } from '../plan/admission.ts';
import { McpgwError } from '../plan/errors.ts';
import { type GatewayUnit, gatewayUnits } from '../plan/gateways.ts';
import { fullToolName } from '../plan/names.ts';
import { permitsOf } from '../plan/policy/policy.ts';
import { rateLimitsOf } from '../plan/rate-limits.ts';
import type { Plan, TargetPlan } from '../plan/types.ts';
import { intercept } from '../proxies/interceptor.ts';
import { createApp, type GatewayEndpoint } from './app.ts';
import { createAuthoriser, type Fetch } from './authorise.ts';
import { ASSUMED, type Behaviour } from './behaviour.ts';
import { createCaller, gatewayIdOf } from './calls.ts';
import { type Catalogue, catalogueOf, type ListedTool } from './catalogue.ts';
import type { Environments } from './environments.ts';
import type { Identity } from './identity.ts';
import { issuerUrl } from './issuer.ts';
import { createLimiter } from './limits.ts';
import { createMcpEndpoint } from './mcp.ts';
import { renderPage } from './page.ts';
import { createPolicyCheck, type PolicyCheck } from './policy.ts';
import { externalRule, type JwtRule, ownRule } from './rule.ts';

export interface ComposeOptions {
  plan: Plan;
  catalogue: Catalogue;
  environments: Environments;
  /** Only when the gateway is its own issuer. */
  identity?: Identity;
  /** `http://127.0.0.1:PORT`; asked late, because port 0 is known only when the server listens. */
  origin(): string;
  /** Where it differs from what we assume of the AgentCore gateway. */
  behaviour?: Partial<Behaviour>;
  /** How the issuer's documents are fetched. */
  fetch?: Fetch;
  log(line: Record<string, unknown>): void;
}

export function composeGateway(options: ComposeOptions): { app: Hono; issuer(): string; paths: string[] } {
  const { plan, origin, log } = options;
  const units = gatewayUnits(plan.settings, plan.targets);
  const endpoints = units.map((unit, index) => endpointOf(unit, pathsOf(unit, index, units.length), options));
  const issuer = () => issuerOf(ruleOf(plan, options.identity, origin()));
  const app = createApp({
    origin,
    ...(options.identity && { identity: options.identity }),
    authorizationServer: issuer,
    endpoints,
    page: () =>
      renderPage({
        plan,
        gateways: units.map(({ name, targets }, index) => ({
          name,
          url: `${origin()}${endpoints[index]?.paths[0]}`,
          tools: toolsOf(options.catalogue, targets),
        })),
        issuer: issuer(),
        ownIssuer: options.identity !== undefined,
      }),
    log,
  });
  return { app, issuer, paths: endpoints.flatMap(({ paths }) => paths) };
}

/** One gateway is at /mcp, as on AWS; of several each has a path of its own, and the first one both. */
function pathsOf({ key }: GatewayUnit, index: number, count: number): string[] {
  if (count === 1) return ['/mcp'];
  return index === 0 ? [`/${key}/mcp`, '/mcp'] : [`/${key}/mcp`];
}

function endpointOf(unit: GatewayUnit, paths: string[], options: ComposeOptions): GatewayEndpoint {
  const { plan, log } = options;
  const { gateway } = plan.settings;
  const behaviour = { ...ASSUMED, ...options.behaviour };
  const rule = late(() => ruleOf(plan, options.identity, options.origin(), unit.key));
  const authorise = late(() => createAuthoriser(rule(), options.fetch ? { fetch: options.fetch } : {}));
  const limiter = createLimiter(rateLimitsOf(plan.settings, unit.targets));
  const nameOf = (id: string) => options.identity?.clients.find((client) => client.id === id)?.name ?? id;
  const mcp = createMcpEndpoint({
    name: unit.name,
    ...(gateway.instructions !== undefined && { instructions: gateway.instructions }),
    catalogue: catalogueOf(toolsOf(options.catalogue, unit.targets)),
    pageSize: behaviour.pageSize,
    semanticSearch: gateway.search === 'semantic',
    ...policyOf(unit, options),
    limit: ({ target, tool }, caller) =>
      limiter({ client: nameOf(caller), target: target.name, tool: ownName(target, tool.name) }),
    ...(plan.settings.observe.subject && { intercept: interceptorOf(plan) }),
    call: createCaller({
      gatewayId: gatewayIdOf(unit.name, plan.stack),
      debugErrors: gateway.debugErrors,
      environments: options.environments,
      behaviour,
    }),
    log,
  });
  return { paths, rule, authorise: (authorization) => authorise()(authorization), mcp };
}

/** A toolset may offer some of a server's tools only. */
function toolsOf({ tools }: Catalogue, targets: readonly TargetPlan[]): ListedTool[] {
  const offered = new Set(
    targets.flatMap(({ name, tools: own }) => own.map(({ exposed }) => fullToolName(name, exposed))),
  );
  return tools.filter(({ name }) => offered.has(name));
}

/** The stack's policy, read by Cedar itself; loaded only for stacks that have one. */
function policyOf(unit: GatewayUnit, { plan, identity }: ComposeOptions): { policy?: PolicyCheck } {
  const { settings } = plan;
  const permits = permitsOf(settings, unit);
  if (!permits || !settings.policy) return {};
  const clientIds = Object.fromEntries((identity?.clients ?? []).map(({ name, id }) => [name, id]));
  return {
    policy: createPolicyCheck({ permits, clientIds, gateway: unit.name, mode: settings.policy.mode }),
  };
}

/** The code of the interceptor's Lambda, with the event that the AgentCore gateway would send it. */
function interceptorOf(plan: Plan): (body: unknown, headers: Headers) => unknown {
  const leave = (plan.remotes ?? []).map((remote) => remote.name);
  return (body, headers) => {
    const gatewayRequest = {
      path: '/mcp',
      httpMethod: 'POST',
      headers: Object.fromEntries(headers),
      body,
    };
    const event = { interceptorInputVersion: '1.0', mcp: { gatewayRequest } };
    return intercept(event, { leave }).mcp.transformedGatewayRequest.body;
  };
}

function ownName(target: TargetPlan, exposed: string): string {
  return target.function.proxy.aliases[exposed] ?? exposed;
}

/** `unit`: only clients that this gateway admits; without, all of the stack. */
function ruleOf(plan: Plan, identity: Identity | undefined, origin: string, unit?: string): JwtRule {
  const { auth } = plan.settings;
  if (identity) {
    const admitted = identity.clients.filter(
      ({ name }) => unit === undefined || isAdmitted(plan.settings, name, unit),
    );
    return ownRule(issuerUrl(identity, origin), admitted);
  }
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
