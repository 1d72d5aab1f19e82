/**
 * The gateway's rate limits from one block of settings: how often a client may call a target or tool. The service
 * takes one limit a set of keys, with an entry for each combination of values. Approximate, and open when it fails:
 * reserved concurrency stays the hard edge.
 */
import type { Settings } from './settings/settings.ts';
import type { Problem, TargetPlan } from './types.ts';

export const CLIENT_KEY = '$.context.jwt.client_id';
/** In this order: a wildcard may stand only behind what is given. */
const KEYS = [
  [CLIENT_KEY, 'client'],
  ['targetName', 'target'],
  ['toolName', 'tool'],
] as const;

export interface RateLimitPlan {
  /** Stable logical name. */
  key: string;
  dimensionKeys: string[];
  entries: RateLimitEntry[];
}

export interface RateLimitEntry {
  /** By dimension key; the client by its name in the settings. */
  dimensions: Record<string, string>;
  rate: number;
  period: 'second' | 'minute';
}

export function rateLimitsOf(settings: Settings, targets: readonly TargetPlan[]): RateLimitPlan[] {
  const names = new Map(targets.map(({ server, name }) => [server, name]));
  const limits = new Map<string, RateLimitPlan>();
  for (const { rate, per, ...limited } of settings.rateLimits) {
    const used = KEYS.filter(([, name]) => limited[name] !== undefined);
    const key = used.map(([, name]) => name).join('-');
    const limit = limits.get(key) ?? {
      key,
      dimensionKeys: used.map(([dimension]) => dimension),
      entries: [],
    };
    const dimensions = used.map(([dimension, name]): [string, string] => {
      const value = limited[name] ?? '*';
      return [dimension, name === 'target' ? (names.get(value) ?? value) : value];
    });
    limit.entries.push({ dimensions: Object.fromEntries(dimensions), rate, period: per });
    limits.set(key, limit);
  }
  return [...limits.values()];
}

export function rateLimitProblems(settings: Settings, targets: readonly TargetPlan[]): Problem[] {
  const clients =
    settings.auth.type === 'cognito' ? Object.keys(settings.auth.clients ?? { default: {} }) : undefined;
  return settings.rateLimits.flatMap((limit, index): Problem[] => {
    const at = `rateLimits[${index}]`;
    const problem = (message: string, hint: string): Problem[] => [{ at, message, hint, kind: 'invalid' }];
    if (limit.client !== undefined && limit.client !== '*' && clients && !clients.includes(limit.client)) {
      return problem(`there is no client ${limit.client}`, `clients: ${clients.join(', ')}`);
    }
    if (
      limit.target !== undefined &&
      limit.target !== '*' &&
      !targets.some(({ server }) => server === limit.target)
    ) {
      return problem(`the stack has no server ${limit.target}`, 'name a server by its id');
    }
    const tools = targets.find(({ server }) => server === limit.target)?.tools;
    if (
      limit.tool !== undefined &&
      limit.tool !== '*' &&
      tools &&
      !tools.some(({ name }) => name === limit.tool)
    ) {
      return problem(
        `${limit.target} offers no tool ${limit.tool}`,
        `\`mcpgw servers ${limit.target}\` lists its tools`,
      );
    }
    return [];
  });
}
