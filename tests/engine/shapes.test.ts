/** The forms a stack can take: several gateways, toolsets, an existing gateway, people, other accounts, transforms. */
import { appendFile } from 'node:fs/promises';
import { afterEach, expect, jest, test } from '@jest/globals';
import type { Operation } from '../../offline/plugin/journal.ts';
import { readReferees } from '../../offline/plugin/referees.ts';
import { at, type Value } from '../../offline/plugin/values.ts';
import { violations } from '../../offline/policy.ts';
import { decodeProxySettings } from '../../proxies/settings.ts';
import { mutantsOf, recorded, samples, survives } from './support/mutants.ts';
import { ACCOUNT, countTypes, Rehearsal, shortOf } from './support/rehearsal.ts';
import { manyServers } from './support/synthetic.ts';

jest.setTimeout(600_000);

let stack: Rehearsal;
afterEach(() => stack?.close());

async function bringUp(
  config: Record<string, unknown>,
  count = 3,
  seed: Operation[] = [],
): Promise<Operation[]> {
  stack = await Rehearsal.open(config);
  await appendFile(stack.backend.journal, seed.map((operation) => `${JSON.stringify(operation)}\n`).join(''));
  stack.operations();
  await stack.manifest(manyServers(count));
  const { exitCode, stdout, stderr } = await stack.up();
  if (exitCode !== 0) throw new Error(`${stdout.slice(-3000)}\n${stderr.slice(-2000)}`);
  return stack.operations();
}

const ofType = (operations: readonly Operation[], name: string) =>
  operations.filter(({ type }) => type.endsWith(`:${name}`));
const policyOf = (operation: Operation | undefined) =>
  (JSON.parse(String(operation?.inputs?.policy)) as { Statement: Value[] }).Statement;

