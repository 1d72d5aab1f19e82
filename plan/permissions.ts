/**
 * What a server's role may do: exactly the IAM actions its code can call, less what the settings withhold, by service.
 * Never an action with a bare `*`; a resource `*` always with the reason.
 */
import { isReading, serviceOf } from './access.ts';
import { conditionalStatements, keyStatements, passingCondition } from './conditional.ts';
import { matchesGlobs } from './globs.ts';
import type { ActionEntry, ServerEntry } from './manifest.ts';
import { serverSettings } from './server-settings.ts';
import type { Settings } from './settings.ts';
import type { Statement } from './types.ts';

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
      own.resources ?? {},
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
    ...conditionalStatements(entry, own, granted),
    ...keyStatements(entry, own, granted),
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
  narrowed: Readonly<Record<string, readonly string[]>>,
): Statement[] {
  const groups = new Map<string, Omit<Statement, 'sid'>>();
  for (const action of actions) {
    const found = entry.aws?.actions[action];
    const { resources, reason } = resourcesOf(action, found, narrowed);
    const conditions = passingCondition(found);
    const key = `${resources.join(' ')} ${reason} ${JSON.stringify(conditions)}`;
    const group = groups.get(key) ?? { actions: [], resources, ...(conditions && { conditions }), reason };
    group.actions.push(action);
    groups.set(key, group);
  }
  const sid = sidOf(service);
  return [...groups.values()].map((group, index) => ({
    sid: index === 0 ? sid : `${sid}${index + 1}`,
    ...group,
  }));
}

function resourcesOf(
  action: string,
  entry: ActionEntry | undefined,
  narrowed: Readonly<Record<string, readonly string[]>>,
): { resources: string[]; reason: string } {
  const key = Object.hasOwn(narrowed, action) ? action : serviceOf(action);
  const chosen = Object.hasOwn(narrowed, key) ? narrowed[key] : undefined;
  // Without resource types an action is allowed on `*` or not at all (IAM's own rule).
  if ((entry?.resources ?? []).length === 0) {
    return chosen && key === action
      ? { resources: [...chosen].sort(), reason: `servers.settings resources.${key}` }
      : {
          resources: ['*'],
          reason: 'actions that cannot be limited to a resource, or of which that is not known',
        };
  }
  return chosen
    ? { resources: [...chosen].sort(), reason: `servers.settings resources.${key}` }
    : {
        resources: ['*'],
        reason: `the tools take the resource from the caller; servers.settings resources.${key} names which`,
      };
}

/** A statement id may hold letters and digits only. */
function sidOf(service: string): string {
  return service
    .split(/[^a-zA-Z0-9]+/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}
