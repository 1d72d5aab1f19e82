/** What a stack costs when nobody calls it, by line, and what a million calls add. Pure: from the plan alone. */
import { endpointsOf } from './endpoints.ts';
import { gatewayUnits } from './gateways.ts';
import { PRICES } from './prices.ts';
import type { Settings } from './settings.ts';
import type { Plan, Problem, TargetPlan } from './types.ts';

export interface CostLine {
  what: string;
  /** US dollars a month. */
  monthly: number;
  /** The settings line that takes it away, when one does. */
  saves?: string;
}

export interface Cost {
  /** When the prices were collected. */
  date: string;
  idle: CostLine[];
  idleTotal: number;
  /** A million calls of one second each, 4 KB of log each, a token an hour and client not counted. */
  million: CostLine[];
  millionTotal: number;
}

/** Assumed of a call: what Lambda bills, and what it logs. */
const CALL = { seconds: 1, logBytes: 4_096 };

export function costOf(plan: Pick<Plan, 'settings' | 'targets'>): Cost {
  const idle = idleLines(plan).filter(({ monthly }) => monthly > 0);
  const million = callLines(plan.targets);
  return { date: PRICES.date, idle, idleTotal: sum(idle), million, millionTotal: sum(million) };
}

function idleLines({ settings, targets }: Pick<Plan, 'settings' | 'targets'>): CostLine[] {
  const units = gatewayUnits(settings, targets);
  const tools = units
    .flatMap((unit) => unit.targets)
    .reduce((total, target) => total + target.tools.length, 0);
  const clients = machineClients(settings);
  return [
    {
      what: `${clients} machine ${clients === 1 ? 'client' : 'clients'} in Cognito`,
      monthly: clients * PRICES.cognito.machineClient,
      saves: 'auth.type: issuer',
    },
    {
      what: `search index of ${tools} tools`,
      monthly: settings.gateway.search === 'semantic' ? (tools / 100) * PRICES.gateway.indexHundredTools : 0,
      saves: 'gateway.search: none',
    },
    {
      what: `${units.length === 1 ? 'a dashboard' : `${units.length} dashboards`}`,
      monthly: settings.observe.dashboard ? units.length * PRICES.cloudwatch.dashboard : 0,
      saves: 'observe.dashboard: false',
    },
    {
      what: `${targets.length} alarms`,
      monthly: settings.observe.alarms ? targets.length * PRICES.cloudwatch.alarm : 0,
      saves: 'observe.alarms',
    },
    ...endpointLines({ settings, targets }),
  ];
}

/** Each endpoint by its name: the price of a private network is its endpoints. S3 and DynamoDB have free ones. */
function endpointLines(plan: Pick<Plan, 'settings' | 'targets'>): CostLine[] {
  const { outbound } = plan.settings.network;
  if (!outbound || !('zones' in outbound)) return [];
  return endpointsOf(plan)
    .filter(({ kind }) => kind === 'Interface')
    .map(({ service }) => ({
      what: `endpoint ${service} in ${outbound.zones.length} ${outbound.zones.length === 1 ? 'zone' : 'zones'}`,
      monthly: Math.round(outbound.zones.length * PRICES.endpointZone * 100) / 100,
      saves:
        outbound.zones.length > 1
          ? 'network.outbound.zones: one zone'
          : 'network.servers: fewer servers in the VPC',
    }));
}

function machineClients({ auth, gateway }: Settings): number {
  if (auth.type !== 'cognito' || gateway.existing) return 0;
  return Object.keys(auth.clients ?? { default: {} }).length;
}

function callLines(targets: readonly TargetPlan[]): CostLine[] {
  const lambdas = targets.filter(({ kind }) => kind === 'lambda').map((target) => target.function);
  const seconds = lambdas.map(
    ({ memory, architecture }) => (memory / 1024) * PRICES.lambda.gigabyteSecond[architecture] * CALL.seconds,
  );
  const each = seconds.length > 0 ? seconds.reduce((a, b) => a + b, 0) / seconds.length : 0;
  return [
    { what: 'gateway, tools/call', monthly: PRICES.gateway.million },
    { what: 'Lambda requests', monthly: PRICES.lambda.requestMillion },
    { what: `Lambda time, ${CALL.seconds} s a call at the mean memory`, monthly: each * 1_000_000 },
    { what: 'logs, 4 KB a call', monthly: ((CALL.logBytes * 1_000_000) / 1e9) * PRICES.logs.gigabyte },
  ].map(({ what, monthly }) => ({ what, monthly: Math.round(monthly * 100) / 100 }));
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
