/**
 * Permissions that hold only under a condition of IAM's: roles handed to named services, keys used through named services,
 * and the actions that AWS asks for in some accounts only, which the settings grant.
 */
import { isReading, serviceOf } from './access.ts';
import { matchesGlobs } from './globs.ts';
import type { ActionEntry, ServerEntry } from './manifest.ts';
import { dnsSuffixOf, principalsOf } from './partition.ts';
import type { EffectiveSettings } from './settings/of-server.ts';
import type { Statement } from './types.ts';

type Conditions = NonNullable<Statement['conditions']>;

/** A role may be handed to the services that the server's calls hand one to, and to no other. */
export function passingCondition(entry: ActionEntry | undefined, region: string): Conditions | undefined {
  if (!entry?.passedTo) return undefined;
  const services = entry.passedTo.flatMap((service) => principalsOf(service, region));
  return { StringEquals: { 'iam:PassedToService': services } };
}

/** Conditional actions that the settings grant, in the manifest's order. */
export function chosenConditional(entry: ServerEntry, own: EffectiveSettings): string[] {
  const globs = lower(own.conditional);
  return Object.entries(entry.aws?.conditional ?? {})
    .filter(([action]) => matchesGlobs(action.toLowerCase(), globs))
    .filter(([action, { access }]) => !own.readOnly || isReading(access) || READING_KEYS.has(action))
    .map(([action]) => action)
    .filter((action) => !matchesGlobs(action.toLowerCase(), lower(own.withhold)));
}

/** Narrow by what is known of them, and by the settings. */
export function conditionalStatements(
  entry: ServerEntry,
  own: EffectiveSettings,
  granted: readonly string[],
  region: string,
): Statement[] {
  const pieces = chosenConditional(entry, own).map((action) => ({
    action,
    resources: [...(own.resources?.[action] ?? own.resources?.[serviceOf(action)] ?? ['*'])].sort(),
    ...conditionsOf(action, entry.aws?.conditional?.[action]?.from ?? [], { granted, region }),
  }));
  const groups = Map.groupBy(pieces, ({ resources, conditions }) => JSON.stringify([resources, conditions]));
  return [...groups.values()].map((group, index) => {
    const [{ action: _, ...first } = { resources: [] }] = group;
    return {
      sid: `Conditional${index + 1}`,
      actions: group.map(({ action }) => action),
      ...first,
      reason: `servers.settings.${entry.id}.conditional or servers.defaults.conditional`,
    };
  });
}

function conditionsOf(
  action: string,
  from: readonly string[],
  { granted, region }: { granted: readonly string[]; region: string },
): { conditions?: Conditions } {
  if (action.startsWith('kms:')) return { conditions: through(granted, region) };
  if (action !== 'iam:CreateServiceLinkedRole') return {};
  // Some roles are of a part of a service: `pullthroughcache.ecr`.
  const services = new Set(from.map((origin) => serviceOf(origin.replace(/^depends:/, ''))));
  const names = [...services].sort().flatMap((service) => principalsOf(`*${service}.amazonaws.com`, region));
  return { conditions: { StringLike: { 'iam:AWSServiceName': names } } };
}

/** IAM calls them writing; what they do is make stored data readable. */
const READING_KEYS: ReadonlySet<string> = new Set(['kms:Decrypt', 'kms:DescribeKey']);

/** Data under keys of the user's own: the named keys, through the services that the server calls, and not directly. */
export function keyStatements(
  entry: ServerEntry,
  own: EffectiveSettings,
  granted: readonly string[],
  region: string,
): Statement[] {
  if (!own.keys || granted.length === 0) return [];
  const writes = granted.some((action) => !isReading(entry.aws?.actions[action]?.access ?? 'Unknown'));
  const asked = Object.keys(entry.aws?.conditional ?? {}).filter((action) => action.startsWith('kms:'));
  const actions = ['kms:Decrypt', ...(writes ? ['kms:GenerateDataKey'] : []), ...asked]
    .filter((action) => !own.readOnly || READING_KEYS.has(action))
    .filter((action) => !matchesGlobs(action.toLowerCase(), lower(own.withhold)));
  if (actions.length === 0) return [];
  return [
    {
      sid: 'Keys',
      actions: [...new Set(actions)].sort(),
      resources: [...own.keys].sort(),
      conditions: through(granted, region),
      reason: `servers.settings.${entry.id}.keys or servers.defaults.keys`,
    },
  ];
}

function through(granted: readonly string[], region: string): Conditions {
  const hosts = [...new Set(granted.map(serviceOf))].sort().map((name) => `${name}.*.${dnsSuffixOf(region)}`);
  return { StringLike: { 'kms:ViaService': hosts } };
}

function lower(globs: readonly string[] = []): string[] {
  return globs.map((glob) => glob.toLowerCase());
}
