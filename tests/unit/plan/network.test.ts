/** The stack's network, from the plan alone: what it holds, what it costs, and what cannot be reached from it. */
import fc from 'fast-check';
import { endpointPolicy } from '../../../infra/endpoint-policy.ts';
import { publicSubnetOf, subnetOf } from '../../../infra/subnets.ts';
import { costOf } from '../../../plan/cost/cost.ts';
import type { ServerEntry } from '../../../plan/manifest.ts';
import { endpointNames } from '../../../plan/network/endpoint-names.ts';
import { endpointsOf } from '../../../plan/network/endpoints.ts';
import { networkNeed } from '../../../plan/network/needs.ts';
import { placeOf } from '../../../plan/network/network.ts';
import { createPlan } from '../../../plan/plan.ts';
import { parseSettings } from '../../../plan/settings/settings.ts';
import { readManifest } from '../../../store/manifest.ts';
import { syntheticEntry } from '../../engine/support/synthetic.ts';

const [ONE, TWO] = ['one-mcp-server', 'two-mcp-server'];

function entry(id: string, actions: string[], network?: string): ServerEntry {
  const granted = actions.map((action) => [action, { access: 'List' as const, from: ['server.py#f'] }]);
  return {
    ...syntheticEntry({ id }),
    aws: { actions: Object.fromEntries(granted), unresolved: [] },
    hosting: { lambda: true, ...(network ? { network } : {}) },
  };
}

function planOf(network: unknown, entries: ServerEntry[], more: Record<string, unknown> = {}) {
  const config = {
    'aws:region': 'us-east-1',
    'mcpgw:gateway': { name: 'tools' },
    'mcpgw:network': network,
    ...more,
  };
  const servers = Object.fromEntries(entries.map((each) => [each.id, each]));
  return createPlan(
    { source: { formatVersion: 1, type: 'folder' }, servers },
    parseSettings('dev', config, 't'),
  );
}

const zones = ['us-east-1a', 'us-east-1b'];
const both = [
  entry(ONE, ['dynamodb:ListTables', 'cloudwatch:GetMetricData', 'bedrock:InvokeModel', 'bedrock:Retrieve']),
  entry(TWO, ['omics:ListRuns', 's3:ListBucket']),
];

