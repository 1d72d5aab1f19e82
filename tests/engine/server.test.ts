/** Everything that a stack can say of one server and its role, rendered at once. */
import { afterEach, expect, jest, test } from '@jest/globals';
import type { Operation } from '../../offline/plugin/journal.ts';
import { readReferees } from '../../offline/plugin/referees.ts';
import { at } from '../../offline/plugin/values.ts';
import { violations } from '../../offline/policy.ts';
import type { ServerEntry } from '../../plan/manifest.ts';
import { decodeProxySettings } from '../../proxies/settings.ts';
import { recorded } from './support/mutants.ts';
import { ACCOUNT, Rehearsal } from './support/rehearsal.ts';
import { manyServers } from './support/synthetic.ts';

jest.setTimeout(600_000);

const [server = { id: '' }] = manyServers(1);
let stack: Rehearsal;
afterEach(() => stack?.close());

/** 300 actions of twelve services, half of which write; those of service1 can be limited to a resource. */
const ACTIONS = Array.from({ length: 300 }, (_, index) => {
  const writes = index % 2 === 1;
  const service = `service${index % 12}`;
  const action = `${service}:${writes ? 'Put' : 'Get'}SomethingOfConsiderableLength${index}`;
  const access: 'Read' | 'Write' = writes ? 'Write' : 'Read';
  const resources = service === 'service1' ? { resources: ['arn:*:service1:*:*:thing/*'] } : {};
  return [action, { access, from: ['server.py#main'], ...resources }] as [
    string,
    { access: typeof access; from: string[]; resources?: string[] },
  ];
});
const THING = `arn:aws:service1:us-east-1:${ACCOUNT}:thing/one`;

async function bringUp(config: Record<string, unknown>): Promise<Operation[]> {
  stack = await Rehearsal.open(config);
  await stack.manifest([server]);
  await stack.editServer(server.id, (entry): ServerEntry => {
    return { ...entry, aws: { actions: Object.fromEntries(ACTIONS), unresolved: [] } };
  });
  const { exitCode, stdout, stderr } = await stack.up();
  if (exitCode !== 0) throw new Error(`${stdout.slice(-3000)}\n${stderr.slice(-2000)}`);
  return stack.operations();
}

const ofServer = (operations: readonly Operation[], type: string) =>
  operations.filter(
    (one) => one.type.endsWith(`:${type}`) && one.urn.split('::').pop()?.startsWith(server.id),
  );
const statementsIn = (texts: readonly unknown[]) =>
  texts.flatMap(
    (text) =>
      (JSON.parse(String(text)) as { Statement: { Action: string[]; Resource: string[] }[] }).Statement,
  );

/** What its handler is told. */
function proxyOf(made: Operation | undefined) {
  const variables = at(made?.inputs ?? {}, 'environment.variables') as Record<string, string>;
  return decodeProxySettings(variables.MCPGW_PROXY ?? '');
}

