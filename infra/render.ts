/** Plan to resources. Loops run over plain data, so a preview is complete; nothing is made inside `apply`. */
import * as pulumi from '@pulumi/pulumi';
import { isAdmitted } from '../plan/admission.ts';
import { type GatewayUnit, gatewayUnits } from '../plan/gateways.ts';
import { type Identity, identityOf } from '../plan/identity.ts';
import { permitsOf } from '../plan/policy/policy.ts';
import type { TargetPlan } from '../plan/types.ts';
import type { Release } from '../store/release.ts';
import { arnOf, objectArn } from './account.ts';
import type { AgentcoreGatewayTarget, LogGroup } from './aws.ts';
import { Audit } from './components/audit.ts';
import { CognitoIssuer } from './components/cognito.ts';
import { ExistingGateway } from './components/existing-gateway.ts';
import { Firewall } from './components/firewall.ts';
import { type Authoriser, Gateway, type Guards, type TargetHome } from './components/gateway.ts';
import { GatewayRecords } from './components/gateway-records.ts';
import { admitOnly, makeInbound } from './components/inbound.ts';
import { Interceptor } from './components/interceptor.ts';
import { PythonLayers } from './components/layers.ts';
import { makeNetwork, placeFor } from './components/network.ts';
import { Observation } from './components/observation.ts';
import { PolicyEngine } from './components/policy-engine.ts';
import { RateLimits } from './components/rate-limits.ts';
import { Server } from './components/server.ts';
import { makeRemoteTarget, makeTarget } from './components/target.ts';
import { Lanes } from './lanes.ts';
import type { TargetGrant } from './policies.ts';
import { rootOptions, type Stack } from './stack.ts';

/** What the command line reads with `pulumi stack output`. */
export interface StackOutputs {
  stack: string;
  region: string;
  /** Of the first gateway; `gateways` has them all. */
  gatewayUrl: pulumi.Output<string> | undefined;
  gatewayId: pulumi.Output<string> | undefined;
  gateways: Record<string, { url: pulumi.Output<string>; id: pulumi.Output<string> }>;
  /** Absent for an existing gateway: its issuer is its own affair. */
  discoveryUrl?: pulumi.Input<string>;
  /** Cognito only. */
  tokenUrl?: pulumi.Output<string>;
  scope: string;
  /** Read back by the next update. */
  identity: Identity;
  /** The commit that the stack was brought to; `mcpgw deploy` goes to no older one by accident. */
  release?: Release;
  /** By name: id, secret and scopes. Secret as a whole. */
  clients: pulumi.Output<Record<string, { clientId: string; clientSecret: string; scopes: string[] }>>;
  /** Id of the public client, when there is one. */
  peopleClient?: pulumi.Output<string>;
}

export function renderStack(stack: Stack): StackOutputs {
  const { plan } = stack;
  const { settings } = plan;
  const options = rootOptions(stack);
  const isOwn = settings.gateway.existing === undefined;
  const issuer = isOwn && settings.auth.type === 'cognito' ? new CognitoIssuer(stack, options) : undefined;
  const layers = new PythonLayers(stack, options);
  const network = makeNetwork(stack, options);
  const servers = new Map(
    plan.targets.map((target) => {
      const place = placeFor(settings, target.server, network);
      return [target.server, new Server(stack, target, { layers, network: place }, options)] as const;
    }),
  );
  const endpoints = makeInbound(stack, network, options);
  const interceptor = isOwn && settings.observe.subject ? new Interceptor(stack, options) : undefined;
  const gateways = new Map<string, pulumi.Output<string>>();
  const groups = [...servers.values()].map(({ logs }) => logs);
  const clientIds = clientIdsOf(issuer);
  const homes = gatewayUnits(settings, plan.targets).map((unit, index) => {
    const permits = permitsOf(settings, unit);
    const engine = permits && isOwn ? new PolicyEngine(unit, stack, options) : undefined;
    const home = makeHome(stack, unit, { issuer, engine, interceptor, groups }, options);
    if (home instanceof Gateway) gateways.set(unit.key, home.arn);
    if (endpoints && home instanceof Gateway) admitOnly(unit.key, home, endpoints);
    const lanes = makeTargets(stack, unit, home, servers);
    for (const remote of index === 0 ? (plan.remotes ?? []) : []) {
      lanes.add(remote.lane, (earlier) => makeRemoteTarget(remote, { gateway: home, earlier }, options));
    }
    if (engine && home instanceof Gateway) engine.addPolicies(permits ?? [], home.arn, clientIds, lanes.all);
    return [unit.name, home] as const;
  });
  guardAndWatch(stack, gateways, options);
  if (settings.audit) {
    new Audit(stack, settings.audit, { gateways: gatewayArns(stack, gateways), groups }, options);
  }
  if (settings.rateLimits.length > 0) {
    new RateLimits(stack, homes, clientIds, options);
  }
  const first = homes[0]?.[1];
  return {
    stack: plan.stack,
    region: plan.region,
    gatewayUrl: first?.url,
    gatewayId: first?.id,
    gateways: Object.fromEntries(homes.map(([name, { url, id }]) => [name, { url, id }])),
    ...(isOwn ? { discoveryUrl: discoveryUrlOf(stack, issuer) } : {}),
    ...(issuer ? { tokenUrl: issuer.tokenUrl } : {}),
    scope: (issuer?.scopes ?? []).join(' '),
    identity: identityOf(plan),
    clients: pulumi.secret(pulumi.output(issuer?.clients ?? {})),
    ...(issuer?.people ? { peopleClient: issuer.people } : {}),
  };
}