describe('endpoints', () => {
  test('in China some are named otherwise; the free ones are not', () => {
    const name = (action: string, region: string) => endpointNames(action, region)?.map((each) => each.name);
    expect(name('sts:GetCallerIdentity', 'cn-northwest-1')).toEqual(['cn.com.amazonaws.cn-northwest-1.sts']);
    expect(name('polly:DescribeVoices', 'cn-northwest-1')).toEqual(['cn.com.amazonaws.cn-northwest-1.polly']);
    expect(name('polly:DescribeVoices', 'cn-north-1')).toEqual(['com.amazonaws.cn-north-1.polly']);
    expect(name('s3:ListBucket', 'cn-north-1')).toEqual(['com.amazonaws.cn-north-1.s3']);
    expect(name('transcribe:ListVocabularies', 'cn-north-1')).toEqual([
      'cn.com.amazonaws.cn-north-1.transcribe.cn',
    ]);
  });

  test('exactly those that the servers inside call, by the service that the call goes to', () => {
    expect(
      endpointsOf(planOf({ outbound: { zones } }, both)).map(({ name, kind }) => `${kind} ${name}`),
    ).toEqual([
      'Interface com.amazonaws.us-east-1.analytics-omics',
      'Interface com.amazonaws.us-east-1.bedrock-agent-runtime',
      'Interface com.amazonaws.us-east-1.bedrock-runtime',
      'Interface com.amazonaws.us-east-1.control-storage-omics',
      'Gateway com.amazonaws.us-east-1.dynamodb',
      'Interface com.amazonaws.us-east-1.monitoring',
      'Gateway com.amazonaws.us-east-1.s3',
      'Interface com.amazonaws.us-east-1.storage-omics',
      'Interface com.amazonaws.us-east-1.sts',
      'Interface com.amazonaws.us-east-1.tags-omics',
      'Interface com.amazonaws.us-east-1.workflows-omics',
    ]);
  });

  test('none for a server that is left out of the network, nor where NAT leads out and only free ones are wanted', () => {
    const settings = { 'mcpgw:servers': { settings: { [TWO]: { network: 'none' } } } };
    const names = endpointsOf(planOf({ outbound: { zones } }, both, settings)).map(({ service }) => service);
    expect(names).not.toContain('s3');
    const byNat = planOf({ outbound: { zones, internet: 'one-nat', endpoints: 'free' } }, both);
    expect(endpointsOf(byNat).map(({ service }) => service)).toEqual(['dynamodb', 's3']);
  });

  test('further ones by name, a database’s with its own port', () => {
    const outbound = { zones, extraEndpoints: ['cassandra', 'scheduler'] };
    const found = endpointsOf(planOf({ outbound }, both)).filter(({ servers }) => servers.length === 0);
    expect(found.map(({ service, port }) => [service, port])).toEqual([
      ['cassandra', 9142],
      ['scheduler', 443],
    ]);
  });

  test('global services have theirs in us-east-1 only; a cluster’s own endpoint is none to make', () => {
    expect(endpointNames('iam:ListUsers', 'us-east-1')?.[0]?.name).toBe('com.amazonaws.iam');
    expect(endpointNames('iam:ListUsers', 'eu-west-1')).toBeUndefined();
    expect(endpointNames('neptune-db:ReadDataViaQuery', 'eu-west-1')).toEqual([]);
    expect(endpointNames('qbusiness:ChatSync', 'us-east-1')?.[0]?.name).toBe('aws.api.us-east-1.qbusiness');
    expect(endpointNames('madeup:Do', 'us-east-1')).toBeUndefined();
  });

  test('the free ones let through only this account’s principals and granted actions', () => {
    const plan = planOf({ outbound: { zones } }, both);
    const policies = endpointsOf(plan).map((each) => [
      each.service,
      endpointPolicy('123456789012', plan, each),
    ]);
    const s3 = JSON.parse(String(Object.fromEntries(policies).s3)) as { Statement: object[] };
    expect(s3.Statement).toEqual([
      expect.objectContaining({
        Action: ['s3:ListBucket'],
        Condition: { StringEquals: { 'aws:PrincipalAccount': '123456789012' } },
      }),
    ]);
    expect(Object.fromEntries(policies).monitoring).toBeUndefined();
    const role = { arn: 'arn:aws:iam::210987654321:role/reader' };
    const abroad = planOf({ outbound: { zones } }, both, {
      'mcpgw:servers': { settings: { [ONE]: { role } } },
    });
    for (const each of endpointsOf(abroad))
      expect(endpointPolicy('123456789012', abroad, each)).toBeUndefined();
  });
});