test('role, policies, logs and function are what the settings say', async () => {
  const boundary = `arn:aws:iam::${ACCOUNT}:policy/bounds`;
  const key = `arn:aws:kms:us-east-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`;
  const operations = await bringUp({
    'mcpgw:names': { prefix: 'team', iamPath: '/agents/' },
    'mcpgw:permissionsBoundary': boundary,
    'mcpgw:tags': { team: 'platform' },
    'mcpgw:logs': { retentionDays: 90, kmsKey: key },
    'mcpgw:servers': {
      settings: {
        [server.id]: {
          memory: 2048,
          timeout: 300,
          concurrency: 7,
          tracing: true,
          environment: { STAGE: 'test' },
          resources: { service1: [THING] },
          withhold: ['service0:*'],
          statements: [
            { actions: ['dynamodb:Query'], resources: [`arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/a`] },
          ],
        },
      },
    },
  });
  const [role] = ofServer(operations, 'Role');
  expect(role?.inputs).toMatchObject({ path: '/agents/', permissionsBoundary: boundary });
  expect(String(role?.inputs?.name)).toMatch(/^team-/);
  const policies = ofServer(operations, 'Policy').map(({ inputs = {} }) => inputs);
  expect(policies.length).toBeGreaterThan(1);
  expect(ofServer(operations, 'RolePolicyAttachment')).toHaveLength(policies.length);
  expect(ofServer(operations, 'RolePolicy')).toEqual([]);
  for (const { policy, path } of policies) {
    expect(String(policy).length).toBeLessThanOrEqual(6144);
    expect(path).toBe('/agents/');
  }
  const granted = statementsIn(policies.map(({ policy }) => policy)).flatMap(({ Action }) => Action);
  const expected = ACTIONS.map(([action]) => action).filter((action) => !action.startsWith('service0:'));
  expect(granted.filter((action) => action.startsWith('service')).sort()).toEqual(expected.sort());
  expect(granted.filter((action) => action.includes('*'))).toEqual([]);
  const narrowed = statementsIn(policies.map(({ policy }) => policy)).filter(({ Action }) =>
    Action.some((action) => action.startsWith('service1:')),
  );
  expect(narrowed.map(({ Resource }) => Resource)).toEqual(narrowed.map(() => [THING]));
  expect(granted).toEqual(
    expect.arrayContaining(['dynamodb:Query', 'xray:PutTraceSegments', 'logs:PutLogEvents']),
  );
  expect(ofServer(operations, 'LogGroup')[0]?.inputs).toMatchObject({ retentionInDays: 90, kmsKeyId: key });
  expect(ofServer(operations, 'Function')[0]?.inputs).toMatchObject({
    memorySize: 2048,
    timeout: 300,
    reservedConcurrentExecutions: 7,
    tracingConfig: { mode: 'Active' },
    architectures: ['arm64'],
  });
  expect(proxyOf(ofServer(operations, 'Function')[0]).environment).toEqual({ STAGE: 'test' });
  const untagged = recorded(operations).filter(
    ({ outputs = {} }) =>
      'tagsAll' in outputs && (outputs.tagsAll as Record<string, string>).team !== 'platform',
  );
  expect(untagged).toEqual([]);
  expect(violations(recorded(operations), readReferees().schema)).toEqual([]);
});

test('read-only: no action that writes', async () => {
  const operations = await bringUp({ 'mcpgw:readOnly': true });
  const texts = [...ofServer(operations, 'Policy'), ...ofServer(operations, 'RolePolicy')];
  const granted = statementsIn(texts.map(({ inputs }) => inputs?.policy)).flatMap(({ Action }) => Action);
  expect(granted.filter((action) => action.startsWith('service'))).toHaveLength(150);
  expect(granted.filter((action) => action.includes(':PutSomething'))).toEqual([]);
});

test('a remote server that wants signed requests: its function runs the proxy, under a role that may call it', async () => {
  stack = await Rehearsal.open({
    'mcpgw:servers': { remote: [server.id], settings: { [server.id]: { readOnly: true } } },
  });
  await stack.manifest([server]);
  await stack.editServer(
    server.id,
    (entry): ServerEntry => ({
      ...entry,
      kind: 'remote',
      endpoints: ['https://far.{region}.api.aws/mcp'],
      signing: { service: 'far', regions: ['eu-west-1', 'us-east-1'] },
      aws: {
        actions: {
          'far:InvokeMcp': { access: 'List', from: ['knowledge'] },
          'far:CallReadWriteTool': { access: 'Write', from: ['knowledge'] },
        },
        unresolved: [],
      },
    }),
  );
  const { exitCode, stdout, stderr } = await stack.up();
  if (exitCode !== 0) throw new Error(`${stdout.slice(-3000)}\n${stderr.slice(-2000)}`);
  const operations = stack.operations();
  const [made] = ofServer(operations, 'Function');
  expect(proxyOf(made).arguments).toEqual([
    'https://far.us-east-1.api.aws/mcp',
    '--service',
    'far',
    '--disable-telemetry',
    '--read-only',
  ]);
  const policies = ofServer(operations, 'RolePolicy').map(({ inputs }) => inputs?.policy);
  expect(statementsIn(policies).flatMap(({ Action }) => Action)).toEqual([
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'far:InvokeMcp',
  ]);
  // The gateway calls the function, as any other: it has no endpoint of the server's.
  expect(ofServer(operations, 'AgentcoreGatewayTarget')[0]?.inputs?.targetConfiguration).toEqual({
    mcp: { lambda: expect.objectContaining({ lambdaArn: made?.outputs?.arn }) },
  });
  expect(violations(recorded(operations), readReferees().schema)).toEqual([]);
});
