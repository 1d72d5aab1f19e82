/**
 * Who may call the gateway: the settings' `auth` block turned into the customJWTAuthorizer of the AgentCore gateway
 * (discovery URL, allowed clients, scopes and audiences), so that both gateways admit the same tokens.
 */
import type { Settings } from '../plan/settings/settings.ts';

/** Everything that is configured is checked; one value of each list must match. */
export interface JwtRule {
  discoveryUrl: string;
  allowedClients?: string[];
  allowedScopes?: string[];
  allowedAudience?: string[];
}

/** The scope a client asks for when the settings name no clients: resource server `<gateway>`, scope `invoke`. */
export function defaultScope(gatewayName: string): string {
  return `${gatewayName}/invoke`;
}

/** Machine clients of the stack's own issuer, with full scope names. */
export function clientsOf(settings: Settings): Record<string, string[]> {
  const own = settings.auth.type === 'cognito' ? settings.auth.clients : undefined;
  if (own === undefined) return { default: [defaultScope(settings.gateway.name)] };
  return Object.fromEntries(
    Object.entries(own).map(([name, client]) => [
      name,
      client.scopes.map((scope) => (scope.includes('/') ? scope : `${settings.gateway.name}/${scope}`)),
    ]),
  );
}

/** The rule for the local issuer: its own clients and the scopes they have. */
export function ownRule(issuer: string, clients: readonly { id: string; scopes: string[] }[]): JwtRule {
  return {
    discoveryUrl: `${issuer}/.well-known/openid-configuration`,
    allowedClients: clients.map((client) => client.id),
    allowedScopes: [...new Set(clients.flatMap((client) => client.scopes))],
  };
}

/** The rule for an existing issuer, as the settings give it. */
export function externalRule(auth: Extract<Settings['auth'], { type: 'issuer' }>): JwtRule {
  return {
    discoveryUrl: auth.discoveryUrl,
    ...(auth.clients && { allowedClients: auth.clients }),
    ...(auth.scopes && { allowedScopes: auth.scopes }),
    ...(auth.audiences && { allowedAudience: auth.audiences }),
  };
}
