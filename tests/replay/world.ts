/** What the account has before the stack: what its settings name, and the artefacts, which are published beforehand. */
import { at, isObject, type Values } from '../../offline/plugin/values.ts';
import { type Step, step } from './resource.ts';

/** A ZIP archive of nothing. */
const EMPTY_ZIP = `PK\u0005\u0006${'\0'.repeat(18)}`;

/** `settings`: the stack file's `config`. */
export function worldBefore(settings: Values, script: readonly Step[]): Step[] {
  return [...network(settings), ...boundary(settings), ...artefacts(script)];
}

/** The subnets and security groups that servers are told to use. */
function network(settings: Values): Step[] {
  const servers = Object.values((at(settings, 'mcpgw:servers.settings') ?? {}) as Record<string, Values>);
  const places = servers.map(({ network: place }) => place).filter(isObject);
  const vpc = 'vpc-of-the-account';
  const of = (key: string) => places.flatMap((place) => (place[key] ?? []) as string[]);
  return [
    step('ec2', 'CreateVpc', { CidrBlock: '192.168.0.0/16' }, { binds: { [vpc]: 'Vpc.VpcId' } }),
    ...of('subnets').map((id, index) =>
      step(
        'ec2',
        'CreateSubnet',
        { VpcId: vpc, CidrBlock: `192.168.${index}.0/24` },
        { binds: { [id]: 'Subnet.SubnetId' } },
      ),
    ),
    ...of('securityGroups').map((id) =>
      step(
        'ec2',
        'CreateSecurityGroup',
        { GroupName: id.replace(/^sg-/, 'given-'), Description: 'of the account', VpcId: vpc },
        { binds: { [id]: 'GroupId' } },
      ),
    ),
  ];
}

function boundary(settings: Values): Step[] {
  const arn = settings['mcpgw:permissionsBoundary'];
  if (typeof arn !== 'string') return [];
  const allow = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  const PolicyName = arn.split('/').pop() ?? '';
  return [step('iam', 'CreatePolicy', { PolicyName, PolicyDocument: JSON.stringify(allow) })];
}

function artefacts(script: readonly Step[]): Step[] {
  const places = script
    .flatMap(({ params }) => [params.Code, params.Content])
    .filter(isObject)
    .filter(({ S3Bucket }) => S3Bucket !== undefined);
  const objects = new Map(places.map(({ S3Bucket, S3Key }) => [`${S3Bucket}/${S3Key}`, { S3Bucket, S3Key }]));
  const buckets = new Set(places.map(({ S3Bucket }) => S3Bucket));
  return [
    ...[...buckets].map((Bucket) => step('s3', 'CreateBucket', { Bucket: Bucket ?? null })),
    ...[...objects.values()].map(({ S3Bucket, S3Key }) =>
      step('s3', 'PutObject', { Bucket: S3Bucket ?? null, Key: S3Key ?? null, Body: EMPTY_ZIP }),
    ),
  ];
}
