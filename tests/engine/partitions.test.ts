/** China and GovCloud: nothing is written as it would be elsewhere, in any of what a stack can make. */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { Operation } from '../../offline/plugin/journal.ts';
import { readReferees } from '../../offline/plugin/referees.ts';
import { violations } from '../../offline/policy.ts';
import type { ServerEntry } from '../../plan/manifest.ts';
import { recorded } from './support/mutants.ts';
import { ACCOUNT, Rehearsal } from './support/rehearsal.ts';
import { manyServers } from './support/synthetic.ts';

jest.setTimeout(600_000);

const [server = { id: '' }] = manyServers(1);
let stack: Rehearsal;
afterEach(() => stack?.close());

/** Calls services with endpoints of each form, hands a role on, and reads data under a key. */
const ACTIONS: [string, string[]?][] = [
  ['logs:DescribeLogGroups'],
  ['lambda:ListFunctions'],
  ['s3:ListBucket'],
  ['transcribe:ListTranscriptionJobs'],
  ['iam:PassRole', ['ec2.amazonaws.com']],
];

async function bringUp(region: string, partition: string): Promise<Operation[]> {
  stack = await Rehearsal.open({
    'aws:region': region,
    'mcpgw:servers': {
      settings: { [server.id]: { keys: [`arn:${partition}:kms:${region}:${ACCOUNT}:key/k`] } },
    },
    'mcpgw:network': { inbound: 'vpc', outbound: { zones: [`${region}a`] } },
    'mcpgw:audit': {},
    'mcpgw:policy': { mode: 'enforce' },
    'mcpgw:observe': {
      subject: true,
      dashboard: true,
      alarms: {},
      gatewayLogs: {},
      gatewayTraces: true,
    },
  });
  await stack.manifest([server]);
  await stack.editServer(server.id, (entry): ServerEntry => {
    const actions = ACTIONS.map(([action, passedTo]) => [
      action,
      { access: 'List' as const, from: ['a.py#f'], ...(passedTo && { passedTo }) },
    ]);
    return { ...entry, aws: { actions: Object.fromEntries(actions), unresolved: [] } };
  });
  const { exitCode, stdout, stderr } = await stack.up();
  if (exitCode !== 0) throw new Error(`${stdout.slice(-3000)}\n${stderr.slice(-2000)}`);
  return stack.operations();
}

/** Service principals that go by one name everywhere. */
const EVERYWHERE = ['bedrock-agentcore', 'lambda', 'cloudtrail', 'cloudwatch', 'ec2'].map(
  (name) => `${name}.amazonaws.com`,
);

describe.each([
  {
    region: 'cn-north-1',
    partition: 'aws-cn',
    suffix: 'amazonaws.com.cn',
    login: 'auth.cn-north-1.amazoncognito.com.cn',
    endpoints: [
      'cn.com.amazonaws.cn-north-1.lambda',
      'cn.com.amazonaws.cn-north-1.sts',
      'cn.com.amazonaws.cn-north-1.transcribe.cn',
      'com.amazonaws.cn-north-1.bedrock-agentcore.gateway',
      'com.amazonaws.cn-north-1.kms',
      'com.amazonaws.cn-north-1.logs',
      'com.amazonaws.cn-north-1.s3',
    ],
    receivers: ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'],
  },
  {
    region: 'us-gov-west-1',
    partition: 'aws-us-gov',
    suffix: 'amazonaws.com',
    login: 'auth-fips.us-gov-west-1.amazoncognito.com',
    endpoints: [
      'com.amazonaws.us-gov-west-1.bedrock-agentcore.gateway',
      'com.amazonaws.us-gov-west-1.kms',
      'com.amazonaws.us-gov-west-1.lambda',
      'com.amazonaws.us-gov-west-1.logs',
      'com.amazonaws.us-gov-west-1.s3',
      'com.amazonaws.us-gov-west-1.sts',
      'com.amazonaws.us-gov-west-1.transcribe',
    ],
    receivers: ['ec2.amazonaws.com'],
  },
])('$region', ({ region, partition, suffix, login, endpoints, receivers }) => {
  test('ARNs, hosts, endpoints and conditions are its own', async () => {
    const operations = await bringUp(region, partition);
    const texts = JSON.stringify(operations.map(({ inputs }) => inputs));
    const partitions = [...texts.matchAll(/arn:([\w-]+):/g)].map(([, name]) => name);
    expect(new Set(partitions)).toEqual(new Set([partition]));
    const hosts = [...texts.matchAll(/[\w.*-]+\.amazonaws\.com(?:\.cn)?/g)].map(([host]) => host);
    expect(hosts.filter((host) => !host.endsWith(`.${suffix}`) && !EVERYWHERE.includes(host))).toEqual([]);

    const of = (type: string) => operations.filter((one) => one.type.endsWith(`:${type}`));
    expect(
      of('VpcEndpoint')
        .map(({ inputs }) => inputs?.serviceName)
        .sort(),
    ).toEqual(endpoints);
    const granted = of('RolePolicy').find(({ urn }) => urn.endsWith(`::${server.id}`));
    const { Statement } = JSON.parse(String(granted?.inputs?.policy)) as {
      Statement: { Action: string[]; Condition?: Record<string, Record<string, string[]>> }[];
    };
    const conditionOf = (action: string) =>
      Statement.find(({ Action }) => Action.includes(action))?.Condition ?? {};
    expect(conditionOf('iam:PassRole')).toEqual({ StringEquals: { 'iam:PassedToService': receivers } });
    const through = conditionOf('kms:Decrypt').StringLike?.['kms:ViaService'] ?? [];
    expect(through).toContain(`s3.*.${suffix}`);
    expect(through.filter((host) => !host.endsWith(`.*.${suffix}`))).toEqual([]);

    const outputs = await stack.outputs();
    expect(outputs.gatewayUrl).toMatch(
      new RegExp(`^https://tools-\\w+\\.gateway\\.bedrock-agentcore\\.${region}\\.${suffix}/mcp$`),
    );
    expect(outputs.tokenUrl).toBe(`https://tools-${ACCOUNT}.${login}/oauth2/token`);
    expect(outputs.discoveryUrl).toMatch(
      new RegExp(`^https://cognito-idp\\.${region}\\.${suffix}/${region}_`),
    );
    expect(violations(recorded(operations), readReferees().schema)).toEqual([]);
  });
});

test('semantic search is refused where the region has none, before anything is made', async () => {
  stack = await Rehearsal.open({
    'aws:region': 'us-gov-west-1',
    'mcpgw:gateway': { name: 'tools', search: 'semantic' },
  });
  await stack.manifest([server]);
  const { exitCode, stdout } = await stack.up();
  expect(exitCode).not.toBe(0);
  expect(stdout).toContain('us-gov-west-1 has no semantic search');
  expect(stack.operations()).toEqual([]);
});
