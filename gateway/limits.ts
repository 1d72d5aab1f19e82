/**
 * The stack's rate limits on this machine: how often a client may call a target or tool. AWS counts approximately and
 * lets calls through when its counter fails; here it is exact, by fixed windows of the period.
 */
import { CLIENT_KEY, type RateLimitEntry, type RateLimitPlan } from '../plan/rate-limits.ts';
import type { Throttled } from './throttled.ts';

export interface LimitedCall {
  /** Its name in the settings; of an existing issuer its id. */
  client: string;
  /** Target name. */
  target: string;
  /** The server's own name of the tool. */
  tool: string;
}

const ANY = '*';
const MS = { second: 1000, minute: 60_000 } as const;

/** Counts the call, unless it is over a limit; `now` in milliseconds, rising. */
export function createLimiter(
  limits: readonly RateLimitPlan[],
  now: () => number = () => performance.now(),
): (call: LimitedCall) => Throttled | undefined {
  const windows = new Map<string, { start: number; count: number }>();
  return (call) => {
    const values: Record<string, string> = {
      [CLIENT_KEY]: call.client,
      targetName: call.target,
      toolName: call.tool,
    };
    const time = now();
    const counted: { start: number; count: number }[] = [];
    for (const limit of limits) {
      const entry = entryFor(limit, values);
      if (entry === undefined) continue;
      const period = MS[entry.period];
      const key = JSON.stringify([
        limit.key,
        entry.dimensions,
        limit.dimensionKeys.map((one) => values[one]),
      ]);
      const last = windows.get(key);
      const window = last && time - last.start < period ? last : { start: time, count: 0 };
      windows.set(key, window);
      if (window.count + 1 > entry.rate) {
        const retryAfter = Math.max(1, Math.ceil((window.start + period - time) / 1000));
        return { limitKey: limit.key, metric: `calls per ${entry.period}`, retryAfter };
      }
      counted.push(window);
    }
    for (const window of counted) window.count += 1; // a refused call counts nowhere
    return undefined;
  };
}

/** The entry that names most of what is called; `*` stands for each value by itself. */
function entryFor(
  limit: RateLimitPlan,
  values: Readonly<Record<string, string>>,
): RateLimitEntry | undefined {
  const named = (entry: RateLimitEntry) =>
    limit.dimensionKeys.filter((key) => entry.dimensions[key] !== ANY).length;
  return limit.entries
    .filter(({ dimensions }) =>
      limit.dimensionKeys.every((key) => dimensions[key] === ANY || dimensions[key] === values[key]),
    )
    .reduce<RateLimitEntry | undefined>(
      (best, entry) => (best === undefined || named(entry) > named(best) ? entry : best),
      undefined,
    );
}
