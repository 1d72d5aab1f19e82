/** What a stack costs when nobody calls it, by line, and what a million calls add. Pure: from the plan alone. */
import type { Plan, Problem } from '../types.ts';
import { type CostLine, callLines, idleLines } from './lines.ts';
import { PRICES } from './prices.ts';

export interface Cost {
  /** When the prices were collected. */
  date: string;
  idle: CostLine[];
  idleTotal: number;
  /** A million calls of one second each, 4 KB of log each, a token an hour and client not counted. */
  million: CostLine[];
  millionTotal: number;
}

export function costOf(plan: Pick<Plan, 'settings' | 'targets'>): Cost {
  const idle = idleLines(plan);
  const million = callLines(plan);
  return { date: PRICES.date, idle, idleTotal: sum(idle), million, millionTotal: sum(million) };
}

function sum(lines: readonly CostLine[]): number {
  return Math.round(lines.reduce((total, { monthly }) => total + monthly, 0) * 100) / 100;
}

/** A budget exceeded is a rule that says no (exit 7). */
export function costProblems(plan: Pick<Plan, 'settings' | 'targets'>): Problem[] {
  const most = plan.settings.budget.idleCost;
  if (most === undefined) return [];
  const { idle, idleTotal } = costOf(plan);
  if (idleTotal <= most) return [];
  const largest = [...idle].sort((a, b) => b.monthly - a.monthly).slice(0, 3);
  return [
    {
      at: 'budget.idleCost',
      message: `the stack costs $${idleTotal.toFixed(2)} a month before the first call, the budget is $${most}`,
      hint: `largest: ${largest.map(({ what, monthly, saves }) => `${what} $${monthly.toFixed(2)}${saves ? ` (${saves})` : ''}`).join(', ')}`,
      kind: 'refused',
    },
  ];
}
