/** Cost, rate limits, permissions and transforms: pure, from the plan. */
import { describe, expect, test } from '@jest/globals';
import { dashboardBody } from '../../../infra/dashboard.ts';
import { executionStatements, secretArn } from '../../../infra/permissions.ts';
import { applies, merge } from '../../../infra/transforms.ts';
import { inboundPolicy } from '../../../infra/trust.ts';
import { costOf } from '../../../plan/cost/cost.ts';
import { PRICES } from '../../../plan/cost/prices.ts';
import { createPlan } from '../../../plan/plan.ts';
import { rateLimitsOf } from '../../../plan/rate-limits.ts';
import { parseSettings } from '../../../plan/settings/settings.ts';
import { syntheticEntry } from '../../engine/support/synthetic.ts';

const ids = ['one-mcp-server', 'two-mcp-server'] as const;
const planWith = (config: Record<string, unknown> = {}) => {
  const all = { 'aws:region': 'us-east-1', 'mcpgw:gateway': { name: 'tools' }, ...config };
  const servers = Object.fromEntries(ids.map((id) => [id, syntheticEntry({ id })]));
  return createPlan(
    { source: { formatVersion: 1, type: 'folder' }, servers },
    parseSettings('dev', all, 'test'),
  );
};
const place = { id: '123456789012', region: 'us-east-1', partition: 'aws' };

