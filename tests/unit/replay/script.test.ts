/** The calls that a stack's operations come to, and whether their order is right. */
import { describe, expect, test } from '@jest/globals';
import type { Operation } from '../../../offline/plugin/journal.ts';
import { readReferees } from '../../../offline/plugin/referees.ts';
import { LIFECYCLES } from '../../replay/calls/index.ts';
import { disorder } from '../../replay/order.ts';
import { scriptOf, survivorsOf } from '../../replay/script.ts';

const ROLE = 'aws:iam/role:Role';
const POLICY = 'aws:iam/rolePolicy:RolePolicy';
const FUNCTION = 'aws:lambda/function:Function';
const POOL = 'aws:cognito/userPool:UserPool';
const CLIENT = 'aws:cognito/userPoolClient:UserPoolClient';
const ROLE_ARN = 'arn:aws:iam::123456789012:role/reader';

function made(type: string, id: string, inputs: object, outputs: object = {}): Operation {
  return {
    op: 'create',
    type,
    urn: `urn:pulumi:s::mcpgw::${type}::${id}`,
    id,
    ...JSON.parse(JSON.stringify({ inputs, outputs })),
  };
}
const deleted = ({ type, urn, id }: Operation): Operation => ({ op: 'delete', type, urn, id });

const role = made(
  ROLE,
  'reader',
  { name: 'reader', assumeRolePolicy: '{}' },
  { arn: ROLE_ARN, tagsAll: { team: 'data' } },
);
const grant = made(POLICY, 'reader:permissions', { name: 'permissions', role: 'reader', policy: '{}' });
const fn = made(
  FUNCTION,
  'docs',
  {
    name: 'docs',
    role: ROLE_ARN,
    s3Bucket: 'artefacts',
    s3Key: 'k',
    packageType: 'Zip',
    reservedConcurrentExecutions: 5,
    environment: { variables: { A: 'b' } },
  },
  { arn: 'arn:aws:lambda:us-east-1:123456789012:function:docs' },
);
const pool = made(POOL, 'us-east-1_AbCdEfGhI', {
  name: 'tools',
  mfaConfiguration: 'ON',
  passwordPolicy: { minimumLength: 14 },
});
const client = made(CLIENT, '0123456789abcdefghijklmnop', { name: 'agents', userPoolId: pool.id });
const whole = [role, grant, fn, pool, client];

const order = (...operations: Operation[]) => disorder(scriptOf(operations));

test('the calls of every type that the program can make are known', () => {
  expect(Object.keys(LIFECYCLES).sort()).toEqual(Object.keys(readReferees().schema.resources).sort());
});

describe('a script', () => {
  test('has each property where the API takes it, calls that follow, and tags', () => {
    const calls = scriptOf([role, fn, pool]).map(({ operation, params }) => [operation, params]);
    expect(calls).toEqual([
      [
        'CreateRole',
        { RoleName: 'reader', AssumeRolePolicyDocument: '{}', Tags: [{ Key: 'team', Value: 'data' }] },
      ],
      [
        'CreateFunction',
        {
          FunctionName: 'docs',
          Role: ROLE_ARN,
          Code: { S3Bucket: 'artefacts', S3Key: 'k' },
          PackageType: 'Zip',
          Environment: { Variables: { A: 'b' } },
          Tags: {},
        },
      ],
      ['PutFunctionConcurrency', { FunctionName: 'docs', ReservedConcurrentExecutions: 5 }],
      [
        'CreateUserPool',
        { PoolName: 'tools', Policies: { PasswordPolicy: { MinimumLength: 14 } }, UserPoolTags: {} },
      ],
      ['SetUserPoolMfaConfig', { MfaConfiguration: 'ON', UserPoolId: pool.id }],
    ]);
  });

  test('leaves no property out silently', () => {
    expect(() => scriptOf([made(ROLE, 'r', { name: 'r', colour: 'red' })])).toThrow('no call takes colour');
  });

  test('knows no other changes than making and deleting, and no other types than the program’s', () => {
    expect(() => scriptOf([{ ...role, op: 'update' }])).toThrow('no calls for: update');
    expect(() => scriptOf([deleted(role)])).toThrow('no calls for: delete');
    expect(() => scriptOf([made('aws:sqs/queue:Queue', 'q', {})])).toThrow('add them to tests/replay/calls');
  });

  test('what was not deleted is what is kept', () => {
    expect(survivorsOf([...whole, deleted(client), deleted(fn)]).map(({ id }) => id)).toEqual([
      role.id,
      grant.id,
      pool.id,
    ]);
  });
});

describe('the order of a script', () => {
  test('is right when everything is made before it is named, and deleted after', () => {
    expect(order(...whole, ...whole.toReversed().map(deleted))).toEqual([]);
  });

  test.each([
    ['an ARN', [fn, role], 'lambda CreateFunction', 'aws:iam/role:Role::reader, which is not made yet'],
    ['a name', [grant, role], 'iam PutRolePolicy', 'aws:iam/role:Role::reader, which is not made yet'],
    ['an id', [client, pool], 'cognito-idp CreateUserPoolClient', 'which is not made yet'],
    ['a deleted one', [role, deleted(role), fn], 'lambda CreateFunction', 'which is deleted'],
    [
      'one in use',
      [role, fn, deleted(role)],
      'iam DeleteRole',
      'lambda/function:Function::docs still names it',
    ],
    ['a pool with clients', [pool, client, deleted(pool)], 'cognito-idp DeleteUserPool', 'still names it'],
  ])('is wrong with %s', (_what, operations, call, why) => {
    const lines = order(...operations);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(call);
    expect(lines[0]).toContain(why);
  });

  test('a policy may name by ARN what does not exist, but not by an id that nobody gave yet', () => {
    const policy = (text: string) =>
      made(POLICY, 'reader:x', { name: 'x', role: 'reader', policy: `{"Resource":"${text}"}` });
    expect(order(role, policy('arn:aws:lambda:us-east-1:123456789012:function:docs'), fn)).toEqual([]);
    expect(order(role, policy(`arn:aws:cognito-idp:::userpool/${pool.id}`), pool)).toHaveLength(1);
  });
});
