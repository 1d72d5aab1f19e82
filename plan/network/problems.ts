/** What the network settings leave out of reach: problems where a server would be of no use, notes where some of it is. */
import { cheaperByNat } from '../cost/network.ts';
import { PRICES } from '../cost/prices.ts';
import { matchesGlobs } from '../globs.ts';
import type { Settings } from '../settings/settings.ts';
import type { Note, Plan, Problem, TargetPlan } from '../types.ts';
import { unreachableServices } from './endpoints.ts';
import { type NetworkNeed, networkNeed } from './needs.ts';
import { ownNetwork, placeOf } from './network.ts';

type Planned = Pick<Plan, 'settings' | 'targets'>;

export function networkProblems(plan: Planned): Problem[] {
  const { settings, targets } = plan;
  return [
    ...wayInProblems(settings),
    ...zoneProblems(settings),
    ...uselessGlobs(plan),
    ...targets.flatMap((target) => needProblems(settings, target)),
    ...unreachableServices(plan)
      .filter(({ all }) => all)
      .map(({ server, services }) =>
        outOfReach(settings, server, `nothing that it is granted can be reached (${services.join(', ')})`),
      ),
  ];
}

export function networkNotes(plan: Planned): Note[] {
  const byNat = cheaperByNat(plan);
  return [
    ...(byNat ? [{ at: 'network.outbound', message: byNat }] : []),
    ...unreachableServices(plan)
      .filter(({ all }) => !all)
      .map(({ server, services }) => ({
        at: server,
        message: `cannot reach ${services.join(', ')} from the stack's network: no endpoint is known for ${services.length === 1 ? 'it' : 'them'} in ${plan.settings.region}`,
      })),
    ...plan.targets.flatMap((target) => needNotes(plan.settings, target)),
  ];
}

function wayInProblems({ network, waf, gateway, observe }: Settings): Problem[] {
  const theirs = (at: string): Problem => ({
    at,
    message: 'an existing gateway is not ours to guard: nothing of its own is touched',
    hint: `take out ${at}, or gateway.existing`,
    kind: 'invalid',
  });
  return [
    ...(network.inbound === 'vpc' && !(network.outbound && 'zones' in network.outbound)
      ? [
          {
            at: 'network.inbound',
            message: 'the stack makes no VPC in which the gateway’s endpoint could lie',
            hint: 'give network.outbound.zones, or name a VPC of yours: network.inbound: {vpc, subnets, from}',
            kind: 'invalid' as const,
          },
        ]
      : []),
    ...(gateway.existing && network.inbound !== 'public' ? [theirs('network.inbound')] : []),
    ...(gateway.existing && waf ? [theirs('waf')] : []),
    ...(gateway.existing && observe.subject ? [theirs('observe.subject')] : []),
  ];
}

function zoneProblems(settings: Settings): Problem[] {
  const zones = ownNetwork(settings)?.zones ?? [];
  const strange = zones.filter((zone) => zone.slice(0, -1) !== settings.region);
  const twice = zones.filter((zone, index) => zones.indexOf(zone) !== index);
  return [...new Set([...strange, ...twice])].map((zone) => ({
    at: 'network.outbound.zones',
    message: strange.includes(zone)
      ? `${zone} is no zone of ${settings.region}`
      : `${zone} stands there twice`,
    hint: `zones of ${settings.region}: ${settings.region}a, ${settings.region}b, …`,
    kind: 'invalid',
  }));
}

function uselessGlobs({ settings, targets }: Planned): Problem[] {
  if (!settings.network.outbound) return [];
  return settings.network.servers
    .filter((glob) => glob !== '*' && !targets.some(({ server }) => matchesGlobs(server, [glob])))
    .map((glob) => ({
      at: `network.servers: ${glob}`,
      message: 'no server of the stack is meant',
      hint: 'its globs choose among the servers that servers.include chose',
      kind: 'invalid',
    }));
}

function needOf({ entry, function: { proxy } }: TargetPlan): NetworkNeed | undefined {
  const internet = (what: string): NetworkNeed => ({ kind: 'internet', what, partly: false });
  // Endpoints are of the network's own region.
  if (proxy.region !== undefined) return internet(`its AWS calls go to ${proxy.region}`);
  return entry.hosting?.network === undefined ? undefined : networkNeed(entry.hosting.network);
}

function isCutOff(settings: Settings, server: string): boolean {
  return ownNetwork(settings)?.internet === 'none' && placeOf(settings, server).kind === 'stack';
}

function needProblems(settings: Settings, target: TargetPlan): Problem[] {
  const need = needOf(target);
  if (need?.kind !== 'internet' || need.partly || !isCutOff(settings, target.server)) return [];
  const { extraEndpoints = [] } = ownNetwork(settings) ?? {};
  if (need.endpoint !== undefined && extraEndpoints.includes(need.endpoint)) return [];
  return [outOfReach(settings, target.server, `it needs the internet (${need.what})`)];
}

function outOfReach(settings: Settings, server: string, why: string): Problem {
  const nat = PRICES.network.natGateway * Math.max(1, ownNetwork(settings)?.zones.length ?? 1);
  return {
    at: server,
    message: `it lies in a network without internet, and ${why}`,
    hint: `leave it out of the network: servers.settings.${server}.network: none (free); or network.outbound.internet: one-nat ($${PRICES.network.natGateway} a month; nat-per-zone $${nat})`,
    kind: 'invalid',
  };
}

function needNotes(settings: Settings, target: TargetPlan): Note[] {
  const need = needOf(target);
  const { server } = target;
  const place = placeOf(settings, server).kind;
  const note = (message: string): Note[] => [{ at: server, message }];
  if (need?.kind === 'internet' && need.partly && isCutOff(settings, server)) {
    return note(
      `part of its tools need the internet (${need.what}), which the stack's network does not have`,
    );
  }
  const isMade = place === 'stack' && ownNetwork(settings) !== undefined;
  if (need?.kind === 'vpc' && (place === 'none' || isMade)) {
    return note(
      `reaches ${need.what} only from its VPC: give its subnets and security groups as servers.settings.${server}.network`,
    );
  }
  if (need?.kind === 'endpoint' && isCutOff(settings, server)) {
    return note(
      `reaches ${need.what} from the stack's network only through its endpoint: name it in network.outbound.extraEndpoints`,
    );
  }
  return [];
}
