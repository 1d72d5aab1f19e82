/** Where each function lies: outside any VPC, in the stack's, or in one of its own choosing. */
import { matchesGlobs } from '../globs.ts';
import { serverSettings } from '../settings/of-server.ts';
import type { Settings } from '../settings/settings.ts';

export type Outbound = NonNullable<Settings['network']['outbound']>;
/** The network that is made for the stack. */
export type OwnNetwork = Extract<Outbound, { zones: string[] }>;
export type Place =
  | { kind: 'none' }
  /** In the stack's network: made, or named by `network.outbound`. */
  | { kind: 'stack' }
  | { kind: 'chosen'; subnets: string[]; securityGroups: string[] };

export function placeOf(settings: Settings, server: string): Place {
  const { network } = serverSettings(settings, server);
  if (network === 'none') return { kind: 'none' };
  if (network) return { kind: 'chosen', ...network };
  const { outbound, servers } = settings.network;
  return outbound && matchesGlobs(server, servers) ? { kind: 'stack' } : { kind: 'none' };
}

/** The network that the stack makes, if it makes one. */
export function ownNetwork(settings: Settings): OwnNetwork | undefined {
  const { outbound } = settings.network;
  return outbound && 'zones' in outbound ? outbound : undefined;
}

/** Servers whose function lies in the network that the stack makes. */
export function isInOwnNetwork(settings: Settings, server: string): boolean {
  return ownNetwork(settings) !== undefined && placeOf(settings, server).kind === 'stack';
}

/** Zones with a NAT gateway. */
export function natZones({ internet, zones }: OwnNetwork): string[] {
  if (internet === 'none') return [];
  return internet === 'one-nat' ? zones.slice(0, 1) : zones;
}
