/** What may pass an endpoint. Pure. */
import { endpointNames } from '../plan/network/endpoint-names.ts';
import type { EndpointPlan } from '../plan/network/endpoints.ts';
import { isInOwnNetwork } from '../plan/network/network.ts';
import type { Plan } from '../plan/types.ts';

/** Services of which it is known that they take a policy; others refuse the endpoint with one. */
const TAKE_POLICIES = ['s3', 'dynamodb', 'sts'];
const ALWAYS = ['sts:GetCallerIdentity'];

/**
 * Only this account's principals, and only what the servers inside are granted: credentials from elsewhere carry nothing
 * out through it. None where a server acts in another account, as nobody here knows what it may do there.
 */
export function endpointPolicy(
  account: string,
  { settings, targets }: Pick<Plan, 'settings' | 'targets'>,
  { service }: EndpointPlan,
): string | undefined {
  const inside = targets.filter(({ server }) => isInOwnNetwork(settings, server));
  const acts = inside.some((target) => target.function.proxy.role !== undefined);
  if (!TAKE_POLICIES.includes(service) || acts) return undefined;
  const granted = inside.flatMap(({ statements }) => statements.flatMap(({ actions }) => actions));
  const passing = [...ALWAYS, ...granted].filter((action) =>
    endpointNames(action, settings.region)?.some((name) => name.service === service),
  );
  if (passing.length === 0) return undefined;
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'OwnPrincipals',
        Effect: 'Allow',
        Principal: '*',
        Action: [...new Set(passing)].sort(),
        Resource: '*',
        Condition: { StringEquals: { 'aws:PrincipalAccount': account } },
      },
    ],
  });
}