/** What stands before the gateways, and what looks at them; `gateways`: ARNs of the stack's own, by key. */
function guardAndWatch(
  stack: Stack,
  gateways: ReadonlyMap<string, pulumi.Output<string>>,
  options: pulumi.ComponentResourceOptions,
): void {
  const { observe, waf } = stack.plan.settings;
  if (waf) new Firewall(stack, waf, gateways, options);
  if (observe.dashboard || observe.alarms || observe.monthlyBudget) {
    new Observation(stack, gateways, options);
  }
}

/** The stack's own, or the existing one. */
function gatewayArns(
  { plan, account }: Stack,
  own: ReadonlyMap<string, pulumi.Output<string>>,
): pulumi.Input<string>[] {
  const { existing } = plan.settings.gateway;
  return existing ? [arnOf(account, 'bedrock-agentcore', `gateway/${existing.id}`)] : [...own.values()];
}

/** By the names of the settings. */
function clientIdsOf(issuer: CognitoIssuer | undefined): Record<string, pulumi.Output<string>> {
  const machines = Object.entries(issuer?.clients ?? {}).map(([name, { clientId }]) => [name, clientId]);
  return { ...Object.fromEntries(machines), ...(issuer?.people ? { people: issuer.people } : {}) };
}

function makeHome(
  stack: Stack,
  unit: GatewayUnit,
  { issuer, groups, ...guards }: { issuer: CognitoIssuer | undefined; groups: LogGroup[] } & Guards,
  options: pulumi.ComponentResourceOptions,
): TargetHome {
  const grants = unit.targets.map((target) => grantOf(stack, target));
  const { existing } = stack.plan.settings.gateway;
  if (existing) return new ExistingGateway(existing, stack, grants, options);
  const gateway = new Gateway(unit, stack, authoriserOf(stack, unit, issuer), { grants, ...guards }, options);
  const { observe } = stack.plan.settings;
  if (observe.gatewayLogs || observe.gatewayTraces) {
    const { logs } = new GatewayRecords(unit.key, unit.name, stack, gateway, options);
    if (logs) groups.push(logs);
  }
  return gateway;
}

function makeTargets(
  stack: Stack,
  unit: GatewayUnit,
  gateway: TargetHome,
  servers: ReadonlyMap<string, Server>,
): Lanes<AgentcoreGatewayTarget> {
  const lanes = new Lanes<AgentcoreGatewayTarget>();
  const isToolset = Object.hasOwn(stack.plan.settings.toolsets, unit.key);
  for (const target of unit.targets) {
    const server = servers.get(target.server);
    if (!server) throw new Error(`no function for ${target.server}`);
    // A server can be in several toolsets; a shard has it alone, so its name can stay.
    const key = isToolset ? `${unit.key}-${target.server}` : target.server;
    lanes.add(target.lane, (earlier) => makeTarget(stack, target, { key, gateway, server, earlier }));
  }
  return lanes;
}

function discoveryUrlOf({ plan }: Stack, issuer: CognitoIssuer | undefined): pulumi.Input<string> {
  if (issuer) return issuer.discoveryUrl;
  if (plan.settings.auth.type !== 'issuer') throw new Error('no issuer');
  return plan.settings.auth.discoveryUrl;
}

function authoriserOf(stack: Stack, unit: GatewayUnit, issuer: CognitoIssuer | undefined): Authoriser {
  const { settings } = stack.plan;
  const discoveryUrl = discoveryUrlOf(stack, issuer);
  if (issuer) {
    // Cognito's access tokens carry client_id and scope, no aud.
    const machines = Object.entries(issuer.clients)
      .filter(([name]) => isAdmitted(settings, name, unit.key))
      .map(([, { clientId }]) => clientId);
    const clients = issuer.people ? [...machines, issuer.people] : machines;
    return { discoveryUrl, clients, scopes: issuer.scopes };
  }
  const { auth } = settings;
  if (auth.type !== 'issuer') throw new Error('no issuer');
  return {
    discoveryUrl,
    ...(auth.clients ? { clients: auth.clients } : {}),
    ...(auth.audiences ? { audiences: auth.audiences } : {}),
    ...(auth.scopes ? { scopes: auth.scopes } : {}),
  };
}

/** Written out, not taken from the function's output: a preview then shows the whole policy. */
function grantOf({ account, bucket }: Stack, target: TargetPlan): TargetGrant {
  return {
    key: target.server,
    functionArn: arnOf(account, 'lambda', `function:${target.function.name}`),
    schemaArn: objectArn(account, bucket, target.schemaKey),
  };
}
