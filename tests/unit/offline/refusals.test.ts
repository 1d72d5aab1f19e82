/** Refusals of the stand-in that need an account with something in it: grants, engines, what holds on to what. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { StandIn } from '../../../offline/plugin/stand-in.ts';
import type { Values } from '../../../offline/plugin/values.ts';
import { ACCOUNT, openStandIn } from '../../engine/support/stand-in.ts';

const AGENTCORE = 'aws:bedrock/agentcore';
const ENGINE = `${AGENTCORE}PolicyEngine:AgentcorePolicyEngine`;
const GATEWAY = `${AGENTCORE}Gateway:AgentcoreGateway`;
const POLICY = `${AGENTCORE}Policy:AgentcorePolicy`;
const ROLE = 'aws:iam/role:Role';
const ROLE_POLICY = 'aws:iam/rolePolicy:RolePolicy';
const MANAGED = 'aws:iam/policy:Policy';
const ATTACHMENT = 'aws:iam/rolePolicyAttachment:RolePolicyAttachment';
const POOL = 'aws:cognito/userPool:UserPool';

let account: StandIn;
beforeEach(() => {
  account = openStandIn();
});

const resource = (type: string, name: string) => ({ type, urn: `urn:pulumi:s::p::${type}::${name}` });
const create = async (type: string, inputs: Values, name = 'x') =>
  account.create(resource(type, name), inputs);
const remove = async (type: string, id: string, inputs: Values = {}) =>
  account.delete(resource(type, 'x'), id, inputs);
const document = (Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const allow = (Action: string[], Resource: string[] = ['*']) =>
  document([{ Effect: 'Allow', Action, Resource }]);
const trust = (Service: string) =>
  document([{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }]);
const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

async function role(name: string, service: string, actions: string[]): Promise<void> {
  await create(ROLE, { name, assumeRolePolicy: trust(service) }, name);
  if (actions.length > 0)
    await create(ROLE_POLICY, { name: 'permissions', role: name, policy: allow(actions) }, name);
}

describe('a gateway', () => {
  const functionArn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:asks`;
  const asked = (arn: string) => ({
    name: 'tools',
    roleArn: roleArn('gateway'),
    interceptorConfigurations: [{ interceptionPoints: ['REQUEST'], interceptor: { lambda: { arn } } }],
  });
  const asks = {
    name: 'asks',
    role: roleArn('fn'),
    s3Bucket: 'b',
    s3Key: 'k',
    handler: 'h',
    runtime: 'nodejs24.x',
  };

  test('whose role may not call the interceptor, or whose interceptor is not there', async () => {
    await role('fn', 'lambda.amazonaws.com', []);
    await role('gateway', 'bedrock-agentcore.amazonaws.com', []);
    await create('aws:lambda/function:Function', asks);
    await expect(create(GATEWAY, asked(functionArn))).rejects.toThrow(
      'lacks permission to invoke interceptor',
    );
    const policy = allow(['lambda:InvokeFunction'], [functionArn]);
    await create(ROLE_POLICY, { name: 'permissions', role: 'gateway', policy });
    await expect(create(GATEWAY, asked(`${functionArn}-not`))).rejects.toThrow(
      `interceptor ${functionArn}-not`,
    );
    await expect(create(GATEWAY, asked(functionArn))).resolves.toMatchObject({ id: expect.any(String) });
  });

  test('whose role may not evaluate policies, of an engine that is not there, of a name that is taken', async () => {
    const engineArn = String((await create(ENGINE, { name: 'engine' })).outputs.policyEngineArn);
    const guarded = (arn: string) => ({
      name: 'tools',
      roleArn: roleArn('gateway'),
      policyEngineConfiguration: { arn, mode: 'ENFORCE' },
    });
    await role('gateway', 'bedrock-agentcore.amazonaws.com', ['bedrock-agentcore:GetPolicyEngine']);
    await expect(create(GATEWAY, guarded(`${engineArn}x`))).rejects.toThrow('x not found');
    await expect(create(GATEWAY, guarded(engineArn))).rejects.toThrow('role is not authorized to perform');
    const rest = ['AuthorizeAction', 'PartiallyAuthorizeActions'].map((verb) => `bedrock-agentcore:${verb}`);
    await create(ROLE_POLICY, { name: 'rest', role: 'gateway', policy: allow(rest) }, 'rest');
    await create(GATEWAY, guarded(engineArn));
    await expect(create(GATEWAY, guarded(engineArn), 'y')).rejects.toThrow(
      'A gateway with name tools already',
    );
    await expect(create(GATEWAY, { name: 'other', roleArn: roleArn('none') }, 'z')).rejects.toThrow(
      'none cannot be assumed',
    );
  });
});

test('a policy of no engine, about no gateway of its engine, about a tool that is not there; an engine that is held', async () => {
  const engine = await create(ENGINE, { name: 'engine' });
  const policyEngineId = engine.id;
  const about = (statement: string, name = 'p') => ({
    name,
    policyEngineId,
    definition: { cedar: { statement } },
  });
  await expect(create(POLICY, { ...about(''), policyEngineId: 'none' })).rejects.toThrow(
    'engine none not found',
  );
  await expect(create(POLICY, about('permit(principal, action, resource);'))).rejects.toThrow(
    'the statement names no gateway that the policy engine is attached to',
  );
  await role('gateway', 'bedrock-agentcore.amazonaws.com', ['bedrock-agentcore:*']);
  const gateway = await create(GATEWAY, {
    name: 'tools',
    roleArn: roleArn('gateway'),
    policyEngineConfiguration: { arn: String(engine.outputs.policyEngineArn), mode: 'ENFORCE' },
  });
  const on = `AgentCore::Gateway::"${String(gateway.outputs.gatewayArn)}"`;
  await expect(create(POLICY, about(`action == AgentCore::Action::"gone___x" ${on}`))).rejects.toThrow(
    'unrecognized action AgentCore::Action::"gone___x"',
  );
  await create(POLICY, about(on));
  await expect(create(POLICY, about(on), 'again')).rejects.toThrow('A policy with name p already exists');
  await expect(create(ENGINE, { name: 'engine' }, 'again')).rejects.toThrow(
    'engine with name engine already',
  );
  await expect(remove(ENGINE, engine.id)).rejects.toThrow('has policies or is attached to a gateway');
});

test('rate limits of no gateway, twice by the same keys, and more than fifty', async () => {
  const LIMIT = 'aws-native:bedrockagentcore:GatewayRateLimit';
  const limit = (gatewayIdentifier: string, key: string) => ({ gatewayIdentifier, dimensionKeys: [key] });
  await expect(create(LIMIT, limit('none', 'targetName'))).rejects.toThrow('gateway none');
  await role('gateway', 'bedrock-agentcore.amazonaws.com', []);
  const { id } = await create(GATEWAY, { name: 'tools', roleArn: roleArn('gateway') });
  for (let n = 0; n < 50; n++) await create(LIMIT, limit(id, `$.context.jwt.c${n}`), `l${n}`);
  await expect(create(LIMIT, limit(id, 'targetName'), 'last')).rejects.toThrow('more than 50 rate limits');
  await remove(LIMIT, [...account.world.ofType(LIMIT)][0]?.id ?? '');
  await expect(create(LIMIT, limit(id, '$.context.jwt.c7'), 'same')).rejects.toThrow('same dimension keys');
});

describe('IAM', () => {
  test('a role that is there, with a trust that is too long, with more than ten policies', async () => {
    await role('r', 'x', []);
    const again = { name: 'r', assumeRolePolicy: trust('x') };
    await expect(create(ROLE, again, 'again')).rejects.toThrow('Role with name r already exists');
    const long = { name: 'long', assumeRolePolicy: trust('x'.repeat(2_048)) };
    await expect(create(ROLE, long)).rejects.toThrow('ACLSizePerRole');
    const attach = (n: number) => ({ role: 'r', policyArn: `arn:aws:iam::aws:policy/P${n}` });
    for (let n = 0; n < 10; n++) await create(ATTACHMENT, attach(n), `a${n}`);
    await expect(create(ATTACHMENT, attach(10), 'last')).rejects.toThrow('PoliciesPerRole');
  });

  test('a managed policy that is there, too long, attached, or not there', async () => {
    const policy = allow(['s3:GetObject']);
    const { id } = await create(MANAGED, { name: 'p', policy });
    await expect(create(MANAGED, { name: 'p', policy }, 'again')).rejects.toThrow(
      'A policy called p already',
    );
    const long = allow(['s3:GetObject'], ['x'.repeat(6_144)]);
    await expect(create(MANAGED, { name: 'long', policy: long })).rejects.toThrow('PolicySize');
    await role('r', 'x', []);
    await create(ATTACHMENT, { role: 'r', policyArn: id });
    await expect(remove(MANAGED, id)).rejects.toThrow('Cannot delete a policy attached');
    await expect(create(ATTACHMENT, { role: 'r', policyArn: `${id}x` }, 'b')).rejects.toThrow(
      'not attachable',
    );
  });
});

test('Cognito: what is of no pool, a domain that is taken, a pool that is protected', async () => {
  const of = { userPoolId: 'us-east-1_none', name: 'c', identifier: 'c', domain: 'd' };
  for (const type of [
    'userPoolClient:UserPoolClient',
    'resourceServer:ResourceServer',
    'userPoolDomain:UserPoolDomain',
  ])
    await expect(create(`aws:cognito/${type}`, of)).rejects.toThrow(
      'User pool us-east-1_none does not exist',
    );
  const pool = await create(POOL, { name: 'p', deletionProtection: 'ACTIVE' });
  const domain = { userPoolId: pool.id, domain: 'd' };
  await create('aws:cognito/userPoolDomain:UserPoolDomain', domain);
  await expect(create('aws:cognito/userPoolDomain:UserPoolDomain', domain, 'y')).rejects.toThrow('already');
  await expect(remove(POOL, pool.id, { deletionProtection: 'ACTIVE' })).rejects.toThrow(
    'deletion protection',
  );
});

test('a network whose parts are in use, and two endpoints of one name', async () => {
  const ec2 = (name: string) => `aws:ec2/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
  const { id: vpcId } = await create(ec2('Vpc'), { cidrBlock: '10.0.0.0/20' });
  const { id: subnetId } = await create(ec2('Subnet'), { vpcId, cidrBlock: '10.0.0.0/24' });
  const { id: routeTableId } = await create(ec2('RouteTable'), { vpcId });
  const { id: groupId } = await create(ec2('SecurityGroup'), { vpcId, name: 'g' });
  await create(ec2('RouteTableAssociation'), { subnetId, routeTableId });
  const endpoint = {
    vpcId,
    serviceName: 'com.amazonaws.us-east-1.sts',
    vpcEndpointType: 'Interface',
    subnetIds: [subnetId],
    securityGroupIds: [groupId],
    privateDnsEnabled: true,
  };
  await create(ec2('VpcEndpoint'), endpoint);
  await expect(create(ec2('VpcEndpoint'), endpoint, 'y')).rejects.toThrow(
    'private-dns-enabled cannot be set',
  );
  await expect(remove(ec2('RouteTable'), routeTableId)).rejects.toThrow(`routeTable '${routeTableId}' has`);
  await expect(remove(ec2('SecurityGroup'), groupId)).rejects.toThrow('has a dependent object');
  await expect(remove(ec2('Vpc'), vpcId)).rejects.toThrow(`vpc ${vpcId} has dependencies`);
});

test('what is watched: deliveries of nothing, a topic under no key, a policy and mail of no topic', async () => {
  const cloudwatch = (name: string) =>
    `aws:cloudwatch/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
  const source = { name: 's', logType: 'TRACES', resourceArn: 'arn:none' };
  await expect(create(cloudwatch('LogDeliverySource'), source)).rejects.toThrow('arn:none does not exist');
  const delivery = { deliverySourceName: 's', deliveryDestinationArn: 'arn:d' };
  await expect(create(cloudwatch('LogDelivery'), delivery)).rejects.toThrow('source or destination does not');
  await create(cloudwatch('LogGroup'), { name: 'g' });
  await expect(create(cloudwatch('LogGroup'), { name: 'g' }, 'y')).rejects.toThrow(
    'log group already exists: g',
  );
  const key = `arn:aws:kms:us-east-1:${ACCOUNT}:key/none`;
  await expect(create('aws:sns/topic:Topic', { name: 't', kmsMasterKeyId: key })).rejects.toThrow(
    'KMSNotFound',
  );
  for (const [type, inputs] of [
    ['aws:sns/topicPolicy:TopicPolicy', { arn: 'arn:none', policy: '{}' }],
    [
      'aws:sns/topicSubscription:TopicSubscription',
      { topic: 'arn:none', protocol: 'email', endpoint: 'a@b.c' },
    ],
  ] as const)
    await expect(create(type, inputs)).rejects.toThrow('Topic does not exist');
  await create('aws:s3/bucket:Bucket', { bucket: 'records' });
  const rules = [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: key } }];
  await expect(
    create('aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration', {
      bucket: 'records',
      rules,
    }),
  ).rejects.toThrow('KMS.NotFoundException');
});

test('a saved query into a log group that is not there', async () => {
  const query = { name: 'calls', queryString: 'fields @message', logGroupNames: ['/there', '/not-there'] };
  const ask = () => create('aws:cloudwatch/queryDefinition:QueryDefinition', query);
  await create('aws:cloudwatch/logGroup:LogGroup', { name: '/there', retentionInDays: 30 });
  await expect(ask()).rejects.toThrow('log group does not exist: /not-there');
  await create('aws:cloudwatch/logGroup:LogGroup', { name: '/not-there', retentionInDays: 30 });
  expect((await ask()).id).toMatch(/^[0-9a-f]{32}$/);
});

test('a trail under a key that does not let it, into a log group that is not there', async () => {
  await create('aws:s3/bucket:Bucket', { bucket: 'records' });
  const lets = document([{ Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' } }]);
  await create('aws:s3/bucketPolicy:BucketPolicy', { bucket: 'records', policy: lets });
  const owner = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*' };
  const key = await create('aws:kms/key:Key', { policy: document([owner]) });
  const trail = { name: 't', s3BucketName: 'records' };
  await expect(
    create('aws:cloudtrail/trail:Trail', { ...trail, kmsKeyId: String(key.outputs.arn) }),
  ).rejects.toThrow('Insufficient permissions to access the KMS key');
  await expect(
    create('aws:cloudtrail/trail:Trail', { ...trail, cloudWatchLogsGroupArn: 'arn:none:*' }),
  ).rejects.toThrow('the log group does not exist');
});

test('a function with a layer that is not there', async () => {
  await role('fn', 'lambda.amazonaws.com', []);
  const layer = `arn:aws:lambda:us-east-1:${ACCOUNT}:layer:python:1`;
  const inputs = { name: 'f', role: roleArn('fn'), layers: [layer] };
  await expect(create('aws:lambda/function:Function', inputs)).rejects.toThrow(`${layer} does not exist`);
});
