/** The stand-in refuses what the provider and the service refuse: each guard with what it must not let through. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Faults } from '../../../offline/plugin/faults.ts';
import { Journal } from '../../../offline/plugin/journal.ts';
import type { StandIn } from '../../../offline/plugin/stand-in.ts';
import { UNKNOWN, type Values } from '../../../offline/plugin/values.ts';
import { ACCOUNT, openStandIn } from '../../engine/support/stand-in.ts';

const GATEWAY = 'aws:bedrock/agentcoreGateway:AgentcoreGateway';
const TARGET = 'aws:bedrock/agentcoreGatewayTarget:AgentcoreGatewayTarget';
const ROLE = 'aws:iam/role:Role';
const ROLE_POLICY = 'aws:iam/rolePolicy:RolePolicy';
const FUNCTION = 'aws:lambda/function:Function';

const FUNCTION_ARN = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:fn`;
const trust = (service: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });
const grant = (actions: string[], resources: string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: resources }],
  });
const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

const gateway = {
  name: 'tools',
  roleArn: roleArn('gateway'),
  authorizerType: 'CUSTOM_JWT',
  authorizerConfiguration: {
    customJwtAuthorizer: {
      discoveryUrl: 'https://issuer.example/.well-known/openid-configuration',
      allowedClients: ['c'],
    },
  },
};
const lambda = {
  name: 'fn',
  role: roleArn('fn'),
  s3Bucket: 'bucket',
  s3Key: 'k',
  handler: 'index.handler',
  runtime: 'nodejs24.x',
};

let account: StandIn;
let journal: Journal;
beforeEach(() => {
  journal = new Journal(undefined);
  account = openStandIn({ journal, latency: 1 });
});

const resource = (type: string, name = 'x') => ({ type, urn: `urn:pulumi:s::p::${type}::${name}` });
const create = (type: string, inputs: Values, name?: string) => account.create(resource(type, name), inputs);
const reasons = (type: string, inputs: Values) =>
  account
    .check(resource(type), {}, inputs, 'auto-1234567')
    .failures.map(({ property, reason }) => `${property}: ${reason}`);

function target(gatewayId: string, name: string): Values {
  return {
    name,
    description: 'a target',
    gatewayIdentifier: gatewayId,
    credentialProviderConfiguration: { gatewayIamRole: {} },
    targetConfiguration: {
      mcp: { lambda: { lambdaArn: FUNCTION_ARN, toolSchema: { s3: { uri: 's3://b/schema.json' } } } },
    },
  };
}

/** A gateway with a role that may call the function and read the schema. Returns the gateway's id. */
async function setUp(actions = ['lambda:InvokeFunction', 's3:GetObject']): Promise<string> {
  await create(ROLE, { name: 'gateway', assumeRolePolicy: trust('bedrock-agentcore.amazonaws.com') });
  await create(ROLE, { name: 'fn', assumeRolePolicy: trust('lambda.amazonaws.com') });
  await create(FUNCTION, lambda);
  const policy = grant(actions, [FUNCTION_ARN, 'arn:aws:s3:::b/schema.json']);
  await create(ROLE_POLICY, { name: 'permissions', role: 'gateway', policy });
  return (await create(GATEWAY, gateway)).id;
}

describe('types', () => {
  test('unknown, missing and mistyped properties are refused, nested ones too', () => {
    expect(reasons(GATEWAY, { ...gateway, protocolTyp: 'MCP' })).toEqual(['protocolTyp: unknown property']);
    expect(reasons(GATEWAY, { name: 'tools', authorizerType: 'NONE' })).toEqual([
      'roleArn: missing required property',
    ]);
    expect(reasons(GATEWAY, { ...gateway, roleArn: 5 })).toEqual(['roleArn: expected string, got number']);
    const nested = { customJwtAuthorizer: { discoveryUrl: 'x', allowedClient: ['c'] } };
    expect(reasons(GATEWAY, { ...gateway, authorizerConfiguration: nested })).toEqual([
      'authorizerConfiguration.customJwtAuthorizer.allowedClient: unknown property',
    ]);
  });

  test('what is right passes, and so does what is not known yet', () => {
    expect(reasons(GATEWAY, gateway)).toEqual([]);
    expect(reasons(GATEWAY, { ...gateway, roleArn: UNKNOWN })).toEqual([]);
  });

  test('a resource type that it does not know is refused', () => {
    expect(reasons('aws:sqs/queue:Queue', {})).toEqual([
      ': the stand-in does not know resource type aws:sqs/queue:Queue',
    ]);
  });

  test('a name left out is made up once and kept', () => {
    const { inputs } = account.check(resource(ROLE), {}, { assumeRolePolicy: trust('x') }, 'role-1234567');
    expect(inputs.name).toBe('role-1234567');
    const again = account.check(resource(ROLE), inputs, { assumeRolePolicy: trust('x') }, 'role-7654321');
    expect(again.inputs.name).toBe('role-1234567');
  });
});

