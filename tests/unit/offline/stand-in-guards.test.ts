/** The stand-in on networks, keys, firewalls, budgets and audit: what it must not let through, and why. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { StandIn } from '../../../offline/plugin/stand-in.ts';
import type { Values } from '../../../offline/plugin/values.ts';
import { ACCOUNT, openStandIn } from '../../engine/support/stand-in.ts';

let account: StandIn;
beforeEach(() => {
  account = openStandIn();
});

const resource = (type: string, name = 'x') => ({ type, urn: `urn:pulumi:s::p::${type}::${name}` });
const create = async (type: string, inputs: Values, name?: string) =>
  (await account.create(resource(type, name), inputs)).id;
const remove = (type: string, id: string, inputs: Values = {}) => account.delete(resource(type), id, inputs);
const reasons = (type: string, inputs: Values) =>
  account.check(resource(type), {}, inputs, 'auto-1234567').failures.map(({ reason }) => reason);

const VPC = 'aws:ec2/vpc:Vpc';
const SUBNET = 'aws:ec2/subnet:Subnet';
const IGW = 'aws:ec2/internetGateway:InternetGateway';
const EIP = 'aws:ec2/eip:Eip';
const NAT = 'aws:ec2/natGateway:NatGateway';
const TABLE = 'aws:ec2/routeTable:RouteTable';
const ROUTE = 'aws:ec2/route:Route';

describe('networks', () => {
  let vpcId: string;
  let subnetId: string;
  beforeEach(async () => {
    vpcId = await create(VPC, { cidrBlock: '10.0.0.0/20' });
    subnetId = await create(SUBNET, { vpcId, cidrBlock: '10.0.0.0/24' }, 'a');
  });

  test('a subnet outside its VPC, and one that overlaps another', async () => {
    await expect(create(SUBNET, { vpcId, cidrBlock: '10.1.0.0/24' }, 'b')).rejects.toThrow(
      'InvalidSubnet.Range',
    );
    await expect(create(SUBNET, { vpcId, cidrBlock: '10.0.0.128/25' }, 'b')).rejects.toThrow(
      'InvalidSubnet.Conflict',
    );
    await create(SUBNET, { vpcId, cidrBlock: '10.0.1.0/24' }, 'b');
  });

  test('NAT without a gateway, with an address in use; what it holds on to stays', async () => {
    const allocationId = await create(EIP, { domain: 'vpc' });
    await expect(create(NAT, { subnetId, allocationId })).rejects.toThrow('Gateway.NotAttached');
    const igw = await create(IGW, { vpcId });
    await expect(create(IGW, { vpcId }, 'second')).rejects.toThrow('Resource.AlreadyAssociated');
    const nat = await create(NAT, { subnetId, allocationId });
    await expect(create(NAT, { subnetId, allocationId }, 'second')).rejects.toThrow('AlreadyAssociated');
    await expect(remove(EIP, allocationId)).rejects.toThrow('InvalidIPAddress.InUse');
    await expect(remove(IGW, igw, { vpcId })).rejects.toThrow('mapped public address');
    await remove(NAT, nat);
    await remove(EIP, allocationId);
    await remove(IGW, igw, { vpcId });
  });

  test('a route twice, to nowhere, to two places', async () => {
    const routeTableId = await create(TABLE, { vpcId });
    const to = { routeTableId, destinationCidrBlock: '0.0.0.0/0' };
    await expect(create(ROUTE, { ...to, natGatewayId: 'nat-0' })).rejects.toThrow('NotFound');
    const gatewayId = await create(IGW, { vpcId });
    await create(ROUTE, { ...to, gatewayId });
    await expect(create(ROUTE, { ...to, gatewayId })).rejects.toThrow('RouteAlreadyExists');
    expect(reasons(ROUTE, to)).toEqual(['exactly one target, got 0']);
    expect(reasons(ROUTE, { ...to, gatewayId, natGatewayId: 'nat-0' })).toEqual([
      'exactly one target, got 2',
    ]);
  });

  test('an endpoint with what belongs to the other kind', () => {
    const type = 'aws:ec2/vpcEndpoint:VpcEndpoint';
    const endpoint = { vpcId, serviceName: 'com.amazonaws.us-east-1.s3', vpcEndpointType: 'Gateway' };
    expect(reasons(type, { ...endpoint, privateDnsEnabled: true })).toEqual([
      'not for an endpoint of type Gateway',
    ]);
    expect(reasons(type, { ...endpoint, vpcEndpointType: 'Interface', routeTableIds: ['rtb-0'] })).toEqual([
      'not for an endpoint of type Interface',
    ]);
  });
});

const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const root = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*' };

test('a key that locks its account out, an alias of AWS’s own, of no key, and one that exists', async () => {
  const KEY = 'aws:kms/key:Key';
  const ALIAS = 'aws:kms/alias:Alias';
  const nobody = policy({ ...root, Principal: { Service: 'cloudwatch.amazonaws.com' } });
  await expect(create(KEY, { policy: nobody })).rejects.toThrow('MalformedPolicyDocument');
  const targetKeyId = await create(KEY, { policy: policy(root) });
  expect(reasons(ALIAS, { name: 'alias/aws/sns', targetKeyId })).not.toEqual([]);
  await expect(create(ALIAS, { name: 'alias/a', targetKeyId: 'none' })).rejects.toThrow('NotFoundException');
  await create(ALIAS, { name: 'alias/a', targetKeyId });
  await expect(create(ALIAS, { name: 'alias/a', targetKeyId }, 'y')).rejects.toThrow('AlreadyExists');
});

test('a gateway with a firewall before it, a firewall that is in use, a firewall before nothing', async () => {
  const GATEWAY = 'aws:bedrock/agentcoreGateway:AgentcoreGateway';
  const LIST = 'aws:wafv2/webAcl:WebAcl';
  const ASSOCIATION = 'aws:wafv2/webAclAssociation:WebAclAssociation';
  const trust = policy({ Effect: 'Allow', Principal: { Service: 'x' }, Action: 'sts:AssumeRole' });
  await create('aws:iam/role:Role', { name: 'r', assumeRolePolicy: trust });
  const made = await account.create(resource(GATEWAY), {
    name: 'g',
    roleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
  });
  const list = await account.create(resource(LIST), { name: 'l', scope: 'REGIONAL' });
  const webAclArn = String(list.outputs.arn);
  const resourceArn = String(made.outputs.gatewayArn);
  await expect(create(ASSOCIATION, { webAclArn, resourceArn: 'none' })).rejects.toThrow('WAFNonexistentItem');
  const association = await create(ASSOCIATION, { webAclArn, resourceArn });
  await expect(remove(GATEWAY, made.id)).rejects.toThrow('disassociate it before');
  await expect(remove(LIST, list.id)).rejects.toThrow('WAFAssociatedItem');
  await remove(ASSOCIATION, association);
  await remove(GATEWAY, made.id);
  await remove(LIST, list.id);
});

test('a budget with a strange amount, with a notice to nobody, and one that exists', async () => {
  const BUDGET = 'aws:budgets/budget:Budget';
  const budget = { name: 'b', budgetType: 'COST', timeUnit: 'MONTHLY', limitAmount: '5', limitUnit: 'USD' };
  const notice = {
    comparisonOperator: 'GREATER_THAN',
    notificationType: 'ACTUAL',
    threshold: 80,
    thresholdType: 'PERCENTAGE',
  };
  expect(reasons(BUDGET, { ...budget, limitAmount: 'much' })).toContain('must be a number');
  expect(reasons(BUDGET, { ...budget, notifications: [notice] })).toEqual(['each needs 1 to 10 subscribers']);
  await create(BUDGET, budget);
  await expect(create(BUDGET, budget)).rejects.toThrow('DuplicateRecord');
});

test('a trail into a bucket that does not let it, into no log group, with too many conditions; a guard of no bucket', async () => {
  const BUCKET = 'aws:s3/bucket:Bucket';
  const TRAIL = 'aws:cloudtrail/trail:Trail';
  const VERSIONING = 'aws:s3/bucketVersioning:BucketVersioning';
  const versioning = { bucket: 'records', versioningConfiguration: { status: 'Enabled' } };
  await expect(create(VERSIONING, versioning)).rejects.toThrow('NoSuchBucket');
  expect(reasons(BUCKET, { bucket: 'Records' })).not.toEqual([]);
  await create(BUCKET, { bucket: 'records' });
  await expect(create(BUCKET, { bucket: 'records' })).rejects.toThrow('BucketAlreadyOwnedByYou');
  const trail = { name: 'trail', s3BucketName: 'records' };
  await expect(create(TRAIL, trail)).rejects.toThrow('InsufficientS3BucketPolicy');
  const lets = policy({ Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' } });
  await create('aws:s3/bucketPolicy:BucketPolicy', { bucket: 'records', policy: lets });
  const group = { cloudWatchLogsGroupArn: 'arn:none:*', cloudWatchLogsRoleArn: 'arn:aws:iam::1:role/r' };
  await expect(create(TRAIL, { ...trail, ...group })).rejects.toThrow('LogGroupArn');
  await create(TRAIL, trail);
  const equals = Array.from({ length: 501 }, (_, index) => `arn:${index}`);
  const advancedEventSelectors = [{ name: 'n', fieldSelectors: [{ field: 'resources.ARN', equals }] }];
  expect(reasons(TRAIL, { ...trail, advancedEventSelectors })).toContain('501 conditions, at most 500');
});
