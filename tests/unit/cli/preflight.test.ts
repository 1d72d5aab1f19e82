import type { Ask, AwsRequest } from '../../../cli/deploying/aws.ts';
import { elements } from '../../../cli/deploying/aws.ts';
import { awsChecks, roleOf, whoAmI } from '../../../cli/deploying/aws-checks.ts';
import type { Driver } from '../../../cli/deploying/driver.ts';
import { backendCheck, definitionsCheck, preflight } from '../../../cli/deploying/preflight.ts';
import type { StackState } from '../../../cli/deploying/state.ts';
import { createPlan } from '../../../plan/plan.ts';
import { parseSettings } from '../../../plan/settings/settings.ts';
import { syntheticEntry } from '../../engine/support/synthetic.ts';

const config = {
  'aws:region': 'us-east-1',
  'mcpgw:gateway': { name: 'tools' },
  'mcpgw:accounts': ['123456789012'],
};
const servers = { 'files-mcp-server': syntheticEntry({ id: 'files-mcp-server' }) };
const manifest = { source: { formatVersion: 1 as const, type: 'folder' as const }, servers };
const plan = createPlan(manifest, parseSettings('dev', config, 'f'));
const caller = { account: '123456789012', arn: 'arn:aws:sts::123456789012:assumed-role/deployer/ci' };
const driver = (exitCode: number, stderr = ''): Driver => {
  const answer = async () => ({ exitCode, stdout: '', stderr });
  return { run: answer, backend: answer, rehearsal: false };
};

/** The stack once it is deployed. */
const deployed: StackState = {
  exists: true,
  version: '1',
  outputs: { gateways: { tools: { id: 'tools-abc', url: 'https://tools-abc.example.com/mcp' } } },
  resources: [
    { type: 'aws:iam/role:Role', urn: 'urn:pulumi:dev::mcpgw::aws:iam/role:Role::gateway' },
    { type: 'aws:iam/role:Role', urn: 'urn:pulumi:dev::mcpgw::aws:iam/role:Role::files-mcp-server' },
    {
      type: 'aws:cognito/userPoolDomain:UserPoolDomain',
      urn: 'urn:pulumi:dev::mcpgw::aws:cognito/userPoolDomain:UserPoolDomain::domain',
    },
    {
      type: 'aws:lambda/function:Function',
      urn: 'urn:pulumi:dev::mcpgw::aws:lambda/function:Function::files-mcp-server',
    },
  ],
  pending: [],
};

type Answers = Record<string, (request: AwsRequest) => { status: number; text: string }>;
/** An account in which all is well, but for what a test changes. */
function account(changes: Answers = {}): Ask & { asked: AwsRequest[] } {
  const answers: Answers = {
    GetAccountSummary: () => ({ status: 200, text: summary(10, 1000) }),
    SimulatePrincipalPolicy: ({ body = '' }) => ({ status: 200, text: simulated(body, () => true) }),
    DescribeUserPoolDomain: () => ({ status: 200, text: '{"DomainDescription":{}}' }),
    ListGateways: () => ({ status: 200, text: '{"items":[]}' }),
    GetAccountSettings: () => ({ status: 200, text: unreserved(900) }),
    ...changes,
  };
  const asked: AwsRequest[] = [];
  const ask = async (request: AwsRequest) => {
    asked.push(request);
    const action = new URLSearchParams(request.body).get('Action');
    const target = request.headers?.['x-amz-target']?.split('.')[1];
    const byPath = request.service === 'lambda' ? 'GetAccountSettings' : 'ListGateways';
    const answer = answers[action ?? target ?? byPath];
    if (!answer) throw new Error(`not expected: ${JSON.stringify(request)}`);
    return answer(request);
  };
  return Object.assign(ask, { asked });
}
const unreserved = (left: number) =>
  JSON.stringify({ AccountLimit: { UnreservedConcurrentExecutions: left } });
const summary = (roles: number, quota: number) =>
  `<entry><key>Roles</key><value>${roles}</value></entry><entry><key>RolesQuota</key><value>${quota}</value></entry>`;
function simulated(body: string, allows: (action: string) => boolean): string {
  const actions = [...new URLSearchParams(body)]
    .filter(([key]) => key.startsWith('ActionNames'))
    .map(([, value]) => value);
  return actions
    .map(
      (action) =>
        `<member><EvalActionName>${action}</EvalActionName><EvalDecision>${allows(action) ? 'allowed' : 'implicitDeny'}</EvalDecision></member>`,
    )
    .join('');
}
const check = (ask: Ask, more = {}) =>
  preflight([backendCheck, ...awsChecks(ask)], { plan, driver: driver(0), caller, ...more });

test('an account in which all is well passes every check', async () => {
  expect(await check(account())).toEqual({
    problems: [],
    unchecked: [],
    passed: [
      'backend',
      'account',
      'gateway',
      'quota of roles',
      'quota of concurrency',
      'quotas of the network',
      'sign-in domain',
      "the deployer's permissions",
    ],
  });
});

