/** S3 buckets, CloudTrail and saved queries as the services refuse. */
import { at, textAt, type Value, type Values } from '../values.ts';
import { KEY } from './guard.ts';
import { LOG_GROUP } from './logs.ts';
import { arn, failure, pick, type Rule, type World } from './rule.ts';

export const BUCKET = 'aws:s3/bucket:Bucket';
const BUCKET_POLICY = 'aws:s3/bucketPolicy:BucketPolicy';
const TRAIL = 'aws:cloudtrail/trail:Trail';

/** Conditions of all selectors of a trail. */
const CONDITIONS = 500;

function bucketExists(inputs: Values, world: World): string | undefined {
  const bucket = textAt(inputs, 'bucket');
  return world.ofType(BUCKET).some((item) => item.id === bucket)
    ? undefined
    : `NoSuchBucket: The specified bucket does not exist: ${bucket}`;
}

function partOf(refuse?: Rule['refuse']): Rule {
  return {
    replaces: ['bucket', 'expectedBucketOwner', 'region'],
    id: (inputs) => textAt(inputs, 'bucket') ?? '',
    outputs: () => ({}),
    refuse: (change, inputs, id, world) =>
      change === 'delete' ? undefined : (bucketExists(inputs, world) ?? refuse?.(change, inputs, id, world)),
  };
}

/** Empty while it is not known. */
function listAt(value: Value, path: string): Value[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

function conditionsOf(inputs: Values): number {
  const fields = listAt(inputs, 'advancedEventSelectors').flatMap((selector) =>
    listAt(selector, 'fieldSelectors'),
  );
  return fields.flatMap((field) => ['equals', 'startsWiths'].flatMap((key) => listAt(field, key))).length;
}

function trailRefusal(inputs: Values, world: World): string | undefined {
  const bucket = textAt(inputs, 's3BucketName');
  const isOurs = world.ofType(BUCKET).some((item) => item.id === bucket);
  const policy = textAt(
    world.ofType(BUCKET_POLICY).find((item) => textAt(item.inputs, 'bucket') === bucket)?.inputs,
    'policy',
  );
  if (isOurs && !policy?.includes('cloudtrail.amazonaws.com')) {
    return `InsufficientS3BucketPolicyException: Incorrect S3 bucket policy is detected for bucket: ${bucket}`;
  }
  const key = world.ofType(KEY).find((item) => textAt(item.outputs, 'arn') === textAt(inputs, 'kmsKeyId'));
  if (key && !textAt(key.inputs, 'policy')?.includes('cloudtrail.amazonaws.com')) {
    return 'InsufficientEncryptionPolicyException: Insufficient permissions to access the KMS key';
  }
  const group = textAt(inputs, 'cloudWatchLogsGroupArn');
  const found = world.ofType(LOG_GROUP).some((item) => `${textAt(item.outputs, 'arn')}:*` === group);
  return group === undefined || found
    ? undefined
    : 'InvalidCloudWatchLogsLogGroupArnException: the log group does not exist';
}

export const auditRules: Record<string, Rule> = {
  [BUCKET]: {
    replaces: ['bucket', 'bucketPrefix', 'objectLockEnabled', 'region'],
    named: 'bucket',
    id: (inputs) => textAt(inputs, 'bucket') ?? '',
    outputs: (_inputs, id, world) => ({ arn: `arn:${world.partition}:s3:::${id}`, bucketDomainName: id }),
    check: (inputs) =>
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(textAt(inputs, 'bucket') ?? 'abc')
        ? []
        : [failure('bucket', '3 to 63 lower-case letters, digits, hyphens')],
    refuse: (change, _inputs, id, world) =>
      change === 'create' && world.ofType(BUCKET).some((item) => item.id === id)
        ? `BucketAlreadyOwnedByYou: ${id}`
        : undefined,
  },
  [BUCKET_POLICY]: partOf(),
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': partOf(),
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls': partOf(),
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': partOf(),
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': partOf(
    (_change, inputs, _id, world) => {
      const key = textAt(at(inputs, 'rules.0'), 'applyServerSideEncryptionByDefault.kmsMasterKeyId');
      const isOurs = key?.includes(`:${world.account}:`);
      const known = world.ofType(KEY).some((item) => textAt(item.outputs, 'arn') === key);
      return isOurs && !known ? `KMS.NotFoundException: ${key}` : undefined;
    },
  ),
  'aws:s3/bucketVersioning:BucketVersioning': partOf(),
  [TRAIL]: {
    replaces: ['name', 'region'],
    named: 'name',
    id: (inputs, _seed, world) => arn(world, 'cloudtrail', `trail/${textAt(inputs, 'name')}`),
    outputs: (_inputs, id, world) => ({ arn: id, homeRegion: world.region }),
    check(inputs) {
      const count = conditionsOf(inputs);
      return [
        ...(count > CONDITIONS
          ? [failure('advancedEventSelectors', `${count} conditions, at most ${CONDITIONS}`)]
          : []),
        ...((inputs.cloudWatchLogsGroupArn === undefined) === (inputs.cloudWatchLogsRoleArn === undefined)
          ? []
          : [failure('cloudWatchLogsRoleArn', 'goes with cloudWatchLogsGroupArn')]),
      ];
    },
    refuse: (change, inputs, _id, world) => (change === 'delete' ? undefined : trailRefusal(inputs, world)),
  },
  'aws:cloudwatch/queryDefinition:QueryDefinition': {
    replaces: ['region'],
    named: 'name',
    id: (_inputs, seed) => pick(seed, 32, '0123456789abcdef'),
    outputs: (_inputs, id) => ({ queryDefinitionId: id }),
    // Whether the service looks is not documented: the order is held to be right all the same.
    refuse(change, inputs, _id, world) {
      const groups = (at(inputs, 'logGroupNames') ?? []) as string[];
      const missing = groups.find((name) => !world.ofType(LOG_GROUP).some((group) => group.id === name));
      return change === 'delete' || missing === undefined
        ? undefined
        : `ResourceNotFoundException: The specified log group does not exist: ${missing}`;
    },
  },
};