describe('idle cost', () => {
  test('of a plain stack is its machine client', () => {
    expect(costOf(planWith()).idle).toEqual([
      expect.objectContaining({ what: '1 machine client in Cognito', monthly: 6 }),
    ]);
  });

  test('grows by what is asked for, each line with the setting that saves it', () => {
    const zones = ['us-east-1a', 'us-east-1b'];
    const { idle, idleTotal } = costOf(
      planWith({ 'mcpgw:network': { outbound: { zones } }, 'mcpgw:observe': { dashboard: true } }),
    );
    expect(idle.map(({ what, monthly }) => [what, monthly])).toEqual([
      ['1 machine client in Cognito', 6],
      ['a dashboard', 3],
      ['endpoint sts in 2 zones', 14.6],
    ]);
    expect(idleTotal).toBe(23.6);
    expect(idle.every(({ saves }) => saves !== undefined)).toBe(true);
  });

  test('every group of prices says where it was read, and of when that page is', () => {
    const { date, ...groups } = PRICES;
    expect(date).toMatch(/^\d{4}-\d{2}$/);
    for (const [name, { source }] of Object.entries(groups))
      expect(`${name}: ${source}`).toMatch(/: .*https:\/\/\S+ \(.*(?:20\d\d|undated)/);
  });

  test('what is watched and recorded adds to a million calls, each with the setting that saves it', () => {
    const plain = costOf(planWith()).millionTotal;
    const watched = costOf(
      planWith({
        'mcpgw:audit': {},
        'mcpgw:waf': { requests: 1000 },
        'mcpgw:observe': { gatewayLogs: {}, alarms: {} },
      }),
    );
    expect(watched.million.slice(4).map(({ what, monthly }) => [what, monthly])).toEqual([
      ["the gateway's records, without bodies", 0.51],
      ['CloudTrail: two data events a call, and their logs', 4.05],
      ['firewall, requests', 0.6],
    ]);
    expect(watched.millionTotal).toBeCloseTo(plain + 0.51 + 4.05 + 0.6);
    expect(watched.idle.map(({ what, monthly }) => [what, monthly])).toEqual([
      ['1 machine client in Cognito', 6],
      ['4 alarms', 0.4],
      ['key of the alarms’ topic', 1],
      ['key of the audit records', 1],
      ['firewall: a list and its rule', 6],
    ]);
  });

  test('over the budget refuses, under it does not', () => {
    expect(planWith({ 'mcpgw:budget': { idleCost: 6 } }).problems).toEqual([]);
    expect(planWith({ 'mcpgw:budget': { idleCost: 5 } }).problems).toEqual([
      expect.objectContaining({ at: 'budget.idleCost', kind: 'refused' }),
    ]);
  });
});

describe('rate limits', () => {
  test('one a set of keys, client before target before tool', () => {
    const plan = planWith({
      'mcpgw:rateLimits': [
        { client: 'default', rate: 10 },
        { client: 'default', target: ids[0], rate: 0 },
        { target: ids[1], tool: 'tool_0', rate: 5, per: 'second' },
      ],
    });
    expect(plan.problems).toEqual([]);
    expect(
      rateLimitsOf(plan.settings, plan.targets).map(({ dimensionKeys, entries }) => [dimensionKeys, entries]),
    ).toEqual([
      [
        ['$.context.jwt.client_id'],
        [{ dimensions: { '$.context.jwt.client_id': 'default' }, rate: 10, period: 'minute' }],
      ],
      [
        ['$.context.jwt.client_id', 'targetName'],
        [
          {
            dimensions: { '$.context.jwt.client_id': 'default', targetName: 'one' },
            rate: 0,
            period: 'minute',
          },
        ],
      ],
      [
        ['targetName', 'toolName'],
        [{ dimensions: { targetName: 'two', toolName: 'tool_0' }, rate: 5, period: 'second' }],
      ],
    ]);
  });

  test.each([
    [{ client: 'nobody', rate: 1 }, 'no client nobody'],
    [{ target: 'none', rate: 1 }, 'no server none'],
    [{ target: ids[0], tool: 'none', rate: 1 }, 'offers no tool none'],
  ])('%j is a problem', (limit, message) => {
    expect(planWith({ 'mcpgw:rateLimits': [limit] }).problems).toEqual([
      expect.objectContaining({ message: expect.stringContaining(message) }),
    ]);
  });

  test('a line that names nobody is refused', () => {
    expect(() => planWith({ 'mcpgw:rateLimits': [{ rate: 1 }] })).toThrow('names neither client nor target');
  });
});

describe('permissions', () => {
  test('a server in another account gets the right to become that role, and none of its own', () => {
    const role = { arn: 'arn:aws:iam::210987654321:role/reader' };
    const plan = planWith({ 'mcpgw:servers': { settings: { [ids[0]]: { role } } } });
    const [first, second] = plan.targets.map((target) =>
      executionStatements(place, target).map(({ Sid }) => Sid),
    );
    expect(first).toEqual(['WriteOwnLog', 'AssumeServerRole']);
    expect(second).toEqual(['WriteOwnLog', 'DynamodbUnscoped']);
  });

  test('secrets by their ARN, parameters by name or ARN', () => {
    expect(secretArn(place, 'ssm:/a/b')).toBe('arn:aws:ssm:us-east-1:123456789012:parameter/a/b');
    expect(secretArn(place, 'ssm:b')).toBe('arn:aws:ssm:us-east-1:123456789012:parameter/b');
    expect(secretArn(place, 'arn:aws:secretsmanager:us-east-1:1:secret:a#key')).toBe(
      'arn:aws:secretsmanager:us-east-1:1:secret:a',
    );
  });
});

test('transforms merge mappings, replace the rest, and null takes away', () => {
  const base = { memorySize: 1, layers: ['a'], environment: { variables: { A: '1' } }, description: 'x' };
  const change = { memorySize: 2, layers: ['b'], environment: { variables: { B: '2' } }, description: null };
  expect(merge(base, change)).toEqual({
    memorySize: 2,
    layers: ['b'],
    environment: { variables: { A: '1', B: '2' } },
  });
  expect(base.memorySize).toBe(1);
  const transform = { type: 'aws:lambda/*', name: 'one*' };
  expect(applies(transform, { type: 'aws:lambda/function:Function', name: 'one-mcp-server' })).toBe(true);
  expect(applies(transform, { type: 'aws:iam/role:Role', name: 'one-mcp-server' })).toBe(false);
});

test('a gateway that is reached through endpoints only denies all other calls', () => {
  const { Statement } = JSON.parse(inboundPolicy('arn:g', ['vpce-1'])) as { Statement: object[] };
  expect(Statement).toMatchObject([
    { Effect: 'Allow', Condition: { StringEquals: { 'aws:SourceVpce': ['vpce-1'] } } },
    { Effect: 'Deny', Condition: { StringNotEquals: { 'aws:SourceVpce': ['vpce-1'] } } },
  ]);
});

test('the dashboard shows each function by its server’s name', () => {
  const { widgets } = dashboardBody(planWith());
  expect(widgets.map(({ properties }) => properties.title)).toContain('Errors');
  expect(JSON.stringify(widgets)).toContain('tools-one-mcp-server');
  const cold = widgets.find(({ properties }) => properties.title === 'Cold starts');
  expect(cold?.properties.query).toMatch(
    /^SOURCE '\/aws\/lambda\/tools-one-mcp-server' \| SOURCE '\/aws\/lambda\/tools-two-mcp-server'\n\| filter .*initDurationMs/,
  );
});
