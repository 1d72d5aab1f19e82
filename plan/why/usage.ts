/**
 * `mcpgw why --from-log`: what the servers were seen to do on AWS, held against what the plan grants them: granted and
 * never used, used and not granted, each with the settings line that mends it. Pure.
 */
import { matchesGlobs } from '../globs.ts';
import type { Plan } from '../types.ts';
import { type WhyGrant, why } from './why.ts';

/** AWS calls of one line of the log. */
export interface LoggedCalls {
  server: string;
  /** Absent for what a server did between two calls. */
  tool?: string;
  calls: readonly { action: string; error?: string | undefined }[];
  /** Calls that the line counts and does not name. */
  more: number;
}

/** IAM actions behind a call as botocore names it (`S3:ListBuckets`); undefined when no table has it. */
export type ActionsOf = (call: string) => readonly string[] | undefined;

export interface ServerUsage {
  server: string;
  /** Tool calls in the log. */
  calls: number;
  /** AWS calls that lines counted without naming them: what looks unused may be among them. */
  unnamed: number;
  used: { action: string; times: number }[];
  unused: { action: string; access: WhyGrant['access']; tools: string[] }[];
  /** Granted, and seen by nobody's log: no call of its own asks for it. */
  unseen: string[];
  ungranted: { action: string; times: number; refused: number; tools: string[] }[];
  /** Calls that no table translates. */
  unknown: { call: string; times: number }[];
  /** Lines of the stack file. */
  withhold?: string;
  grant?: string;
}

export interface Usage {
  servers: ServerUsage[];
  /** In the plan with grants, and with no line in the log: nothing is said about their actions. */
  silent: string[];
  /** In the log and not in the plan. */
  foreign: string[];
}

/** Checked by AWS for the caller of another action; never a call of its own. */
const NO_CALL = new Set(['iam:PassRole']);
const REFUSED = /Denied|Unauthorized|NotAuthorized|Forbidden|AuthorizationError/;

/** `servers`: only these, by id; all by default. */
export function usageOf(
  plan: Plan,
  log: Iterable<LoggedCalls>,
  actionsOf: ActionsOf,
  servers?: readonly string[],
): Usage {
  const tallies = new Map<string, Tally>();
  for (const line of log) {
    if (servers !== undefined && !servers.includes(line.server)) continue;
    const tally = tallies.get(line.server) ?? new Tally();
    tallies.set(line.server, tally);
    tally.add(line, actionsOf);
  }
  const planned = plan.targets
    .map(({ server }) => server)
    .filter((server) => servers?.includes(server) ?? true)
    .sort();
  const granted = (server: string) => why(plan, server).grants.filter((grant) => grant.granted);
  return {
    servers: planned.flatMap((server) => {
      const tally = tallies.get(server);
      return tally === undefined ? [] : [tally.against(server, granted(server))];
    }),
    silent: planned.filter((server) => !tallies.has(server) && granted(server).length > 0),
    foreign: [...tallies.keys()].filter((server) => !planned.includes(server)).sort(),
  };
}

interface Seen {
  times: number;
  refused: number;
  tools: Set<string>;
}

class Tally {
  #calls = 0;
  #unnamed = 0;
  readonly #seen = new Map<string, Seen>();
  readonly #unknown = new Map<string, number>();

  add({ tool, calls, more }: LoggedCalls, actionsOf: ActionsOf): void {
    if (tool !== undefined) this.#calls += 1;
    this.#unnamed += more;
    for (const { action: call, error } of calls) {
      const actions = actionsOf(call);
      if (actions === undefined) this.#unknown.set(call, (this.#unknown.get(call) ?? 0) + 1);
      for (const action of actions ?? []) {
        const seen = this.#seen.get(action) ?? { times: 0, refused: 0, tools: new Set() };
        this.#seen.set(action, seen);
        seen.times += 1;
        if (error !== undefined && REFUSED.test(error)) seen.refused += 1;
        if (tool !== undefined) seen.tools.add(tool);
      }
    }
  }

  against(server: string, grants: readonly WhyGrant[]): ServerUsage {
    const seen = [...this.#seen].sort(([a], [b]) => (a < b ? -1 : 1));
    const isUsed = (glob: string) => seen.some(([action]) => covers(glob, action));
    const isSeenThrough = ({ from }: WhyGrant) =>
      from.some((where) => where.startsWith('depends:') && isUsed(where.slice('depends:'.length)));
    const idle = grants.filter((grant) => !isUsed(grant.action) && !isSeenThrough(grant));
    const unseen = idle.filter(({ action, from }) => NO_CALL.has(action) || from.every(isDependency));
    const unused = idle.filter((grant) => !unseen.includes(grant));
    const ungranted = seen.filter(([action]) => !grants.some((grant) => covers(grant.action, action)));
    const withhold = unused.map(({ action }) => action).join(', ');
    const missing = ungranted.map(([action]) => `'${action}'`).join(', ');
    const own = `mcpgw:servers.settings.${server}`;
    return {
      server,
      calls: this.#calls,
      unnamed: this.#unnamed,
      used: seen.map(([action, { times }]) => ({ action, times })),
      unused: unused.map(({ action, access, tools }) => ({ action, access, tools })),
      unseen: unseen.map(({ action }) => action),
      ungranted: ungranted.map(([action, { times, refused, tools }]) => ({
        action,
        times,
        refused,
        tools: [...tools].sort(),
      })),
      unknown: [...this.#unknown].sort().map(([call, times]) => ({ call, times })),
      ...(withhold === '' ? {} : { withhold: `${own}.withhold: [${withhold}]` }),
      ...(missing === '' ? {} : { grant: `${own}.statements: [{actions: [${missing}], resources: ['*']}]` }),
    };
  }
}

function isDependency(where: string): boolean {
  return where.startsWith('depends:');
}

/** IAM's actions have no case, and settings may grant them by globs. */
function covers(glob: string, action: string): boolean {
  return matchesGlobs(action.toLowerCase(), [glob.toLowerCase()]);
}