test.each([
  [
    'account',
    account(),
    { caller: { account: '999999999999', arn: 'a' } },
    /of account 999999999999, the stack is for 123456789012/,
  ],
  [
    'gateway',
    account({
      ListGateways: () => ({ status: 200, text: '{"items":[{"name":"tools","gatewayId":"tools-abc"}]}' }),
    }),
    {},
    /named tools exists already \(tools-abc\)/,
  ],
  [
    'quota of roles',
    account({ GetAccountSummary: () => ({ status: 200, text: summary(999, 1000) }) }),
    {},
    /2 more roles are needed, the account has 999 of 1000/,
  ],
  [
    'sign-in domain',
    account({
      DescribeUserPoolDomain: () => ({ status: 200, text: '{"DomainDescription":{"UserPoolId":"p"}}' }),
    }),
    {},
    /domain tools-123456789012 is taken/,
  ],
  [
    "the deployer's permissions",
    account({
      SimulatePrincipalPolicy: ({ body = '' }) => ({
        status: 200,
        text: simulated(body, (action) => action !== 'iam:PassRole'),
      }),
    }),
    {},
    /role\/deployer lacks 1 of \d+ actions: iam:PassRole/,
  ],
  [
    'backend',
    account(),
    { driver: driver(1, 'error: no such bucket') },
    /backend cannot be reached: error: no such bucket/,
  ],
])('%s: what is wrong is told, with what to do', async (name, ask, more, message) => {
  const { problems } = await check(ask, more);
  expect(problems).toEqual([
    { check: name, message: expect.stringMatching(message), hint: expect.stringMatching(/\w/) },
  ]);
});

test('a region without the gateway is told from a passing fault', async () => {
  const nowhere = Object.assign(new Error('fetch failed'), { cause: new Error('getaddrinfo ENOTFOUND x') });
  const ask = account({
    ListGateways: () => {
      throw nowhere;
    },
  });
  expect((await check(ask)).problems).toMatchObject(
    [{ check: 'gateway', message: /us-east-1 has no AgentCore gateway/ }].map((each) => ({
      ...each,
      message: expect.stringMatching(each.message),
    })),
  );
  const busy = account({ ListGateways: () => ({ status: 503, text: 'busy' }) });
  expect(await check(busy)).toMatchObject({
    problems: [],
    unchecked: ['gateway: ListGateways answered 503: busy'],
  });
});

test("the stack's own gateway and domain are no conflict", async () => {
  const ask = account({
    ListGateways: () => ({ status: 200, text: '{"items":[{"name":"tools","gatewayId":"tools-abc"}]}' }),
    DescribeUserPoolDomain: () => ({ status: 200, text: '{"DomainDescription":{"UserPoolId":"p"}}' }),
  });
  expect((await check(ask, { state: deployed })).problems).toEqual([]);
});

const planFor = (more: object, region = 'us-east-1') =>
  createPlan(manifest, parseSettings('dev', { ...config, 'aws:region': region, ...more }, 'f'));

test('concurrency that is to be reserved must be there, but for functions that have it already', async () => {
  const reserving = planFor({
    'mcpgw:servers': { settings: { 'files-mcp-server': { concurrency: 20 } } },
  });
  const ask = account({ GetAccountSettings: () => ({ status: 200, text: unreserved(110) }) });
  expect((await check(ask, { plan: reserving })).problems).toMatchObject([
    {
      check: 'quota of concurrency',
      message: '20 concurrent executions are to be reserved, the account has 10 to give',
    },
  ]);
  expect((await check(account(), { plan: reserving })).problems).toEqual([]);
  expect((await check(ask, { plan: reserving, state: deployed })).problems).toEqual([]);
  expect((await check(ask)).problems).toEqual([]);
});

test("roles of the stack's own are not counted twice", async () => {
  const ask = account({ GetAccountSummary: () => ({ status: 200, text: summary(1000, 1000) }) });
  expect((await check(ask, { state: deployed })).problems).toEqual([]);
  const half = { ...deployed, resources: deployed.resources.slice(1) };
  expect((await check(ask, { state: half })).problems).toMatchObject([
    { check: 'quota of roles', message: '1 more role is needed, the account has 1000 of 1000' },
  ]);
});

test('semantic search where the region has none', async () => {
  const searching = { 'mcpgw:gateway': { name: 'tools', search: 'semantic' } };
  expect((await check(account(), { plan: planFor(searching, 'us-west-1') })).problems).toMatchObject([
    { check: 'gateway', message: 'us-west-1 has no semantic search of gateways' },
  ]);
  expect((await check(account(), { plan: planFor(searching) })).problems).toEqual([]);
});

