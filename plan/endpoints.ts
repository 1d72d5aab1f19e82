/** The AWS endpoints that a private network needs: of the services its servers call, and what every function needs. */

import { serviceOf } from './access.ts';
import { matchesGlobs } from './globs.ts';
import type { Plan, TargetPlan } from './types.ts';

export interface EndpointPlan {
  /** As in com.amazonaws.<region>.<service>. */
  service: string;
  /** Gateway endpoints cost nothing. */
  kind: 'Gateway' | 'Interface';
  /** Servers that call it. */
  servers: string[];
}

/** Where the endpoint has another name than the IAM prefix; null where the service has none. */
const NAMES: Readonly<Record<string, string | null>> = {
  apigateway: 'execute-api',
  'application-autoscaling': 'application-autoscaling',
  bedrock: 'bedrock',
  'bedrock-agentcore': 'bedrock-agentcore',
  cloudwatch: 'monitoring',
  'cognito-idp': 'cognito-idp',
  'cost-optimization-hub': null,
  ce: null,
  budgets: null,
  dynamodb: 'dynamodb',
  ecr: 'ecr.api',
  elasticloadbalancing: 'elasticloadbalancing',
  events: 'events',
  freetier: null,
  iam: null,
  pricing: null,
  route53: null,
  s3: 's3',
  ses: 'email',
  states: 'states',
  support: null,
};
const GATEWAY_KIND = ['s3', 'dynamodb'];
/** Log delivery does not pass the VPC; credentials of roles and of assumed ones do. */
const ALWAYS = ['sts'];

export function isInNetwork({ settings }: Pick<Plan, 'settings'>, { server }: TargetPlan): boolean {
  return settings.network.outbound !== undefined && matchesGlobs(server, settings.network.servers);
}

export function endpointsOf(plan: Pick<Plan, 'settings' | 'targets'>): EndpointPlan[] {
  const inside = plan.targets.filter((target) => isInNetwork(plan, target));
  const callers = new Map<string, Set<string>>(ALWAYS.map((service) => [service, new Set()]));
  for (const {
    server,
    statements,
    function: { proxy },
  } of inside) {
    const references = Object.values(proxy.secrets ?? {});
    const used = [
      ...statements.flatMap(({ actions }) => actions.map(serviceOf)),
      ...references.map((reference) => (reference.includes(':secretsmanager:') ? 'secretsmanager' : 'ssm')),
      ...ALWAYS,
    ];
    for (const prefix of used) {
      const service = Object.hasOwn(NAMES, prefix) ? NAMES[prefix] : prefix;
      if (service) callers.set(service, (callers.get(service) ?? new Set()).add(server));
    }
  }
  return [...callers]
    .map(
      ([service, servers]): EndpointPlan => ({
        service,
        kind: GATEWAY_KIND.includes(service) ? 'Gateway' : 'Interface',
        servers: [...servers].sort(),
      }),
    )
    .sort((a, b) => (a.service < b.service ? -1 : 1));
}

/** Services that servers in the VPC call and that have no endpoint: those calls fail without internet. */
export function unreachableServices(
  plan: Pick<Plan, 'settings' | 'targets'>,
): { service: string; servers: string[] }[] {
  const found = new Map<string, string[]>();
  for (const target of plan.targets.filter((item) => isInNetwork(plan, item))) {
    const prefixes = new Set(target.statements.flatMap(({ actions }) => actions.map(serviceOf)));
    for (const prefix of prefixes) {
      if (NAMES[prefix] === null) found.set(prefix, [...(found.get(prefix) ?? []), target.server]);
    }
  }
  return [...found].map(([service, servers]) => ({ service, servers }));
}
