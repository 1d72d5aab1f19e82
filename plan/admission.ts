/** Which gateways of a stack let a client in. */
import type { Settings } from './settings/settings.ts';

/** Toolsets are gateways of their own, unless the policy makes permits of them. */
export function areToolsetsGateways(settings: Settings): boolean {
  return settings.policy?.toolsets !== 'permits';
}

/** The toolsets that a client of Cognito is limited to; undefined: none. */
export function toolsetsOfClient(settings: Settings, client: string): readonly string[] | undefined {
  return settings.auth.type === 'cognito' ? settings.auth.clients?.[client]?.toolsets : undefined;
}

/** Is the client admitted to a toolset's gateway? To a stack's only gateway or its shards each is. */
export function isAdmitted(settings: Settings, client: string, gatewayKey: string): boolean {
  const own = areToolsetsGateways(settings) ? toolsetsOfClient(settings, client) : undefined;
  return own === undefined || own.includes(gatewayKey);
}

/** Every client by its name, that of people too; undefined when an issuer admits whom it will. */
export function clientNames({ auth }: Settings): string[] | undefined {
  if (auth.type === 'issuer') return auth.clients;
  return [...Object.keys(auth.clients ?? { default: {} }), ...(auth.people ? ['people'] : [])];
}
