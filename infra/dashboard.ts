/** What the dashboard shows. Pure: CloudWatch's own format, from the plan. */
import type { Plan } from '../plan/types.ts';

interface Widget {
  type: 'metric' | 'log';
  x: number;
  y: number;
  width: number;
  height: number;
  properties: Record<string, unknown>;
}

/** A graph holds so many metrics, and a query so many log groups. */
const LIMITS = { metrics: 500, groups: 50 };

export function dashboardBody(plan: Pick<Plan, 'targets' | 'region' | 'gateway'>): { widgets: Widget[] } {
  const names = plan.targets.map((target) => target.function.name).slice(0, LIMITS.metrics);
  const byFunction = (metric: string, stat: string) =>
    names.map((name) => ['AWS/Lambda', metric, 'FunctionName', name, { stat, label: name }]);
  const panels = [
    { title: 'Calls', metrics: byFunction('Invocations', 'Sum') },
    { title: 'Errors', metrics: byFunction('Errors', 'Sum') },
    { title: 'Duration, p95', metrics: byFunction('Duration', 'p95') },
    { title: 'Throttles', metrics: byFunction('Throttles', 'Sum') },
    { title: 'Gateway: calls by operation', metrics: [[search('Invocations', 'Sum')]] },
    { title: 'Gateway: latency, p95', metrics: [[search('Latency', 'p95')]] },
    { title: 'Gateway: throttles', metrics: [[search('Throttles', 'Sum')]] },
    { title: 'Gateway: errors', metrics: [[search('SystemErrors', 'Sum')], [search('UserErrors', 'Sum')]] },
  ];
  const { region } = plan;
  const metrics = panels.map(({ title, metrics: shown }) => ({
    type: 'metric' as const,
    properties: { title, metrics: shown, region, view: 'timeSeries', period: 300 },
  }));
  return { widgets: [...metrics, ...coldStarts(plan)].map((each, index) => ({ ...each, ...at(index) })) };
}

function at(index: number): Pick<Widget, 'x' | 'y' | 'width' | 'height'> {
  return { x: (index % 2) * 12, y: Math.floor(index / 2) * 6, width: 12, height: 6 };
}

/** Lambda reports no metric of them; each is told in the report line of its call. */
function coldStarts({
  targets,
  region,
}: Pick<Plan, 'targets' | 'region'>): Pick<Widget, 'type' | 'properties'>[] {
  const sources = targets.map((target) => `SOURCE '${target.function.logGroup}'`);
  const pages = Array.from({ length: Math.ceil(sources.length / LIMITS.groups) }, (_, index) =>
    sources.slice(index * LIMITS.groups, (index + 1) * LIMITS.groups),
  );
  return pages.map((page, index) => ({
    type: 'log',
    properties: {
      title: pages.length === 1 ? 'Cold starts' : `Cold starts, ${index + 1} of ${pages.length}`,
      region,
      view: 'table',
      query: [
        page.join(' | '),
        'filter type = "platform.report" and ispresent(record.metrics.initDurationMs)',
        'stats count(*) as coldStarts, avg(record.metrics.initDurationMs) as meanMs, max(record.metrics.initDurationMs) as mostMs by @log',
        'sort coldStarts desc',
      ].join('\n| '),
    },
  }));
}

/** The dimensions that the gateway reports by are found, not written: they differ by method. */
function search(metric: string, stat: string): { expression: string; label: string } {
  return {
    expression: `SEARCH('Namespace="AWS/Bedrock-AgentCore" MetricName="${metric}"', '${stat}', 300)`,
    label: metric,
  };
}