describe('what a server must reach', () => {
  test('is said in one of the known forms by every entry of the manifest', async () => {
    const { servers } = await readManifest('manifest');
    const words = Object.values(servers).flatMap(({ hosting }) => hosting?.network ?? []);
    expect(words.length).toBeGreaterThan(10);
    expect(words.filter((each) => networkNeed(each) === undefined)).toEqual([]);
  });

  test.each([
    ['internet (docs.aws.amazon.com)', 'none', /needs the internet \(docs.aws.amazon.com\)/],
    ['internet (docs.aws.amazon.com)', 'one-nat', undefined],
  ])('%s with internet %s', (network, internet, message) => {
    const plan = planOf({ outbound: { zones, internet } }, [entry(ONE, ['s3:ListBucket'], network)]);
    const matching = message ? [expect.objectContaining({ message: expect.stringMatching(message) })] : [];
    expect(plan.problems).toEqual(matching);
  });

  test('an endpoint in place of the internet, once it is named', () => {
    const remote = [entry(ONE, ['s3:ListBucket'], 'internet, or an interface endpoint of aws-mcp')];
    expect(planOf({ outbound: { zones } }, remote).problems).toHaveLength(1);
    expect(planOf({ outbound: { zones, extraEndpoints: ['aws-mcp'] } }, remote).problems).toEqual([]);
  });

  test('calls to another region find no endpoint, and need a way out', () => {
    const settings = { 'mcpgw:servers': { settings: { [ONE]: { region: 'eu-west-1' } } } };
    const plan = planOf({ outbound: { zones } }, both, settings);
    expect(plan.problems).toEqual([
      expect.objectContaining({ at: ONE, message: expect.stringMatching(/its AWS calls go to eu-west-1/) }),
    ]);
    expect(endpointsOf(plan).map(({ service }) => service)).not.toContain('dynamodb');
  });

  test('a problem where nothing granted can be reached, a note where something cannot', () => {
    const outbound = { zones: ['eu-west-1a'] };
    const region = { 'aws:region': 'eu-west-1' };
    const all = planOf({ outbound }, [entry(ONE, ['iam:ListUsers'])], region);
    expect(all.problems).toEqual([
      expect.objectContaining({
        at: ONE,
        message: expect.stringMatching(/nothing that it is granted can be reached \(iam\)/),
        hint: expect.stringMatching(/network: none.*one-nat \(\$32.85 a month/),
      }),
    ]);
    const part = planOf({ outbound }, [entry(ONE, ['iam:ListUsers', 'ec2:DescribeVpcs'])], region);
    expect(part.problems).toEqual([]);
    expect(part.notes).toContainEqual({ at: ONE, message: expect.stringMatching(/cannot reach iam from/) });
  });

  test('a database in its own VPC: a note until its subnets are given', () => {
    const database = entry(ONE, ['rds-data:ExecuteStatement'], 'VPC of the database');
    const noted = (more: Record<string, unknown>) =>
      (planOf({}, [database], more).notes ?? []).map(({ message }) => message);
    expect(noted({})).toEqual([expect.stringMatching(/reaches the database only from its VPC/)]);
    const network = { subnets: ['subnet-0a'], securityGroups: ['sg-0a'] };
    const given = { 'mcpgw:servers': { settings: { [ONE]: { network } } } };
    expect(noted(given)).toEqual([]);
    expect(placeOf(planOf({}, [database], given).settings, ONE)).toEqual({ kind: 'chosen', ...network });
  });
});

describe('settings that cannot be', () => {
  test.each([
    [{ inbound: 'vpc' }, 'makes no VPC'],
    [{ outbound: { zones: ['eu-west-1a'] } }, 'is no zone of us-east-1'],
    [{ outbound: { zones: ['us-east-1a', 'us-east-1a'] } }, 'stands there twice'],
    [{ outbound: { zones }, servers: ['three*'] }, 'no server of the stack is meant'],
  ])('%j', (network, message) => {
    expect(planOf(network, both).problems).toEqual([
      expect.objectContaining({ message: expect.stringContaining(message) }),
    ]);
  });

  test('a guard before a gateway that exists', () => {
    const existing = { name: 'tools', existing: { id: 'theirs-0123456789', role: 'r' } };
    const plan = planOf({ inbound: { endpoints: ['vpce-0a'] } }, both, {
      'mcpgw:gateway': existing,
      'mcpgw:waf': { requests: 1000 },
    });
    expect(plan.problems.map(({ at }) => at)).toEqual(['network.inbound', 'waf']);
  });

  test('a block that is no block', () => {
    const bad = () => planOf({ outbound: { zones, cidr: '10.40.3.0/20' } }, both);
    expect(bad).toThrow(/begins at a multiple of 16/);
  });
});

describe('its price', () => {
  const lines = (network: unknown) =>
    costOf(planOf(network, both)).idle.map(({ what, monthly, saves }) => [what, monthly, saves]);

  test('each endpoint by itself, and NAT named where it is cheaper than all of them', () => {
    const found = lines({ outbound: { zones } });
    const monitoring = found.find(([what]) => what === 'endpoint monitoring in 2 zones');
    expect(monitoring?.[1]).toBe(14.6);
    expect(monitoring?.[2]).toBe(`one zone: $7.30; servers.settings.${ONE}.network: none`);
    expect(planOf({ outbound: { zones } }, both).notes).toContainEqual({
      at: 'network.outbound',
      message: expect.stringMatching(/endpoints cost \$131.40 a month; .*one-nat.*\$36.50/),
    });
    expect(found.some(([what]) => String(what).includes('dynamodb'))).toBe(false);
  });

  test('NAT with its address, one or one a zone; the way in by its zones', () => {
    const found = lines({ inbound: 'vpc', outbound: { zones, internet: 'nat-per-zone', endpoints: 'free' } });
    expect(found.slice(1)).toEqual([
      ['endpoint of the gateway in 2 zones', 14.6, 'one subnet: $7.30'],
      [
        '2 NAT gateways and their addresses, without traffic ($0.045 a GB)',
        73,
        'network.outbound.internet: one-nat, $36.50',
      ],
    ]);
  });
});

test('every zone has its own part of the network, public or not, whatever the block', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 15 }), (second, sixteen) => {
      const cidr = `10.${second}.${sixteen * 16}.0/20`;
      const parts = [0, 1, 2].flatMap((index) => [subnetOf(cidr, index), publicSubnetOf(cidr, index)]);
      expect(new Set(parts).size).toBe(6);
      for (const part of parts) {
        const third = Number(part.split('.')[2]);
        expect(third >= sixteen * 16 && third < sixteen * 16 + 16).toBe(true);
      }
    }),
  );
});
