/** The generated tables and the reviewed ones beside them. */
import { readFileSync } from 'node:fs';
import { awsCatalogue } from '../../../discovery/aws/catalogue.ts';
import { DEPENDENTS, LIBRARIES, SIGNED, UNBOUNDED } from '../../../discovery/aws/libraries.ts';
import { METHODS } from '../../../discovery/aws/methods.ts';

const catalogue = awsCatalogue();
const text = (file: string) =>
  readFileSync(new URL(`../../../discovery/aws/${file}`, import.meta.url), 'utf8');

test('every action that a table names is one that IAM has', () => {
  const named = [
    ...Object.values(METHODS).flatMap((methods) => Object.values(methods).flat()),
    ...Object.values(LIBRARIES).flatMap((methods) => Object.values(methods).flat()),
    ...Object.values(SIGNED).flat(),
    ...Object.entries(DEPENDENTS).flat(2),
    ...Object.keys(UNBOUNDED),
    'iam:PassRole',
  ];
  expect(named.length).toBeGreaterThan(60);
  expect(named.filter((action) => catalogue.action(action) === undefined)).toEqual([]);
});

test('every operation leads to real actions, or to none that is known', () => {
  const { services } = JSON.parse(text('operations.json')) as { services: Record<string, string> };
  const operations = Object.keys(services).flatMap((service) => catalogue.operations(service));
  expect(operations.length).toBeGreaterThan(18_000);
  const wrong = operations.flatMap(({ actions }) => actions ?? []).filter((name) => !catalogue.action(name));
  expect(wrong).toEqual([]);
  const unknown = operations.filter(({ actions }) => actions === undefined);
  expect(unknown.length / operations.length).toBeLessThan(0.06);
});

test.each([
  ['s3', 'list_objects_v2', ['s3:ListBucket']],
  ['s3', 'head_bucket', ['s3:ListBucket']],
  ['s3', 'list_buckets', ['s3:ListAllMyBuckets']],
  ['s3', 'upload_file', ['s3:PutObject', 's3:AbortMultipartUpload']],
  ['lambda', 'invoke', ['lambda:InvokeFunction']],
  ['elbv2', 'describe_load_balancers', ['elasticloadbalancing:DescribeLoadBalancers']],
  ['stepfunctions', 'list_state_machines', ['states:ListStateMachines']],
  ['apigateway', 'create_rest_api', ['apigateway:POST']],
  [
    'dynamodb',
    'transact_write_items',
    ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'],
  ],
  ['storagegateway', 'create_cached_iscsi_volume', ['storagegateway:CreateCachediSCSIVolume']],
  ['bedrock-runtime', 'converse', ['bedrock:InvokeModel']],
  ['sso-oidc', 'register_client', []],
])('%s %s needs %j', (service, method, actions) => {
  expect(catalogue.operation(service, method)?.actions).toEqual(actions);
});

test('waiters, service ids, and what does not exist', () => {
  expect(catalogue.waiter('ec2', 'instance_running')?.name).toBe('DescribeInstances');
  expect(catalogue.serviceById('Elastic Load Balancing v2')).toBe('elbv2');
  expect(catalogue.prefix('nonsense')).toBeUndefined();
  expect(catalogue.operation('s3', 'frobnicate')).toBeUndefined();
  for (const name of ['__proto__', 'constructor', 'toString']) {
    expect(catalogue.prefix(name)).toBeUndefined();
    expect(catalogue.operation('s3', name)).toBeUndefined();
    expect(catalogue.action(`${name}:${name}`)).toBeUndefined();
  }
});

test('the tables are small, sorted, one line a service, and say where they come from', () => {
  for (const [file, source] of [
    ['operations.json', /^botocore \d+\.\d+\.\d+$/],
    ['actions.json', /^@cloud-copilot\/iam-data \S+$/],
  ] as const) {
    const table = JSON.parse(text(file)) as { source: string; services?: object; prefixes?: object };
    expect(table.source).toMatch(source);
    const keys = Object.keys(table.services ?? table.prefixes ?? {});
    expect(keys).toEqual([...keys].sort());
    expect(text(file).split('\n')).toHaveLength(keys.length + 3);
  }
  expect(text('operations.json').length + text('actions.json').length).toBeLessThan(1_500_000);
});
