/** The lines of a stack's cost: what it costs when nobody calls it, and what a million calls add. Pure. */
import { alarmsOf } from '../alarms.ts';
import { gatewayUnits } from '../gateways.ts';
import type { Settings } from '../settings/settings.ts';
import type { Plan, TargetPlan } from '../types.ts';
import { networkLines } from './network.ts';
import { PRICES } from './prices.ts';

export interface CostLine {
  what: string;
  /** US dollars a month. */
  monthly: number;
  /** The settings line that takes it away or makes it cheaper, when one does. */
  saves?: string;
}

type Planned = Pick<Plan, 'settings' | 'targets'>;

/** Assumed of a call: what Lambda bills, and what it logs. A record of the gateway with bodies is a few times that. */
const CALL = { seconds: 1, logBytes: 4_096, recordBytes: 1_024, bodyBytes: 12_288, eventBytes: 2_048 };
/** Assumed of the interceptor: it reads one header and writes one argument. */
const INTERCEPTOR = { seconds: 0.005, gigabytes: 0.125 };

export function idleLines(plan: Planned): CostLine[] {
  const { settings, targets } = plan;
  const { observe } = settings;
  const units = gatewayUnits(settings, targets);
  const tools = units
    .flatMap((unit) => unit.targets)
    .reduce((total, target) => total + target.tools.length, 0);
  const clients = machineClients(settings);
  const alarms = alarmsOf(plan).length;
  const ownUnits = settings.gateway.existing ? 0 : units.length;
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
      what: 'a dashboard',
      monthly: observe.dashboard ? PRICES.cloudwatch.dashboard : 0,
      saves: 'observe.dashboard: false',
    },
    { what: `${alarms} alarms`, monthly: alarms * PRICES.cloudwatch.alarm, saves: 'without observe.alarms' },
    {
      what: 'key of the alarms’ topic',
      monthly: observe.alarms && !observe.alarms.topic && !observe.alarms.kmsKey ? PRICES.kms.key : 0,
      saves: 'observe.alarms.topic or kmsKey: one that you have',
    },
    {
      what: 'key of the audit records',
      monthly: settings.audit && !settings.audit.kmsKey ? PRICES.kms.key : 0,
      saves: 'audit.kmsKey: one that you have',
    },
    {
      what: 'firewall: a list and its rule',
      monthly: settings.waf && ownUnits > 0 ? PRICES.waf.acl + PRICES.waf.rule : 0,
      saves: 'without waf',
    },
    ...networkLines(plan),
  ].filter(({ monthly }) => monthly > 0);
}

function machineClients({ auth, gateway }: Settings): number {
  if (auth.type !== 'cognito' || gateway.existing) return 0;
  return Object.keys(auth.clients ?? { default: {} }).length;
}

export function callLines({ settings, targets }: Planned): CostLine[] {
  const { observe, audit, waf, policy } = settings;
  const { gatewayLogs } = observe;
  const logs = (bytes: number) => ((bytes * 1_000_000) / 1e9) * PRICES.logs.gigabyte;
  const record = CALL.recordBytes + (gatewayLogs?.bodies ? CALL.bodyBytes : 0);
  const interceptor =
    PRICES.lambda.requestMillion +
    INTERCEPTOR.seconds * INTERCEPTOR.gigabytes * PRICES.lambda.gigabyteSecond.arm64 * 1_000_000;
  return [
    { what: 'gateway, tools/call', monthly: PRICES.gateway.million },
    { what: 'Lambda requests', monthly: PRICES.lambda.requestMillion },
    {
      what: `Lambda time, ${CALL.seconds} s a call at the mean memory`,
      monthly: meanSecond(targets) * CALL.seconds * 1_000_000,
    },
    { what: 'logs, 4 KB a call', monthly: logs(CALL.logBytes) },
    ...(gatewayLogs
      ? [
          {
            what: `the gateway's records, ${gatewayLogs.bodies ? 'with' : 'without'} bodies`,
            monthly: logs(record),
            saves: 'without observe.gatewayLogs',
          },
        ]
      : []),
    ...(observe.subject
      ? [{ what: 'interceptor: one more Lambda call each', monthly: interceptor, saves: 'observe.subject' }]
      : []),
    ...(audit
      ? [
          {
            what: 'CloudTrail: two data events a call, and their logs',
            monthly: 2 * PRICES.cloudtrail.dataEventMillion + logs(2 * CALL.eventBytes),
            saves: 'without audit',
          },
        ]
      : []),
    ...(policy
      ? [
          {
            what: 'policy engine, checks',
            monthly: PRICES.gateway.policyCheckMillion,
            saves: 'without policy',
          },
        ]
      : []),
    ...(waf
      ? [{ what: 'firewall, requests', monthly: PRICES.waf.requestMillion, saves: 'without waf' }]
      : []),
  ].map((line) => ({ ...line, monthly: Math.round(line.monthly * 100) / 100 }));
}

/** Price of a second, at the mean memory of the functions. */
function meanSecond(targets: readonly TargetPlan[]): number {
  const lambdas = targets.filter(({ kind }) => kind === 'lambda').map((target) => target.function);
  const seconds = lambdas.map(
    ({ memory, architecture }) => (memory / 1024) * PRICES.lambda.gigabyteSecond[architecture],
  );
  return seconds.length > 0 ? seconds.reduce((a, b) => a + b, 0) / seconds.length : 0;
}
