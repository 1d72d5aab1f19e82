/**
 * Manifest and settings to deployment plan: pure, complete, and with every problem at once. What it decides is
 * rendered as it is by `infra` (to AWS) and by `gateway` (to this machine).
 */
import { costProblems } from './cost.ts';
import { McpgwError } from './errors.ts';
import { gatewayProblems } from './gateways.ts';
import type { Manifest } from './manifest.ts';
import { fullToolName } from './names.ts';
import { gatewayRoleName } from './resource-names.ts';
import { selectServers } from './select.ts';
import type { Settings } from './settings.ts';
import { planTarget } from './target.ts';
import type { Note, Plan, Problem, TargetPlan } from './types.ts';

export function createPlan(manifest: Manifest, settings: Settings): Plan {
  const { chosen, skipped, problems } = selectServers(manifest, settings);
  const targets: TargetPlan[] = [];
  for (const entry of chosen) {
    const planned = planTarget(entry, settings);
    problems.push(...planned.problems);
    if (planned.target) targets.push(planned.target);
    if (planned.skipped !== undefined) skipped.push({ server: entry.id, reason: planned.skipped });
  }
  const totals = {
    tools: targets.reduce((sum, target) => sum + target.tools.length, 0),
    tokens: targets.reduce((sum, target) => sum + target.tokens, 0),
  };
  problems.push(
    ...collisions(targets),
    ...gatewayProblems(settings, targets),
    ...overBudget(targets, totals, settings),
    ...searchProblems(settings),
    ...costProblems({ settings, targets }),
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
    skipped: skipped.sort((a, b) => (a.server < b.server ? -1 : 1)),
    problems,
    notes: targets.flatMap(notesOf),
    totals,
  };
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

function overBudget(targets: readonly TargetPlan[], totals: Plan['totals'], settings: Settings): Problem[] {
  const measures = [
    { key: 'tools', is: totals.tools, of: (target: TargetPlan) => target.tools.length },
    { key: 'tokens', is: totals.tokens, of: (target: TargetPlan) => target.tokens },
  ] as const;
  return measures.flatMap(({ key, is, of }): Problem[] => {
    const most = settings.budget[key];
    if (most === undefined || is <= most) return [];
    const largest = [...targets].sort((a, b) => of(b) - of(a)).slice(0, 3);
    return [
      {
        at: `budget.${key}`,
        message: `a client sees ${is} ${key}, the budget is ${most}`,
        hint: `largest: ${largest.map((target) => `${target.name} ${of(target)}`).join(', ')}; leave out servers or tools`,
        kind: 'refused',
      },
    ];
  });
}

/** Where the gateway exists and its semantic search does not (facts of November 2026). */
const WITHOUT_SEARCH = /^(?:us-west-1|ap-southeast-5|ap-southeast-7|us-gov-.*)$/;

function searchProblems(settings: Settings): Problem[] {
  if (settings.gateway.search !== 'semantic' || !WITHOUT_SEARCH.test(settings.region)) return [];
  return [
    {
      at: 'gateway.search',
      message: `${settings.region} has no semantic search`,
      hint: 'set gateway.search to none, or choose another region',
      kind: 'refused',
    },
  ];
}

function notesOf(target: TargetPlan): Note[] {
  const { entry } = target;
  const unresolved = entry.aws?.unresolved ?? [];
  return [
    ...(entry.deprecated === undefined ? [] : [{ at: entry.id, message: `deprecated: ${entry.deprecated}` }]),
    ...unresolved.map((what) => ({
      at: entry.id,
      message: `permissions not derived, and so not granted: ${what}`,
    })),
    ...target.tools
      .filter(({ name, exposed }) => name !== exposed)
      .map(({ name, exposed }) => ({
        at: fullToolName(target.name, exposed),
        message: `stands for ${name}, a name that models do not take`,
      })),
  ];
}
