/** What the auth settings say about clients and scopes. Pure. */
import { partitionOf } from '../plan/partition.ts';
import type { Settings } from '../plan/settings/settings.ts';

/** Scopes are written short in the settings (`invoke`) and full in tokens (`<gateway>/invoke`). */
export function fullScope(settings: Settings, scope: string): string {
  return scope.includes('/') ? scope : `${settings.gateway.name}/${scope}`;
}

/** Full scopes by client; one client named `default` when the settings name none. */
export function clientsOf(settings: Settings): Record<string, string[]> {
  const clients = settings.auth.type === 'cognito' ? settings.auth.clients : undefined;
  const named = Object.entries(clients ?? { default: { scopes: ['invoke'] } });
  return Object.fromEntries(
    named.map(([name, { scopes }]) => [name, scopes.map((scope) => fullScope(settings, scope))]),
  );
}

/** Every scope that some client may ask for, sorted. */
export function scopesOf(settings: Settings): string[] {
  const people = peopleOf(settings)?.scopes ?? [];
  return [...new Set([...Object.values(clientsOf(settings)).flat(), ...people])].sort();
}

export type PeopleSettings = NonNullable<Extract<Settings['auth'], { type: 'cognito' }>['people']>;

/** Settings of the public client, its scopes full. */
export function peopleOf(settings: Settings): PeopleSettings | undefined {
  const people = settings.auth.type === 'cognito' ? settings.auth.people : undefined;
  return people && { ...people, scopes: people.scopes.map((scope) => fullScope(settings, scope)) };
}

/** Unique in a region by the account; Cognito refuses domains with these words in them. */
export function domainPrefix(settings: Settings, account: string): string {
  const given = settings.auth.type === 'cognito' ? settings.auth.domainPrefix : undefined;
  if (given) return given;
  const name = settings.gateway.name
    .replace(/aws|amazon|cognito/g, '')
    .replace(/-+/g, '-')
    .replace(/^-|-$/g, '');
  return `${name || 'gateway'}-${account}`;
}

/**
 * Host of a pool's domain. GovCloud has FIPS endpoints only (AWS GovCloud user guide, Amazon Cognito). China's: as public
 * code writes it; whether there are user pools, AWS's page about Cognito in China denies.
 */
export function domainHost(region: string): string {
  const partition = partitionOf(region);
  const auth = partition === 'aws-us-gov' ? 'auth-fips' : 'auth';
  return `${auth}.${region}.amazoncognito.com${partition === 'aws-cn' ? '.cn' : ''}`;
}
