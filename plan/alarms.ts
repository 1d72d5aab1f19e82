/** Which alarms a stack has: known to the plan, as each costs, and rendered one by one. */
import { gatewayUnits } from './gateways.ts';
import type { Plan } from './types.ts';

export type AlarmPlan =
  /** Of a server's function; `throttles` only where its concurrency is limited. */
  | { kind: 'errors' | 'throttles'; key: string; server: string; functionName: string }
  /** Of a gateway, over all that it reports. */
  | { kind: 'gateway-errors' | 'gateway-throttles'; key: string; unit: string; gateway: string };

export function alarmsOf({ settings, targets }: Pick<Plan, 'settings' | 'targets'>): AlarmPlan[] {
  if (!settings.observe.alarms) return [];
  const functions = targets.flatMap(({ server, function: { name, concurrency } }): AlarmPlan[] => [
    { kind: 'errors', key: server, server, functionName: name },
    ...(concurrency === undefined
      ? []
      : [{ kind: 'throttles' as const, key: `${server}-throttles`, server, functionName: name }]),
  ]);
  const units = settings.gateway.existing ? [] : gatewayUnits(settings, targets);
  const gateways = units.flatMap(({ key, name }): AlarmPlan[] =>
    (['errors', 'throttles'] as const).map((kind) => ({
      kind: `gateway-${kind}`,
      key: `${key}-${kind}`,
      unit: key,
      gateway: name,
    })),
  );
  return [...functions, ...gateways];
}
