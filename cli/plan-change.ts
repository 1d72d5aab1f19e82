/** Says what a changed stack file or manifest makes of the plan: targets, tools and tokens, new problems. */
import type { Manifest } from '../plan/manifest.ts';
import { createPlan } from '../plan/plan.ts';
import type { Settings } from '../plan/settings/settings.ts';
import type { Plan } from '../plan/types.ts';

type Side = readonly [Manifest, Settings];

export interface PlanChange {
  targets: { added: string[]; removed: string[] };
  tools: [number, number];
  tokens: [number, number];
  /** Problems the plan did not have before. */
  problems: Plan['problems'];
}

export function planChange(before: Side, after: Side): PlanChange {
  const [old, made] = [createPlan(...before), createPlan(...after)];
  const [oldNames, names] = [old, made].map((plan) => new Set(plan.targets.map((target) => target.name)));
  const had = new Set(old.problems.map((problem) => `${problem.at} ${problem.message}`));
  return {
    targets: {
      added: [...(names ?? [])].filter((name) => !oldNames?.has(name)),
      removed: [...(oldNames ?? [])].filter((name) => !names?.has(name)),
    },
    tools: [old.totals.tools, made.totals.tools],
    tokens: [old.totals.tokens, made.totals.tokens],
    problems: made.problems.filter((problem) => !had.has(`${problem.at} ${problem.message}`)),
  };
}

export function planChangeLines(stack: string, change: PlanChange): string[] {
  const { targets, tools, tokens, problems } = change;
  const moved = [...targets.added.map((name) => `+${name}`), ...targets.removed.map((name) => `-${name}`)];
  return [
    `stack ${stack}: targets ${moved.join(' ') || 'unchanged'}, tools ${tools.join(' -> ')}, tokens about ${tokens.join(' -> ')}`,
    ...problems.map((problem) => `problem: ${problem.at}: ${problem.message} (${problem.hint})`),
  ];
}
