/** The preflight's questions about a private network of the stack's own: a region takes five VPCs and five addresses until asked for more. */
import { endpointsOf } from '../../plan/network/endpoints.ts';
import { natZones, ownNetwork } from '../../plan/network/network.ts';
import type { Plan } from '../../plan/types.ts';
import { type Ask, elements, query } from './aws.ts';
import type { Check, PreflightProblem } from './preflight.ts';
import type { StackState } from './state.ts';

interface Quota {
  what: string;
  /** How many more of it the stack needs. */
  wanted: number;
  /** Where the account is asked what it has; none for what is counted within the stack's own network. */
  action?: string;
  /** Once in each that is listed. */
  element?: string;
  service: 'vpc' | 'ec2';
  code: string;
  usual: number;
}

export function networkQuotaCheck(ask: Ask): Check {
  return {
    name: 'quotas of the network',
    async run({ plan, caller, state }) {
      if (!caller) return [];
      const wanted = quotasOf(plan, state).filter((quota) => quota.wanted > 0);
      return (await Promise.all(wanted.map((quota) => exceeded(ask, plan.region, quota)))).flat();
    },
  };
}

function quotasOf(plan: Plan, state: StackState | undefined): Quota[] {
  const own = ownNetwork(plan.settings);
  if (!own) return [];
  const present = (type: string) => state?.resources.filter((each) => each.type === type).length ?? 0;
  const interfaces = endpointsOf(plan).filter(({ kind }) => kind === 'Interface');
  return [
    {
      what: 'VPCs',
      wanted: 1 - present('aws:ec2/vpc:Vpc'),
      action: 'DescribeVpcs',
      element: 'vpcId',
      service: 'vpc',
      code: 'L-F678F1CE',
      usual: 5,
    },
    {
      what: 'Elastic IP addresses',
      wanted: natZones(own).length - present('aws:ec2/eip:Eip'),
      action: 'DescribeAddresses',
      element: 'publicIp',
      service: 'ec2',
      code: 'L-0263D0A3',
      usual: 5,
    },
    {
      what: 'interface endpoints of the VPC',
      wanted: interfaces.length,
      service: 'vpc',
      code: 'L-29B6F2EB',
      usual: 50,
    },
  ];
}

async function exceeded(ask: Ask, region: string, quota: Quota): Promise<Omit<PreflightProblem, 'check'>[]> {
  const { what, wanted } = quota;
  const [used, most] = await Promise.all([usedOf(ask, region, quota), mostOf(ask, region, quota)]);
  if (used + wanted <= most) return [];
  return [
    {
      message: `${wanted} more ${what} needed, ${region} has ${used} of ${most}`,
      hint: `ask for more in Service Quotas (${quota.service}, ${quota.code}), or name a network that is there in mcpgw:network`,
    },
  ];
}

async function usedOf(ask: Ask, region: string, { action, element }: Quota): Promise<number> {
  if (action === undefined || element === undefined) return 0;
  const { status, text } = await ask({ service: 'ec2', region, ...query(action, {}, '2016-11-15') });
  if (status !== 200) throw new Error(`${action} answered ${status}`);
  return elements(text, element).length;
}

/** Who may not ask for the quota gets the usual one: nobody has less. */
async function mostOf(ask: Ask, region: string, { service, code, usual }: Quota): Promise<number> {
  const { status, text } = await ask({
    service: 'servicequotas',
    region,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'ServiceQuotasV20190624.GetServiceQuota',
    },
    body: JSON.stringify({ ServiceCode: service, QuotaCode: code }),
  });
  if (status !== 200) return usual;
  return (JSON.parse(text) as { Quota?: { Value?: number } }).Quota?.Value ?? usual;
}
