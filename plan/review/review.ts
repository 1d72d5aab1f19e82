/** What a pull request does to one stack: its plan before and after, compared. Text is made of it in review-comment.ts. */
import { costOf } from '../cost/cost.ts';
import type { ActionEntry } from '../manifest.ts';
import { fullToolName } from '../names.ts';
import type { Plan, Problem, TargetPlan } from '../types.ts';
import { checkRules, type Finding } from './rules.ts';

export interface Review {
  stack: string;
  /** The base has no such stack. */
  isNew: boolean;
  totals: Record<'targets' | 'tools' | 'tokens' | 'actions' | 'idle US$ a month', [number, number]>;
  targets: { added: string[]; removed: string[] };
  findings: Finding[];
  problems: Problem[];
  permissions: PermissionChange[];
  /** What the gateway's schema language cannot say, of tools that did not lose it before. */
  losses: { tool: string; at: string; loss: string }[];
}

export interface PermissionChange {
  target: string;
  /** `access`: IAM's level of the action; unknown for those that only the settings name. `by`: served tools known to use it. */
  added: { action: string; access: ActionEntry['access']; resources: string[]; by: string[] }[];
  removed: string[];
}

export function reviewStack(before: Plan | undefined, after: Plan): Review {
  const [old, made] = [before?.targets ?? [], after.targets];
  const names = (targets: readonly TargetPlan[]) => new Set(targets.map((target) => target.name));
  const [had, has] = [names(old), names(made)];
  return {
    stack: after.stack,
    isNew: before === undefined,
    totals: {
      targets: [old.length, made.length],
      tools: [before?.totals.tools ?? 0, after.totals.tools],
      tokens: [before?.totals.tokens ?? 0, after.totals.tokens],
      actions: [countActions(old), countActions(made)],
      'idle US$ a month': [idleCost(before), idleCost(after)],
    },
    targets: {
      added: [...has].filter((name) => !had.has(name)),
      removed: [...had].filter((name) => !has.has(name)),
    },
    findings: checkRules(before, after),
    problems: after.problems.filter((problem) => problem.kind === 'invalid'),
    permissions: permissionChanges(old, made),
    losses: newLosses(old, made),
  };
}

function permissionChanges(old: readonly TargetPlan[], made: readonly TargetPlan[]): PermissionChange[] {
  const servers = [...new Set([...old, ...made].map((target) => target.server))].sort();
  return servers.flatMap((server) => {
    const [was, is] = [old, made].map((targets) => targets.find((target) => target.server === server));
    const [had, has] = [grants(was), grants(is)];
    const added = [...has].filter(([key]) => !had.has(key)).map(([, grant]) => grant);
    const kept = new Set([...has.values()].map((grant) => grant.action));
    const gone = [...had.values()].map((grant) => grant.action).filter((action) => !kept.has(action));
    const removed = [...new Set(gone)].sort();
    const target = is?.name ?? was?.name ?? server;
    return added.length + removed.length === 0 ? [] : [{ target, added, removed }];
  });
}

type Grant = PermissionChange['added'][number];

function grants(target: TargetPlan | undefined): Map<string, Grant> {
  const access = (action: string) => target?.entry.aws?.actions[action]?.access ?? 'Unknown';
  const all = (target?.statements ?? []).flatMap(({ actions, resources }) =>
    actions.map((action) => ({
      action,
      access: access(action),
      resources,
      by: toolsThatUse(action, target),
    })),
  );
  const byAction = all.sort((a, b) => (a.action < b.action ? -1 : 1));
  return new Map(byAction.map((grant) => [`${grant.action} ${grant.resources.join(' ')}`, grant]));
}

function toolsThatUse(action: string, target: TargetPlan | undefined): string[] {
  const tools = target?.tools.filter(({ entry }) => entry.actions?.includes(action)) ?? [];
  return tools.map(({ exposed }) => exposed);
}

function idleCost(plan: Plan | undefined): number {
  return plan ? Math.round(costOf(plan).idleTotal * 100) / 100 : 0;
}

function countActions(targets: readonly TargetPlan[]): number {
  return targets.reduce(
    (sum, target) => sum + new Set([...grants(target).values()].map((g) => g.action)).size,
    0,
  );
}

function newLosses(old: readonly TargetPlan[], made: readonly TargetPlan[]): Review['losses'] {
  const had = new Set(old.flatMap(lossesOf).map((each) => `${each.tool} ${each.at} ${each.loss}`));
  return made.flatMap(lossesOf).filter((each) => !had.has(`${each.tool} ${each.at} ${each.loss}`));
}

function lossesOf(target: TargetPlan): Review['losses'] {
  return target.tools.flatMap((tool) =>
    Object.entries(tool.entry.loss ?? {}).map(([at, loss]) => ({
      tool: fullToolName(target.name, tool.exposed),
      at,
      loss,
    })),
  );
}
