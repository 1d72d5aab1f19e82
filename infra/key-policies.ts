/** Who may use the keys that a stack makes, and who may publish to its topic. Pure. */
import { type Account, arnOf } from './account.ts';

export type Place = Pick<Account, 'id' | 'region' | 'partition' | 'dnsSuffix'>;

const USE = ['kms:Decrypt', 'kms:GenerateDataKey*'];

/**
 * CloudWatch's alarms publish to an encrypted topic only with a key that lets them: the one that AWS keeps for SNS
 * does not, and the alarm would ring unheard.
 */
export function topicKeyPolicy(place: Place, alarms: readonly string[]): string {
  return document([
    ownersOf(place),
    {
      Sid: 'AlarmsPublish',
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: USE,
      Resource: '*',
      Condition: fromAlarms(place, alarms),
    },
  ]);
}

/** `alarms`: patterns of their names. */
export function topicPolicy(place: Place, topicArn: string, alarms: readonly string[]): string {
  return document([
    {
      Sid: 'AlarmsPublish',
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: topicArn,
      Condition: fromAlarms(place, alarms),
    },
    {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 'sns:Publish',
      Resource: topicArn,
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ]);
}

function fromAlarms(place: Place, alarms: readonly string[]) {
  return {
    StringEquals: { 'aws:SourceAccount': place.id },
    ArnLike: { 'aws:SourceArn': alarms.map((name) => arnOf(place, 'cloudwatch', `alarm:${name}`)) },
  };
}

/** CloudTrail encrypts its files, CloudWatch Logs the group in which they can be queried. */
export function auditKeyPolicy(place: Place, trail: string, logGroup: string): string {
  return document([
    ownersOf(place),
    {
      Sid: 'TrailEncrypts',
      Effect: 'Allow',
      Principal: { Service: 'cloudtrail.amazonaws.com' },
      Action: ['kms:DescribeKey', 'kms:GenerateDataKey*'],
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceArn': arnOf(place, 'cloudtrail', `trail/${trail}`) } },
    },
    {
      Sid: 'LogsEncrypt',
      Effect: 'Allow',
      Principal: { Service: `logs.${place.region}.${place.dnsSuffix}` },
      Action: ['kms:DescribeKey', 'kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'],
      Resource: '*',
      Condition: {
        ArnEquals: { 'kms:EncryptionContext:aws:logs:arn': arnOf(place, 'logs', `log-group:${logGroup}`) },
      },
    },
  ]);
}

/** Private by the bucket's own settings; here: TLS only, and CloudTrail may write for this trail alone. */
export function auditBucketPolicy(place: Place, bucket: string, trail: string): string {
  const bucketArn = `arn:${place.partition}:s3:::${bucket}`;
  const ofTrail = { 'aws:SourceArn': arnOf(place, 'cloudtrail', `trail/${trail}`) };
  const cloudtrail = { Service: 'cloudtrail.amazonaws.com' };
  return document([
    {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [bucketArn, `${bucketArn}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
    {
      Sid: 'TrailLooks',
      Effect: 'Allow',
      Principal: cloudtrail,
      Action: 's3:GetBucketAcl',
      Resource: bucketArn,
      Condition: { StringEquals: ofTrail },
    },
    {
      Sid: 'TrailWrites',
      Effect: 'Allow',
      Principal: cloudtrail,
      Action: 's3:PutObject',
      Resource: `${bucketArn}/AWSLogs/${place.id}/*`,
      Condition: { StringEquals: { ...ofTrail, 's3:x-amz-acl': 'bucket-owner-full-control' } },
    },
  ]);
}

/** Without it nobody could manage the key any more: IAM decides, within the account. */
function ownersOf({ partition, id }: Place) {
  return {
    Sid: 'Account',
    Effect: 'Allow',
    Principal: { AWS: `arn:${partition}:iam::${id}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
}

function document(Statement: object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement });
}
