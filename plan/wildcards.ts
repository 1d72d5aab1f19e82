/**
 * Why a statement names every resource. Its id says it, by its end, so that the reason stands in the policy on AWS too;
 * the house rules (offline/policy.ts) refuse a statement whose id gives none.
 */

/** Of what the servers call: the id is the service's name, and one of these. */
export const SERVER_REASONS = {
  ByCaller: 'the tools take the resource from the caller',
  Unscoped: 'actions that cannot be limited to a resource, or of which that is not known',
} as const;

/** Of what the settings grant, and of what running takes. */
const WHOLE_REASONS: Readonly<Record<string, string>> = {
  Settings: 'the statements of servers.settings or servers.defaults say so',
  Conditional: 'granted by servers.settings.conditional; resources narrows it',
  JoinNetwork: 'network interfaces that do not exist yet have no name',
  WriteTraces: 'X-Ray has no resources',
  // In a key's or an endpoint's own policy `*` is that key, and what is reached through that endpoint.
  Account: 'the key itself; IAM decides who of the account manages it',
  AlarmsPublish: 'the key itself, for the stack’s alarms',
  TrailEncrypts: 'the key itself, for the stack’s trail',
  LogsEncrypt: 'the key itself, for the audit’s log group',
  OwnPrincipals:
    'the endpoint: only actions that are granted, and principals of this account; each role says on what',
};

/** Undefined where the id gives none. A number at its end tells apart what says the same. */
export function wildcardReason(sid: string): string | undefined {
  const stem = sid.replace(/\d+$/, '');
  const ofServer = Object.entries(SERVER_REASONS).find(([end]) => stem !== end && stem.endsWith(end));
  return ofServer?.[1] ?? (Object.hasOwn(WHOLE_REASONS, stem) ? WHOLE_REASONS[stem] : undefined);
}