describe('the provider refuses', () => {
  test.each([
    ['a gateway name with two hyphens', GATEWAY, { ...gateway, name: 'a--b' }, 'name'],
    [
      'a JWT gateway without an authoriser',
      GATEWAY,
      { ...gateway, authorizerConfiguration: {} },
      'authorizerConfiguration',
    ],
    ['a target name with an underscore', TARGET, target('g-0123456789', 'a_b'), 'name'],
    [
      'a Lambda target without a role',
      TARGET,
      { ...target('g-0123456789', 'a'), credentialProviderConfiguration: {} },
      'credentialProviderConfiguration',
    ],
    ['an empty description', TARGET, { ...target('g-0123456789', 'a'), description: '' }, 'description'],
    ['a policy that is no JSON', ROLE_POLICY, { name: 'p', role: 'r', policy: '{' }, 'policy'],
    [
      'a policy without a resource',
      ROLE_POLICY,
      {
        role: 'r',
        policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject"}]}',
      },
      'policy',
    ],
    [
      'a retention that CloudWatch does not offer',
      'aws:cloudwatch/logGroup:LogGroup',
      { name: 'l', retentionInDays: 31 },
      'retentionInDays',
    ],
    ['a bucket without a key', FUNCTION, { ...lambda, s3Key: null }, 's3Key'],
    ['a zip without a handler', FUNCTION, { ...lambda, handler: null }, 'handler'],
    [
      'an environment over 4 KB',
      FUNCTION,
      { ...lambda, environment: { variables: { AA: 'x'.repeat(4096) } } },
      'environment.variables',
    ],
    [
      'a machine client without a secret',
      'aws:cognito/userPoolClient:UserPoolClient',
      {
        userPoolId: 'us-east-1_p',
        allowedOauthFlows: ['client_credentials'],
        allowedOauthFlowsUserPoolClient: true,
      },
      'generateSecret',
    ],
    [
      'a domain with a reserved word',
      'aws:cognito/userPoolDomain:UserPoolDomain',
      { userPoolId: 'us-east-1_p', domain: 'my-aws-tools' },
      'domain',
    ],
  ])('%s', (_what, type, inputs, property) => {
    const { failures } = account.check(resource(type), {}, inputs as Values, 'auto');
    expect([...new Set(failures.map((failure) => failure.property))]).toEqual([property]);
  });

  test('a discovery URL of another form, and an authoriser that admits everyone', () => {
    const open = { customJwtAuthorizer: { discoveryUrl: 'https://issuer.example/' } };
    expect(reasons(GATEWAY, { ...gateway, authorizerConfiguration: open }).join()).toMatch(
      /discoveryUrl: must end.*at least one of/,
    );
  });
});