test('toolsets: a gateway each, one function a server, each client where it is admitted', async () => {
  const [first = '', second = '', third = ''] = manyServers(3).map(({ id }) => id);
  const operations = await bringUp({
    'mcpgw:toolsets': {
      data: { include: [first, second] },
      ops: { include: [second, third], tools: { [second]: { include: ['tool_1'] } } },
    },
    'mcpgw:auth': {
      type: 'cognito',
      clients: { analyst: { scopes: ['invoke'], toolsets: ['data'] }, platform: { scopes: ['invoke'] } },
      people: { callbackUrls: ['http://localhost:8976/callback'] },
    },
    'mcpgw:servers': {
      settings: {
        [first]: {
          role: { arn: 'arn:aws:iam::210987654321:role/reader', externalId: 'mcpgw' },
          tracing: true,
          region: 'eu-west-1',
          concurrency: 5,
        },
        [second]: {
          secrets: {
            TOKEN: 'ssm:/team/token',
            KEY: `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:key-AbCdEf#value`,
          },
        },
        [third]: { form: 'image' },
      },
    },
    'mcpgw:transforms': [
      {
        type: 'aws:lambda/function:Function',
        name: third,
        properties: { memorySize: 4096, description: null },
      },
    ],
  });
  expect(operations.filter(({ op }) => op !== 'create')).toEqual([]);
  expect(countTypes(operations.map(({ urn }) => urn))).toMatchObject({
    'aws:bedrock/agentcoreGateway:AgentcoreGateway': 2,
    'aws:bedrock/agentcoreGatewayTarget:AgentcoreGatewayTarget': 4,
    'aws:lambda/function:Function': 3,
    'aws:cognito/userPoolClient:UserPoolClient': 3,
  });
  expect(
    ofType(operations, 'AgentcoreGatewayTarget')
      .map(({ urn }) => shortOf(urn).split(' ')[1])
      .sort(),
  ).toEqual([`data-${first}`, `data-${second}`, `ops-${second}`, `ops-${third}`]);

  // One function, and in each toolset the tools that it chooses: two schemas, both of which its gateway may read.
  const schemas = ofType(operations, 'AgentcoreGatewayTarget')
    .filter(({ urn }) => urn.endsWith(second))
    .map(({ inputs = {} }) => String(at(inputs, 'targetConfiguration.mcp.lambda.toolSchema.s3.uri')));
  expect(new Set(schemas).size).toBe(2);
  for (const schema of schemas) {
    const key = schema.replace(/^s3:\/\/[^/]+\//, '');
    const readers = ofType(operations, 'RolePolicy').filter(({ inputs = {} }) =>
      String(inputs.policy).includes(key),
    );
    expect(readers).toHaveLength(1);
  }

  const ids = Object.fromEntries(
    ofType(operations, 'UserPoolClient').map(({ urn, id }) => [shortOf(urn).split(' ')[1], id]),
  );
  const admitted = Object.fromEntries(
    ofType(operations, 'AgentcoreGateway').map(({ inputs = {} }) => [
      inputs.name,
      at(inputs, 'authorizerConfiguration.customJwtAuthorizer.allowedClients'),
    ]),
  );
  expect(admitted).toEqual({
    'tools-data': [ids.analyst, ids.platform, ids.people],
    'tools-ops': [ids.platform, ids.people],
  });

  const people = ofType(operations, 'UserPoolClient').find(({ urn }) => urn.endsWith('::people'));
  expect(people?.inputs).toMatchObject({ generateSecret: false, allowedOauthFlows: ['code'] });
  expect(people?.outputs).not.toHaveProperty('clientSecret');

  const policies = Object.fromEntries(
    ofType(operations, 'RolePolicy').map((operation) => [
      shortOf(operation.urn).split(' ')[1],
      policyOf(operation),
    ]),
  );
  // In another account it may do what that role may; here nothing but its log and traces.
  expect(policies[first]).toMatchObject([
    { Sid: 'WriteOwnLog' },
    { Sid: 'WriteTraces' },
    {
      Sid: 'AssumeServerRole',
      Action: ['sts:AssumeRole'],
      Resource: ['arn:aws:iam::210987654321:role/reader'],
    },
  ]);
  expect(policies[second]).toMatchObject([
    { Sid: 'WriteOwnLog' },
    { Sid: 'ReadSecrets', Resource: [`arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:key-AbCdEf`] },
    { Sid: 'ReadParameters', Resource: [`arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/team/token`] },
    { Sid: 'DynamodbUnscoped' },
  ]);

  const functions = Object.fromEntries(
    ofType(operations, 'Function').map(({ urn, inputs }) => [shortOf(urn).split(' ')[1], inputs]),
  );
  expect(functions[first]).toMatchObject({
    tracingConfig: { mode: 'Active' },
    reservedConcurrentExecutions: 5,
  });
  const variables = at(functions[first] ?? {}, 'environment.variables') as Record<string, string>;
  expect(decodeProxySettings(variables.MCPGW_PROXY ?? '')).toMatchObject({ region: 'eu-west-1' });
  // Set to be an image: named by its inputs, like a package, in the repository that `mcpgw package --publish` fills.
  expect(functions[third]).toMatchObject({
    memorySize: 4096,
    packageType: 'Image',
    imageUri: expect.stringMatching(
      new RegExp(`^${ACCOUNT}\\.dkr\\.ecr\\.us-east-1\\.amazonaws\\.com/mcpgw-artefacts:[0-9a-f]{64}$`),
    ),
  });
  for (const zipOnly of ['s3Key', 'layers', 'handler', 'runtime'])
    expect(functions[third]).not.toHaveProperty(zipOnly);
  expect(functions[third]).not.toHaveProperty('description');
  expect(functions[second]).toMatchObject({ memorySize: 1024, description: expect.any(String) });
});

test('an existing gateway gets targets, and its role the right to call them; nothing else of it is touched', async () => {
  const id = 'theirs-0123456789';
  const role = { name: 'theirs', assumeRolePolicy: '{"bedrock-agentcore.amazonaws.com":1}' };
  const seed: Operation[] = [
    {
      op: 'create',
      type: 'aws:iam/role:Role',
      urn: 'u',
      id: 'theirs',
      inputs: role,
      outputs: { arn: `arn:aws:iam::${ACCOUNT}:role/theirs` },
    },
    {
      op: 'create',
      type: 'aws:bedrock/agentcoreGateway:AgentcoreGateway',
      urn: 'u',
      id,
      inputs: { name: 'theirs', roleArn: `arn:aws:iam::${ACCOUNT}:role/theirs` },
      outputs: {},
    },
  ];
  const operations = await bringUp(
    { 'mcpgw:gateway': { name: 'tools', existing: { id, role: 'theirs' } } },
    2,
    seed,
  );
  expect(countTypes(operations.map(({ urn }) => urn))).toEqual({
    'aws:bedrock/agentcoreGatewayTarget:AgentcoreGatewayTarget': 2,
    'aws:cloudwatch/logGroup:LogGroup': 2,
    'aws:iam/role:Role': 2,
    'aws:iam/rolePolicy:RolePolicy': 3,
    'aws:lambda/function:Function': 2,
    'aws:lambda/layerVersion:LayerVersion': 1,
  });
  expect((await stack.outputs()).gatewayUrl).toBe(
    `https://${id}.gateway.bedrock-agentcore.us-east-1.amazonaws.com/mcp`,
  );
});

test('a private network, watched: endpoints of what is called, no way out, records and alarms', async () => {
  const [first = ''] = manyServers(2).map(({ id }) => id);
  const operations = await bringUp(
    {
      'mcpgw:network': {
        inbound: { endpoints: ['vpce-0123456789abcdef0'] },
        outbound: { cidr: '10.40.0.0/20', zones: ['us-east-1a', 'us-east-1b'] },
        servers: [first],
      },
      'mcpgw:rateLimits': [
        { client: 'default', rate: 60 },
        { client: '*', target: first, rate: 0 },
      ],
      'mcpgw:observe': {
        dashboard: true,
        alarms: { email: 'team@example.com' },
        gatewayLogs: { retentionDays: 14 },
        gatewayTraces: true,
      },
    },
    2,
  );
  expect(operations.filter(({ op }) => op !== 'create')).toEqual([]);
  expect(violations(recorded(operations), readReferees().schema)).toEqual([]);
  const endpoints = ofType(operations, 'VpcEndpoint').map(({ inputs = {} }) => [
    inputs.serviceName,
    inputs.vpcEndpointType,
  ]);
  expect(endpoints.sort()).toEqual([
    ['com.amazonaws.us-east-1.dynamodb', 'Gateway'],
    ['com.amazonaws.us-east-1.sts', 'Interface'],
  ]);
  expect(ofType(operations, 'RouteTable')[0]?.inputs).not.toHaveProperty('routes');
  const inNetwork = ofType(operations, 'Function').map(({ urn, inputs = {} }) => [
    shortOf(urn).split(' ')[1],
    inputs.vpcConfig !== undefined,
  ]);
  expect(Object.fromEntries(inNetwork)).toEqual({ [first]: true, 'server-001-mcp-server': false });
  const client = ofType(operations, 'UserPoolClient')[0]?.id;
  const limits = ofType(operations, 'GatewayRateLimit').map(({ inputs = {} }) => inputs.entries);
  expect(limits).toContainEqual([
    { dimensions: { '$.context.jwt.client_id': client }, requests: [{ rate: 60, period: 'minute' }] },
  ]);
  const inbound = ofType(operations, 'AgentcoreResourcePolicy')[0];
  expect(String(inbound?.inputs?.policy)).toContain('"Effect":"Deny","Principal":"*"');
  expect(countTypes(operations.map(({ urn }) => urn))).toMatchObject({
    'aws-native:bedrockagentcore:GatewayRateLimit': 2,
    'aws:cloudwatch/metricAlarm:MetricAlarm': 4,
    'aws:cloudwatch/dashboard:Dashboard': 1,
    'aws:cloudwatch/logDelivery:LogDelivery': 2,
    'aws:sns/topicSubscription:TopicSubscription': 1,
    'aws:ec2/subnet:Subnet': 2,
  });
  const survivors = samples(operations).flatMap((resource) =>
    mutantsOf(resource, readReferees()).filter(survives),
  );
  expect(survivors).toEqual([]);
  expect((await stack.destroy()).exitCode).toBe(0);
  expect(stack.existing()).toEqual([]);
});
