/**
 * What a pull request must not do unnoticed. A rule looks at a stack's plan before and after; the base's settings may
 * lift one (`review.allow`), so no pull request lifts a rule for itself.
 */
import { fullToolName } from '../names.ts';
import type { REVIEW_RULES } from '../settings/settings.ts';
import type { Plan, Statement, TargetPlan } from '../types.ts';

export type RuleName = (typeof REVIEW_RULES)[number];

export interface Finding {
  rule: RuleName;
  /** A tool's full name, a target or a settings key. */
  at: string;
  message: string;
  /** Breaks the check; the others are only shown. */
  forbidden: boolean;
}

type Found = Omit<Finding, 'forbidden'>;

/** `before` is undefined where the stack is new. */
export function checkRules(before: Plan | undefined, after: Plan): Finding[] {
  const allowed = new Set<RuleName>((before ?? after).settings.review.allow);
  const isProtected = after.settings.protect || before?.settings.protect === true;
  const pairs = pairTargets(before, after);
  const found = [
    ...pairs.flatMap(([old, made]) => readToWrite(old, made)),
    ...pairs.flatMap(([old, made]) => wildcards(old, made)),
    ...pairs.flatMap(([old, made]) => wordsUnderSameVersion(old, made)),
    ...budget(before, after),
  ];
  return found.map((finding) => ({
    ...finding,
    forbidden: !allowed.has(finding.rule) && (finding.rule !== 'read-to-write' || isProtected),
  }));
}

function pairTargets(before: Plan | undefined, after: Plan): [TargetPlan | undefined, TargetPlan][] {
  const old = new Map(before?.targets.map((target) => [target.server, target]));
  return after.targets.map((target) => [old.get(target.server), target]);
}

/**
 * Refused where the stack is protected (prod); shown elsewhere. By what the server now has, not by what is served: a
 * read-only stack drops such a tool, and its callers lose it.
 */
function readToWrite(old: TargetPlan | undefined, made: TargetPlan): Found[] {
  const served = new Set(made.tools.map((tool) => tool.name));
  return (old?.tools ?? []).flatMap(({ name, exposed, entry: was }) => {
    const is = made.entry.tools?.[name];
    if (was.access !== 'read' || is === undefined || is.access === 'read') return [];
    const gone = served.has(name) ? '' : '; this stack serves it no more';
    return [
      {
        rule: 'read-to-write' as const,
        at: fullToolName(made.name, exposed),
        message: `was read, is ${is.access} now (by its ${is.because})${gone}`,
      },
    ];
  });
}

/** An action with `*`, or an action of before on `*` that was on something narrower. New servers come with their reasons. */
function wildcards(old: TargetPlan | undefined, made: TargetPlan): Found[] {
  const resourcesBefore = resourcesByAction(old?.statements ?? []);
  return [...resourcesByAction(made.statements)].flatMap(([action, resources]) => {
    const had = resourcesBefore.get(action);
    if (action.includes('*') && had === undefined) {
      return [{ rule: 'wildcard' as const, at: made.name, message: `${action} is a wildcard` }];
    }
    if (!resources.has('*') || had === undefined || had.has('*')) return [];
    const narrower = [...had].sort().join(' ');
    return [{ rule: 'wildcard' as const, at: made.name, message: `${action} on *, was on ${narrower}` }];
  });
}

function resourcesByAction(statements: readonly Statement[]): Map<string, Set<string>> {
  const byAction = new Map<string, Set<string>>();
  for (const { actions, resources } of statements) {
    for (const action of actions) {
      byAction.set(action, new Set([...(byAction.get(action) ?? []), ...resources]));
    }
  }
  return byAction;
}

/** Same version, same source, other words or another tool: they can carry an instruction to the model that nobody released. */
function wordsUnderSameVersion(old: TargetPlan | undefined, made: TargetPlan): Found[] {
  const { package: pinned, source } = made.entry;
  // AWS's own remote servers have neither
  if (pinned === undefined && source === undefined) return [];
  if (old?.entry.package?.version !== pinned?.version || old?.entry.source !== source) return [];
  const same = `version ${pinned?.version ?? '?'} and source did not`;
  return made.tools.flatMap((tool) => {
    const was = old?.entry.tools?.[tool.name]?.definition;
    const { definition } = tool.entry;
    const moved = (['words', 'schema'] as const).filter((part) => was && was[part] !== definition[part]);
    const isNew = was === undefined && old?.entry.probe?.status === 'listed';
    if (moved.length === 0 && !isNew) return [];
    return [
      {
        rule: 'words-same-version' as const,
        at: fullToolName(made.name, tool.exposed),
        message: isNew ? `is new, ${same} change` : `${moved.join(' and ')} changed, ${same}`,
      },
    ];
  });
}

function budget(before: Plan | undefined, after: Plan): Found[] {
  const had = new Set(before?.problems.map((problem) => problem.at));
  return after.problems
    .filter((problem) => problem.kind === 'refused')
    .map(({ at, message }) => ({
      rule: 'budget',
      at,
      message: had.has(at) ? `${message} (already so on the base)` : message,
    }));
}
