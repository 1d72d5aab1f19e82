/** What the dashboard shows. Pure: CloudWatch's own format, from the plan. */
import type { Plan } from '../plan/types.ts';

interface Widget {
  type: 'metric';
  x: number;
  y: number;
  width: number;
  height: number;
  properties: Record<string, unknown>;
}

/** A widget holds so many metrics. */
const METRICS = 100;

export function dashboardBody(plan: Pick<Plan, 'targets' | 'region' | 'gateway'>): { widgets: Widget[] } {
  const names = plan.targets.map((target) => target.function.name).slice(0, METRICS);
  const byFunction = (metric: string, stat: string) =>
    names.map((name) => ['AWS/Lambda', metric, 'FunctionName', name, { stat, label: name }]);
  const panels = [
    { title: 'Calls', metrics: byFunction('Invocations', 'Sum') },
    { title: 'Errors', metrics: byFunction('Errors', 'Sum') },
    { title: 'Duration, p95', metrics: byFunction('Duration', 'p95') },
    { title: 'Throttles', metrics: byFunction('Throttles', 'Sum') },
    { title: 'Gateway: calls by operation', metrics: [[search('Invocations', 'Sum')]] },
    { title: 'Gateway: errors', metrics: [[search('SystemErrors', 'Sum')], [search('UserErrors', 'Sum')]] },
  ];
  return {
    widgets: panels.map(({ title, metrics }, index) => ({
      type: 'metric',
      x: (index % 2) * 12,
      y: Math.floor(index / 2) * 6,
      width: 12,
      height: 6,
      properties: { title, metrics, region: plan.region, view: 'timeSeries', period: 300 },
    })),
  };
}

/** The dimensions that the gateway reports by are found, not written: they differ by method. */
function search(metric: string, stat: string): { expression: string; label: string } {
  return {
    expression: `SEARCH('Namespace="AWS/Bedrock-AgentCore" MetricName="${metric}"', '${stat}', 300)`,
    label: metric,
  };
}
