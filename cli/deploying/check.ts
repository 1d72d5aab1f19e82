/** After `up`: every target ready, every gateway as planned, one reading call a server. */
import { getToken } from '../../gateway/client.ts';
import type { Drift } from '../../gateway/verify.ts';
import { McpgwError } from '../../plan/errors.ts';
import { gatewayUnits } from '../../plan/gateways.ts';
import type { ToolDefinition } from '../../plan/manifest.ts';
import { surelyPermitted } from '../../plan/policy/policy.ts';
import type { Plan } from '../../plan/types.ts';
import type { GatewayAccess } from '../connection.ts';
import { type Verdict, verifyGateways } from '../verifying.ts';
import type { Ask } from './aws.ts';
import { type FirstCall, firstCalls } from './first-calls.ts';

export interface Checked {
  gateways: Verdict['gateways'];
  unasked: string[];
  calls: FirstCall[];
}

interface CheckOptions {
  plan: Plan;
  gateways: readonly GatewayAccess[];
  definitions: Readonly<Record<string, readonly ToolDefinition[]>>;
  ask?: Ask;
  /** Between two looks. */
  wait?(): Promise<unknown>;
}

/** Throws drift, or deploy-failed when a server does not answer: the next environment must not get this release. */
export async function checkDeployed(options: CheckOptions): Promise<Checked> {
  const { plan } = options;
  const { gateways, drift, unasked } = await settled(options);
  if (drift.length > 0) throw notAsPlanned(plan.stack, drift);
  const units = gatewayUnits(plan.settings, plan.targets);
  const calls: FirstCall[] = [];
  for (const { key, url, client, clientName } of options.gateways) {
    const unit = units.find((each) => each.key === key);
    const targets = unit ? surelyPermitted(plan.settings, unit, clientName) : [];
    if (client) calls.push(...(await firstCalls(targets, { url, token: await getToken(client) })));
  }
  const failed = calls.filter(({ answer }) => answer === 'failed');
  if (failed.length > 0) throw noAnswer(plan.stack, failed);
  return { gateways, unasked, calls };
}

/** A new domain's name takes up to a minute to be known, a target that another update touches some time to be ready. */
async function settled({
  plan,
  gateways,
  definitions,
  ask,
  wait = tenSeconds,
}: CheckOptions): Promise<Verdict> {
  for (let left = LOOKS; ; left -= 1) {
    try {
      const verdict = await verifyGateways(plan, gateways, definitions, ask);
      if (left === 0 || !verdict.drift.some(isUnderWay)) return verdict;
    } catch (error) {
      const unreachable = error instanceof McpgwError && error.code === 'unreachable';
      if (!unreachable || left === 0) throw error;
    }
    await wait();
  }
}

const LOOKS = 12;
const tenSeconds = () => new Promise((done) => setTimeout(done, 10_000));

function isUnderWay({ kind, message }: Drift): boolean {
  return kind === 'state' && /^is (?:CREATING|UPDATING|SYNCHRONIZING)\b/.test(message);
}

function notAsPlanned(stack: string, drift: readonly Drift[]): McpgwError {
  const lines = drift.slice(0, 10).map(({ at, kind, message }) => `\n  ${kind} ${at}: ${message}`);
  const more = drift.length > 10 ? `\n  and ${drift.length - 10} more` : '';
  return new McpgwError('drift', `the gateway is not what was planned:${lines.join('')}${more}`, {
    hint: `\`mcpgw verify --stack ${stack}\` compares everything`,
  });
}

function noAnswer(stack: string, failed: readonly FirstCall[]): McpgwError {
  const lines = failed.map(({ server, said }) => `\n  ${server}: ${said ?? ''}`);
  const count = `${failed.length} server${failed.length === 1 ? ' does' : 's do'} not answer`;
  return new McpgwError('deploy-failed', `stack ${stack} is deployed, but ${count}:${lines.join('')}`, {
    hint: 'look at the functions’ logs; the way back is the previous commit, deployed again',
  });
}
