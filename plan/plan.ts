/**
 * Manifest and settings to deployment plan: pure, complete, and with every problem at once. What it decides is
 * rendered as it is by `infra` (to AWS) and by `gateway` (to this machine).
 */
import { costProblems } from './cost/cost.ts';
import { deprecationOf } from './deprecation.ts';
import { McpgwError } from './errors.ts';
import { gatewayProblems, gatewayUnits } from './gateways.ts';
import type { Manifest } from './manifest.ts';
import { fullToolName } from './names.ts';
import { networkNotes, networkProblems } from './network/problems.ts';
import { policyProblems } from './policy/problems.ts';
import { rateLimitProblems } from './rate-limits.ts';
import { remoteTargets } from './remotes.ts';
import { gatewayRoleName } from './resource-names.ts';
import { selectServers } from './select.ts';
import type { Settings } from './settings/settings.ts';
import { planTarget } from './target/target.ts';
import type { Note, Plan, Problem, TargetPlan } from './types.ts';

/** `placed`: the gateway, by its number, that each target lay in at the stack's last update, by target name. */
export function createPlan(
  manifest: Manifest,
  settings: Settings,
  placed: Readonly<Record<string, number>> = {},
): Plan {
  const { chosen, skipped, problems } = selectServers(manifest, settings);
  const targets: TargetPlan[] = [];
  for (const entry of chosen) {
    const planned = planTarget(entry, settings);
    problems.push(...planned.problems);
    if (planned.target) targets.push(placeAt(planned.target, placed));
    if (planned.skipped !== undefined) skipped.push({ server: entry.id, reason: planned.skipped });
  }
  const { remotes, problems: remoteProblems } = remoteTargets(manifest, settings);
  const passedOn = new Set(remotes.map(({ server }) => server));
  problems.push(
    ...remoteProblems,
    ...collisions(targets),
    ...gatewayProblems(settings, targets),
    ...overBudget(targets, settings),
    ...searchProblems(settings),
    ...networkProblems({ settings, targets }),
    ...costProblems({ settings, targets }),
    ...rateLimitProblems(settings, targets),
    ...policyProblems(settings, targets),
  );
  return {
    stack: settings.stack,
    region: settings.region,
    settings,
    gateway: {
      name: settings.gateway.name,
      ...(settings.gateway.description === undefined ? {} : { description: settings.gateway.description }),
      roleName: gatewayRoleName(settings, settings.gateway.name),
    },
    targets,
    ...(remotes.length > 0 ? { remotes } : {}),
    skipped: skipped
      .filter(({ server }) => !passedOn.has(server))
      .sort((a, b) => (a.server < b.server ? -1 : 1)),
    problems,
    notes: [
      ...targets.flatMap((target) => notesOf(target, manifest)),
      ...networkNotes({ settings, targets }),
    ],
    totals: totalsOf(targets),
  };
}

function placeAt(target: TargetPlan, placed: Readonly<Record<string, number>>): TargetPlan {
  const shard = Object.hasOwn(placed, target.name) ? placed[target.name] : undefined;
  return shard === undefined ? target : { ...target, shard };
}

/** Throws plan-problems (exit 2), or plan-refused (exit 7) when only rules and budgets say no; all problems listed. */
export function requireSound(plan: Plan): void {
  if (plan.problems.length === 0) return;
  const invalid = plan.problems.some(({ kind }) => kind === 'invalid');
  const lines = plan.problems.map(({ at, message, hint }) => `  ${at}: ${message}\n    ${hint}`);
  throw new McpgwError(
    invalid ? 'plan-problems' : 'plan-refused',
    `stack ${plan.stack} cannot be ${invalid ? 'planned' : 'accepted'}, ${count(lines.length, 'problem')}:\n${lines.join('\n')}`,
    { hint: `mend Pulumi.${plan.stack}.yaml; \`mcpgw plan --stack ${plan.stack}\` checks again` },
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function collisions(targets: readonly TargetPlan[]): Problem[] {
  const names = [
    { what: 'target name', of: (target: TargetPlan) => target.name.toLowerCase() },
    { what: 'function name', of: (target: TargetPlan) => target.function.name },
    { what: 'role name', of: (target: TargetPlan) => target.function.roleName },
  ];
  return names.flatMap(({ what, of }) =>
    [...Map.groupBy(targets, of)]
      .filter(([, same]) => same.length > 1)
      .map(
        ([name, same]): Problem => ({
          at: `${what} ${name}`,
          message: `${same.map(({ server }) => server).join(' and ')} get the same ${what}`,
          hint: `give one of them another name: servers.settings.${same[1]?.server}.target`,
          kind: 'invalid',
        }),
      ),
  );
}

/** A client sees one gateway at a time: the budget holds for each. */
function overBudget(targets: readonly TargetPlan[], settings: Settings): Problem[] {
  const units = gatewayUnits(settings, targets);
  return units.flatMap((unit) =>
    (['tools', 'tokens'] as const).flatMap((key): Problem[] => {
      const most = settings.budget[key];
      const is = totalsOf(unit.targets)[key];
      if (most === undefined || is <= most) return [];
      const size = (target: TargetPlan) => totalsOf([target])[key];
      const largest = [...unit.targets].sort((a, b) => size(b) - size(a)).slice(0, 3);
      return [
        {
          at: `budget.${key}`,
          message: `a client ${units.length > 1 ? `of ${unit.name} ` : ''}sees ${is} ${key}, the budget is ${most}`,
          hint: `largest: ${largest.map((target) => `${target.name} ${size(target)}`).join(', ')}; leave out servers or tools`,
          kind: 'refused',
        },
      ];
    }),
  );
}

function totalsOf(targets: readonly TargetPlan[]): Plan['totals'] {
  return {
    tools: targets.reduce((sum, target) => sum + target.tools.length, 0),
    tokens: targets.reduce((sum, target) => sum + target.tokens, 0),
  };
}

/** Where the gateway exists and its semantic search does not (facts of November 2026). */
const WITHOUT_SEARCH = /^(?:us-west-1|ap-southeast-5|ap-southeast-7|us-gov-.*)$/;

export function lacksSearch({ gateway, region }: Settings): boolean {
  return gateway.search === 'semantic' && WITHOUT_SEARCH.test(region);
}

function searchProblems(settings: Settings): Problem[] {
  if (!lacksSearch(settings)) return [];
  return [
    {
      at: 'gateway.search',
      message: `${settings.region} has no semantic search`,
      hint: 'set gateway.search to none, or choose another region',
      kind: 'refused',
    },
  ];
}

function notesOf(target: TargetPlan, manifest: Manifest): Note[] {
  const { entry } = target;
  const unresolved = entry.aws?.unresolved ?? [];
  return [
    ...(entry.deprecated === undefined ? [] : [{ at: entry.id, message: deprecationOf(entry, manifest) }]),
    ...(unresolved.length === 0
      ? []
      : [
          {
            at: entry.id,
            message: `${unresolved.length} permissions not derived, and so not granted: ${unresolved.slice(0, 2).join('; ')}${unresolved.length > 2 ? '; …' : ''}`,
          },
        ]),
    ...target.tools
      .filter(({ name, exposed }) => name !== exposed)
      .map(({ name, exposed }) => ({
        at: fullToolName(target.name, exposed),
        message: `stands for ${name}, a name that models do not take`,
      })),
  ];
}