describe('the service refuses', () => {
  test('nothing when all is there', async () => {
    const id = await setUp();
    await expect(create(TARGET, target(id, 'one'))).resolves.toMatchObject({
      outputs: { targetId: expect.any(String) },
    });
  });

  test.each([['lambda:InvokeFunction'], ['s3:GetObject']])(
    'a target whose gateway lacks %s',
    async (action) => {
      const id = await setUp(['lambda:InvokeFunction', 's3:GetObject'].filter((other) => other !== action));
      await expect(create(TARGET, target(id, 'one'))).rejects.toThrow(
        `role lacks permission to perform ${action}`,
      );
    },
  );

  test('a target of a function that does not exist, of a gateway that does not, and by ARN', async () => {
    const id = await setUp();
    await account.delete(resource(FUNCTION), 'fn', lambda);
    await expect(create(TARGET, target(id, 'one'))).rejects.toThrow('does not exist');
    await expect(create(TARGET, target('other-0123456789', 'one'))).rejects.toThrow('ResourceNotFound');
    await expect(create(TARGET, target(`arn:aws:bedrock-agentcore:::gateway/${id}`, 'one'))).rejects.toThrow(
      'AccessDenied',
    );
  });

  test('a second target of a name', async () => {
    const id = await setUp();
    await create(TARGET, target(id, 'one'), 'a');
    await expect(create(TARGET, target(id, 'one'), 'b')).rejects.toThrow('ConflictException');
  });

  test('the sixth target operation at once, and no fifth', async () => {
    const id = await setUp();
    const five = await Promise.allSettled(
      [1, 2, 3, 4, 5].map((n) => create(TARGET, target(id, `t${n}`), `t${n}`)),
    );
    expect(five.map(({ status }) => status)).toEqual(Array(5).fill('fulfilled'));
    const six = await Promise.allSettled(
      [1, 2, 3, 4, 5, 6].map((n) => create(TARGET, target(id, `u${n}`), `u${n}`)),
    );
    expect(six.some(({ status }) => status === 'rejected')).toBe(true);
    const all = () =>
      Promise.all([1, 2, 3, 4, 5, 6].map((n) => create(TARGET, target(id, `v${n}`), `v${n}`)));
    await expect(all()).rejects.toThrow('target operations at once on gateway');
  });

  test('the hundred and first target', async () => {
    const id = await setUp();
    for (let n = 0; n < 100; n++) await create(TARGET, target(id, `t${n}`), `t${n}`);
    await expect(create(TARGET, target(id, 'last'), 'last')).rejects.toThrow('Too many targets');
  });

  test('deleting a gateway that has targets', async () => {
    const id = await setUp();
    await create(TARGET, target(id, 'one'));
    await expect(account.delete(resource(GATEWAY), id, gateway)).rejects.toThrow('has targets associated');
  });

  test('a role policy before its role, and deleting a role before its policy', async () => {
    const policy = grant(['s3:GetObject'], ['*']);
    await expect(create(ROLE_POLICY, { name: 'p', role: 'none', policy })).rejects.toThrow('NoSuchEntity');
    await setUp();
    await expect(account.delete(resource(ROLE), 'gateway', {})).rejects.toThrow('DeleteConflict');
  });

  test('inline policies over 10,240 characters together', async () => {
    await setUp();
    const large = grant(
      ['s3:GetObject'],
      Array.from({ length: 100 }, (_, n) => `arn:aws:s3:::${'b'.repeat(40)}/${n}`),
    );
    expect(large.length).toBeLessThan(10_240);
    await create(ROLE_POLICY, { name: 'a', role: 'fn', policy: large });
    await expect(create(ROLE_POLICY, { name: 'b', role: 'fn', policy: large })).rejects.toThrow(
      'LimitExceeded',
    );
  });

  test('a function whose role Lambda cannot assume, and one whose name is taken', async () => {
    await setUp();
    await expect(create(FUNCTION, { ...lambda, name: 'other', role: roleArn('gateway') })).rejects.toThrow(
      'cannot be assumed',
    );
    await expect(create(FUNCTION, lambda, 'again')).rejects.toThrow('already exist');
  });

  test('a client that asks for a scope that no resource server has', async () => {
    const pool = await create('aws:cognito/userPool:UserPool', { name: 'p' });
    const client = { userPoolId: pool.id, allowedOauthScopes: ['tools/invoke'], name: 'c' };
    await expect(create('aws:cognito/userPoolClient:UserPoolClient', client)).rejects.toThrow(
      'ScopeDoesNotExist',
    );
  });

  test('an unknown value that reaches an operation', async () => {
    await expect(create(ROLE, { name: 'r', assumeRolePolicy: UNKNOWN })).rejects.toThrow('unknown value');
  });
});

describe('memory', () => {
  test('reads back what exists, and nothing of what was deleted', async () => {
    const { id } = await create(ROLE, { name: 'r', assumeRolePolicy: trust('x') });
    expect(account.read(resource(ROLE), id)?.inputs.name).toBe('r');
    await account.delete(resource(ROLE), id, {});
    expect(account.read(resource(ROLE), id)).toBeUndefined();
  });

  test('the fault switch fails the chosen operation as often as told', async () => {
    const faults = new Faults([{ op: 'create', urn: 'Role::r$', times: 1, message: 'Throttled' }]);
    account = openStandIn({ journal, faults });
    const inputs = { name: 'r', assumeRolePolicy: trust('x') };
    await expect(create(ROLE, inputs, 'r')).rejects.toThrow('Throttled');
    await expect(create(ROLE, inputs, 'r')).resolves.toMatchObject({ id: 'r' });
  });
});
