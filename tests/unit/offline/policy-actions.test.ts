/** No policy allows every action, whosever it is: each statement is seen to be refused when it is widened. */
import { readReferees } from '../../../offline/plugin/referees.ts';
import type { Value } from '../../../offline/plugin/values.ts';
import { type Recorded, violations } from '../../../offline/policy.ts';
import { widenedOf } from '../../engine/support/widened.ts';

const { schema } = readReferees();
const OWNER = { AWS: 'arn:aws:iam::123456789012:root' };
const policy = (type: string, statement: Value, property = 'policy'): Recorded => ({
  type,
  urn: `u::s::${type}::n`,
  inputs: { enableKeyRotation: true, [property]: JSON.stringify({ Statement: [statement] }) },
});
const wildcards = (resource: Recorded) =>
  violations([resource], schema).filter((line) => line.startsWith('no wildcard action: '));

test.each([
  ['aws:iam/role:Role', 'sts:AssumeRole', 'assumeRolePolicy'],
  ['aws:iam/rolePolicy:RolePolicy', 'logs:PutLogEvents', 'policy'],
  ['aws:ec2/vpcEndpoint:VpcEndpoint', 'sts:GetCallerIdentity', 'policy'],
  ['aws:s3/bucketPolicy:BucketPolicy', 's3:PutObject', 'policy'],
  ['aws:sns/topicPolicy:TopicPolicy', 'sns:Publish', 'policy'],
  ['aws:kms/key:Key', 'kms:Decrypt', 'policy'],
])('%s', (type, Action, property) => {
  const narrow = policy(type, { Effect: 'Allow', Principal: OWNER, Action, Resource: '*' }, property);
  expect(wildcards(narrow)).toEqual([]);
  const widened = widenedOf(narrow);
  expect(widened.map(({ resource }) => wildcards(resource).length)).toEqual([1, 1]);
});

test('a denial may be of everything', () => {
  const denial = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' };
  expect(wildcards(policy('aws:s3/bucketPolicy:BucketPolicy', denial))).toEqual([]);
});

test.each([
  [OWNER, 'kms:*', 0],
  [OWNER, '*', 1],
  [{ Service: 'cloudwatch.amazonaws.com' }, 'kms:*', 1],
  [{ AWS: '*' }, 'kms:*', 1],
  ['*', 'kms:*', 1],
])('a key for %j with %s', (Principal, Action, count) => {
  const key = policy('aws:kms/key:Key', { Effect: 'Allow', Principal, Action, Resource: '*' });
  expect(wildcards(key)).toHaveLength(count);
});
