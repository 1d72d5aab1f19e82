/** House rules about what belongs together: each with what it must find. */
import type { Recorded } from '../../../offline/policy.ts';
import { wholeViolations } from '../../../offline/policy-wholes.ts';

const recorded = (type: string, inputs: Recorded['inputs']): Recorded => ({
  type,
  urn: `u::${type}`,
  inputs,
});
const bucket = 'records';
const tls = '{"Statement":[{"Effect":"Deny","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}';
const guarded: Recorded[] = [
  recorded('aws:s3/bucket:Bucket', { bucket }),
  recorded('aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock', { bucket, blockPublicPolicy: true }),
  recorded('aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration', {
    bucket,
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms' } }],
  }),
  recorded('aws:s3/bucketVersioning:BucketVersioning', {
    bucket,
    versioningConfiguration: { status: 'Enabled' },
  }),
  recorded('aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration', {
    bucket,
    rules: [{ expiration: { days: 30 } }],
  }),
  recorded('aws:s3/bucketPolicy:BucketPolicy', { bucket, policy: tls }),
];
const found = (resources: Recorded[]) =>
  wholeViolations(resources).map(({ rule, what }) => `${rule}: ${what}`);

test('a bucket with all its guards passes', () => expect(found(guarded)).toEqual([]));

test.each([1, 2, 3, 4, 5])('a bucket without guard %s is found, and with an empty one', (index) => {
  expect(found(guarded.toSpliced(index, 1))).toEqual([expect.stringMatching(/^buckets are guarded: lacks /)]);
  const guard = guarded[index];
  if (!guard) throw new Error(String(index));
  const empty = guarded.with(index, { ...guard, inputs: { bucket } });
  expect(found(empty)).toEqual([expect.stringMatching(/^buckets are guarded: lacks /)]);
});

test.each([
  [{}, ['alarms are heard: is not encrypted']],
  [{ kmsMasterKeyId: 'alias/aws/sns' }, ['alarms are heard: its key does not let CloudWatch publish']],
  [{ kmsMasterKeyId: 'arn:aws:kms:us-east-1:123456789012:key/k' }, []],
])('topic %j', (inputs, wanted) => {
  expect(found([recorded('aws:sns/topic:Topic', inputs)])).toEqual(wanted);
});

test('a key without rotation is found', () => {
  expect(found([recorded('aws:kms/key:Key', {})])).toEqual(['keys rotate: is never rotated']);
  expect(found([recorded('aws:kms/key:Key', { enableKeyRotation: true })])).toEqual([]);
});

test('a function whose log group nobody made is found, by its own name or the one it is given', () => {
  const type = 'aws:lambda/function:Function';
  const group = recorded('aws:cloudwatch/logGroup:LogGroup', {
    name: '/aws/lambda/tool',
    retentionInDays: 7,
  });
  const own = recorded(type, { name: 'tool' });
  const given = recorded(type, { name: 'tool', loggingConfig: { logGroup: '/elsewhere' } });
  expect(found([own, group])).toEqual([]);
  const missing = /^functions log into a group of ours: no retention is set on/;
  expect(found([own])).toEqual([expect.stringMatching(missing)]);
  expect(found([given, group])).toEqual([expect.stringMatching(/elsewhere$/)]);
});
