/** What holds for one server: its own settings over those of `servers.defaults`, and the stack's read-only rule. */
import type { ServerSettings, Settings } from './settings.ts';

export type EffectiveSettings = ServerSettings & { readOnly: boolean };

export function serverSettings(settings: Settings, id: string): EffectiveSettings {
  const { defaults } = settings.servers;
  const own = Object.hasOwn(settings.servers.settings, id) ? (settings.servers.settings[id] ?? {}) : {};
  return {
    ...defaults,
    ...own,
    ...(defaults.environment || own.environment
      ? { environment: { ...defaults.environment, ...own.environment } }
      : {}),
    ...(defaults.resources || own.resources
      ? { resources: { ...defaults.resources, ...own.resources } }
      : {}),
    ...(defaults.statements || own.statements
      ? { statements: [...(defaults.statements ?? []), ...(own.statements ?? [])] }
      : {}),
    ...(defaults.withhold || own.withhold
      ? { withhold: [...(defaults.withhold ?? []), ...(own.withhold ?? [])] }
      : {}),
    ...(defaults.conditional || own.conditional
      ? { conditional: [...(defaults.conditional ?? []), ...(own.conditional ?? [])] }
      : {}),
    readOnly: own.readOnly ?? defaults.readOnly ?? settings.readOnly,
  };
}
