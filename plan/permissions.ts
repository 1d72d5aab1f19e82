/**
 * What a server's role may do: exactly the IAM actions its code can call, less what the settings withhold, by service.
 * Never an action with a bare `*`; a resource `*` always with the reason (plan/wildcards.ts).
 */
import { isReading, serviceOf } from './access.ts';
import { conditionalStatements, keyStatements, passingCondition } from './conditional.ts';
import { matchesGlobs } from './globs.ts';
import type { ActionEntry, ServerEntry } from './manifest.ts';
import { serverSettings } from './settings/of-server.ts';
import type { Settings } from './settings/settings.ts';
import type { Statement } from './types.ts';
import { SERVER_REASONS } from './wildcards.ts';

/** `tools`: own names of the tools that the gateway offers; default all of the server. */
export function statementsFor(
  entry: ServerEntry,
  settings: Settings,
  tools: readonly string[] = Object.keys(entry.tools ?? {}),
): Statement[] {
  const own = serverSettings(settings, entry.id);
  const granted = grantedActions(entry, settings, tools);
  const services = [...new Set(granted.map(serviceOf))].sort();
  const derived = services.flatMap((service) =>
    serviceStatements(
      entry,
      service,
      granted.filter((action) => serviceOf(action) === service),
      { narrowed: own.resources ?? {}, region: settings.region },
    ),
  );
  const extra = (own.statements ?? []).map((statement, index) => ({
    sid: `Settings${index + 1}`,
    actions: [...statement.actions].sort(),
    resources: [...statement.resources].sort(),
    ...(statement.conditions ? { conditions: statement.conditions } : {}),
    reason: `servers.settings.${entry.id}.statements or servers.defaults.statements`,
  }));
  return [
    ...derived,
    ...conditionalStatements(entry, own, granted, settings.region),
    ...keyStatements(entry, own, granted, settings.region),
    ...extra,
  ];
}

/** The manifest's actions that are granted: not withheld, reading ones only when read-only, and none that only tools left out reach. */
export function grantedActions(entry: ServerEntry, settings: Settings, tools: readonly string[]): string[] {
  const own = serverSettings(settings, entry.id);
  const withheld = (own.withhold ?? []).map((glob) => glob.toLowerCase());
  return Object.entries(entry.aws?.actions ?? {})
    .filter(([, { access }]) => !own.readOnly || isReading(access))
    .map(([action]) => action)
    .filter((action) => !matchesGlobs(action.toLowerCase(), withheld))
    .filter((action) => isReached(action, entry, tools))
    .sort();
}

/** False only when every tool's reach is known and no offered tool reaches it, but another does. */
function isReached(action: string, entry: ServerEntry, offered: readonly string[]): boolean {
  const all = Object.values(entry.tools ?? {});
  if (!all.some((tool) => tool.actions?.includes(action))) return true;
  return offered.some((name) => {
    const tool = entry.tools?.[name];
    return tool !== undefined && (tool.actions === undefined || tool.actions.includes(action));
  });
}

function serviceStatements(
  entry: ServerEntry,
  service: string,
  actions: string[],
  { narrowed, region }: { narrowed: Readonly<Record<string, readonly string[]>>; region: string },
): Statement[] {
  const groups = new Map<string, Statement>();
  for (const action of actions) {
    const found = entry.aws?.actions[action];
    const { resources, reason, because = '' } = resourcesOf(action, found, narrowed);
    const conditions = passingCondition(found, region);
    const key = `${resources.join(' ')} ${reason} ${JSON.stringify(conditions)}`;
    const sid = `${sidOf(service)}${because}${groups.size === 0 ? '' : groups.size + 1}`;
    const group = groups.get(key) ?? {
      sid,
      actions: [],
      resources,
      ...(conditions && { conditions }),
      reason,
    };
    group.actions.push(action);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** `because`: of every resource, the end of the statement's id. */
function resourcesOf(
  action: string,
  entry: ActionEntry | undefined,
  narrowed: Readonly<Record<string, readonly string[]>>,
): { resources: string[]; reason: string; because?: keyof typeof SERVER_REASONS } {
  const key = Object.hasOwn(narrowed, action) ? action : serviceOf(action);
  const chosen = Object.hasOwn(narrowed, key) ? narrowed[key] : undefined;
  // Without resource types an action is allowed on `*` or not at all (IAM's own rule).
  if ((entry?.resources ?? []).length === 0) {
    return chosen && key === action
      ? { resources: [...chosen].sort(), reason: `servers.settings resources.${key}` }
      : { resources: ['*'], reason: SERVER_REASONS.Unscoped, because: 'Unscoped' };
  }
  return chosen
    ? { resources: [...chosen].sort(), reason: `servers.settings resources.${key}` }
    : {
        resources: ['*'],
        reason: `${SERVER_REASONS.ByCaller}; servers.settings resources.${key} names which`,
        because: 'ByCaller',
      };
}

/** A statement id may hold letters and digits only. */
function sidOf(service: string): string {
  return service
    .split(/[^a-zA-Z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}
