/** The AWS endpoints that the stack's own network needs: of the services its servers call, and what every function needs. */
import type { Plan, TargetPlan } from '../types.ts';
import { type EndpointName, endpointName, endpointNames } from './endpoint-names.ts';
import { isInOwnNetwork, ownNetwork } from './network.ts';

export interface EndpointPlan extends EndpointName {
  /** Gateway endpoints cost nothing. */
  kind: 'Gateway' | 'Interface';
  /** Servers that call it. */
  servers: string[];
  /** What connects to it. */
  port: number;
}

type Planned = Pick<Plan, 'settings' | 'targets'>;

const GATEWAY_KIND = ['s3', 'dynamodb'];
/** Credentials of assumed roles, and what servers ask about themselves. Log delivery does not pass the VPC. */
const ALWAYS = 'sts:GetCallerIdentity';
/** Databases that are reached through an endpoint; all else speaks HTTPS. */
const PORTS: readonly (readonly [service: RegExp, port: number])[] = [
  [/^cassandra$/, 9142],
  [/^dsql-/, 5432],
];

export function endpointsOf(plan: Planned): EndpointPlan[] {
  const own = ownNetwork(plan.settings);
  if (!own) return [];
  const { region } = plan.settings;
  const found = new Map<string, EndpointPlan>();
  const add = ({ service, name }: EndpointName, server?: string) => {
    const known = found.get(service);
    const servers = new Set(known?.servers);
    if (server !== undefined) servers.add(server);
    const kind = GATEWAY_KIND.includes(service) ? 'Gateway' : 'Interface';
    found.set(service, { service, name, kind, servers: [...servers].sort(), port: portOf(service) });
  };
  for (const target of inside(plan)) {
    for (const action of actionsOf(target)) {
      for (const endpoint of endpointNames(action, region) ?? []) add(endpoint, target.server);
    }
  }
  for (const service of own.extraEndpoints) add({ service, name: endpointName(service, region) });
  return [...found.values()]
    .filter(({ kind, service }) => isMade(kind, service, own))
    .sort((a, b) => (a.service < b.service ? -1 : 1));
}

/** With a way out through NAT, an endpoint that costs is made only when the settings still ask for it. */
function isMade(
  kind: EndpointPlan['kind'],
  service: string,
  { endpoints, extraEndpoints }: { endpoints: 'called' | 'free'; extraEndpoints: readonly string[] },
): boolean {
  return endpoints === 'called' || kind === 'Gateway' || extraEndpoints.includes(service);
}

function portOf(service: string): number {
  return PORTS.find(([pattern]) => pattern.test(service))?.[1] ?? 443;
}

/** Those whose calls go to another region find no endpoint of theirs here (network-problems.ts). */
function inside({ settings, targets }: Planned): TargetPlan[] {
  return targets.filter(
    ({ server, function: { proxy } }) => isInOwnNetwork(settings, server) && proxy.region === undefined,
  );
}

/** Of the policy, of the secrets that are read at the start, and what every function needs. */
function actionsOf({ statements, function: { proxy } }: TargetPlan): string[] {
  const references = Object.values(proxy.secrets ?? {});
  return [
    ALWAYS,
    // Another account's role has its own permissions, and nobody knows which.
    ...(proxy.role ? [] : statements.flatMap(({ actions }) => actions)),
    ...references.map((reference) =>
      reference.includes(':secretsmanager:') ? 'secretsmanager:GetSecretValue' : 'ssm:GetParameter',
    ),
  ];
}

export interface Unreachable {
  server: string;
  /** IAM prefixes without an endpoint. */
  services: string[];
  /** Nothing that it is granted can be reached. */
  all: boolean;
}

/** Servers in a network without internet, and the services that they are granted and cannot reach from there. */
export function unreachableServices(plan: Planned): Unreachable[] {
  if (ownNetwork(plan.settings)?.internet !== 'none') return [];
  return inside(plan).flatMap(({ server, statements, function: { proxy } }) => {
    if (proxy.role) return [];
    const actions = statements.flatMap((statement) => statement.actions);
    const missing = actions.filter((action) => endpointNames(action, plan.settings.region) === undefined);
    if (missing.length === 0) return [];
    const services = [...new Set(missing.map((action) => action.split(':')[0] ?? ''))].sort();
    return [{ server, services, all: missing.length === actions.length }];
  });
}