test("a gateway of somebody else's is looked for on every page", async () => {
  const existing = { id: 'theirs-0123456789', role: 'their-role' };
  const added = planFor({ 'mcpgw:gateway': { name: 'tools', existing } });
  const pages = (last: string): Answers => ({
    ListGateways: ({ path = '' }) => ({
      status: 200,
      text: path.includes('nextToken=a%2Bb')
        ? JSON.stringify({ items: [{ name: 'x', gatewayId: last }] })
        : JSON.stringify({ items: [{ name: 'y', gatewayId: 'other' }], nextToken: 'a+b' }),
    }),
  });
  expect((await check(account(pages(existing.id)), { plan: added })).problems).toEqual([]);
  expect((await check(account(pages('another')), { plan: added })).problems).toMatchObject([
    { check: 'gateway', message: 'there is no gateway theirs-0123456789 in us-east-1' },
  ]);
});

test('permissions are simulated on a sample of the resource, with the condition that PassRole has', async () => {
  const ask = account();
  await check(ask);
  const bodies = ask.asked
    .map(({ body }) => new URLSearchParams(body))
    .filter((body) => body.get('Action') === 'SimulatePrincipalPolicy');
  expect(new Set(bodies.map((body) => body.get('PolicySourceArn')))).toEqual(
    new Set(['arn:aws:iam::123456789012:role/deployer']),
  );
  const pass = bodies.find((body) => body.get('ActionNames.member.1') === 'iam:PassRole');
  expect(pass?.get('ResourceArns.member.1')).toBe('arn:aws:iam::123456789012:role/tools-sample');
  expect(pass?.get('ContextEntries.member.1.ContextKeyName')).toBe('iam:PassedToService');
});

test('all problems at once', async () => {
  const ask = account({ GetAccountSummary: () => ({ status: 200, text: summary(999, 1000) }) });
  const missing = definitionsCheck(async () =>
    Promise.reject(new Error('manifest/tools/x.json does not exist')),
  );
  const made = await preflight([backendCheck, missing, ...awsChecks(ask)], {
    plan,
    driver: driver(1, 'gone'),
    caller,
  });
  expect(made.problems.map((problem) => problem.check)).toEqual([
    'backend',
    'tool definitions',
    'quota of roles',
  ]);
});

test('who the credentials are, and that there are none', async () => {
  const good: Ask = async () => ({ status: 200, text: '<Account>123456789012</Account><Arn>arn:x</Arn>' });
  expect(await whoAmI(good, 'us-east-1')).toEqual({ account: '123456789012', arn: 'arn:x' });
  const bad: Ask = async () => ({ status: 403, text: '<Message>The security token is expired</Message>' });
  await expect(whoAmI(bad, 'us-east-1')).rejects.toThrow('STS answered 403: The security token is expired');
});

test.each([
  [caller.arn, 'arn:aws:iam::123456789012:role/deployer'],
  ['arn:aws-us-gov:sts::1:assumed-role/r/s', 'arn:aws-us-gov:iam::1:role/r'],
  ['arn:aws:iam::1:user/me', 'arn:aws:iam::1:user/me'],
])('%s is simulated as %s', (arn, role) => expect(roleOf(arn)).toBe(role));

test('elements of an XML answer', () => expect(elements('<a>1</a><b/><a>2</a>', 'a')).toEqual(['1', '2']));

describe('a network of its own', () => {
  const network = {
    'mcpgw:network': {
      outbound: { zones: ['us-east-1a', 'us-east-1b'], cidr: '10.0.0.0/20', internet: 'nat-per-zone' },
    },
  };
  const ec2 = (vpcs: number, addresses: number): Answers => ({
    DescribeVpcs: () => ({ status: 200, text: '<vpcId>vpc-1</vpcId>'.repeat(vpcs) }),
    DescribeAddresses: () => ({ status: 200, text: '<publicIp>192.0.2.1</publicIp>'.repeat(addresses) }),
    GetServiceQuota: () => ({ status: 400, text: '{"__type":"AccessDeniedException"}' }),
  });

  test('what the account has no room for is told, all of it', async () => {
    const { problems } = await check(account(ec2(5, 4)), { plan: planFor(network) });
    expect(problems.map(({ check: name, message }) => `${name}: ${message}`)).toEqual([
      'quotas of the network: 1 more VPCs needed, us-east-1 has 5 of 5',
      'quotas of the network: 2 more Elastic IP addresses needed, us-east-1 has 4 of 5',
    ]);
  });

  test("the account's own quota counts, not the usual one", async () => {
    const asked = account({
      ...ec2(5, 4),
      GetServiceQuota: ({ body = '' }) => ({
        status: 200,
        text: JSON.stringify({ Quota: { Value: body.includes('L-F678F1CE') ? 6 : 5 } }),
      }),
    });
    expect((await check(asked, { plan: planFor(network) })).problems).toMatchObject([
      { message: '2 more Elastic IP addresses needed, us-east-1 has 4 of 5' },
    ]);
  });

  test('what the stack has already needs no more room', async () => {
    const types = ['aws:ec2/vpc:Vpc', 'aws:ec2/eip:Eip', 'aws:ec2/eip:Eip'];
    const state = {
      ...deployed,
      resources: [...deployed.resources, ...types.map((type) => ({ type, urn: `urn::${type}` }))],
    };
    expect((await check(account(ec2(5, 5)), { plan: planFor(network), state })).problems).toEqual([]);
  });
});
