/** House rules about what belongs together: a bucket and all that guards it, an alarm's topic and a key that lets it speak. */
import { at, textAt } from './plugin/values.ts';
import type { Recorded } from './policy.ts';

const BUCKET = 'aws:s3/bucket:Bucket';
const SSE = 'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration';

/** What every bucket needs beside it, and what must be in it. */
const GUARDS: Readonly<Record<string, (guard: Recorded) => boolean>> = {
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': ({ inputs }) => inputs.blockPublicPolicy === true,
  [SSE]: ({ inputs }) =>
    textAt(at(inputs, 'rules.0'), 'applyServerSideEncryptionByDefault.sseAlgorithm') !== undefined,
  'aws:s3/bucketVersioning:BucketVersioning': ({ inputs }) =>
    textAt(inputs, 'versioningConfiguration.status') === 'Enabled',
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': ({ inputs }) =>
    Number(at(inputs, 'rules.0.expiration.days')) > 0,
  'aws:s3/bucketPolicy:BucketPolicy': ({ inputs }) =>
    /"Effect":"Deny".*"aws:SecureTransport":"false"/.test(textAt(inputs, 'policy') ?? ''),
};

export const WHOLE_RULES = [
  'buckets are guarded',
  'alarms are heard',
  'keys rotate',
  'functions log into a group of ours',
] as const;

interface Violation {
  rule: (typeof WHOLE_RULES)[number];
  at: Recorded;
  what: string;
}

export function wholeViolations(resources: readonly Recorded[]): Violation[] {
  return resources.flatMap((resource) => [
    ...unguarded(resource, resources).map(
      (what): Violation => ({ rule: 'buckets are guarded', at: resource, what }),
    ),
    ...unheard(resource).map((what): Violation => ({ rule: 'alarms are heard', at: resource, what })),
    ...unrotated(resource).map((what): Violation => ({ rule: 'keys rotate', at: resource, what })),
    ...unkept(resource, resources).map(
      (what): Violation => ({
        rule: 'functions log into a group of ours',
        at: resource,
        what,
      }),
    ),
  ]);
}

function unguarded(resource: Recorded, resources: readonly Recorded[]): string[] {
  if (resource.type !== BUCKET) return [];
  const name = textAt(resource.inputs, 'bucket');
  return Object.entries(GUARDS)
    .filter(
      ([type, isGood]) =>
        !resources.some(
          (guard) => guard.type === type && textAt(guard.inputs, 'bucket') === name && isGood(guard),
        ),
    )
    .map(([type]) => `lacks ${type.split(':').pop()}`);
}

/** CloudWatch may not use the key that AWS keeps for SNS: such a topic swallows every alarm. */
function unheard({ type, inputs }: Recorded): string[] {
  if (type !== 'aws:sns/topic:Topic') return [];
  const key = inputs.kmsMasterKeyId ?? null;
  if (key === null) return ['is not encrypted'];
  return key === 'alias/aws/sns' ? ['its key does not let CloudWatch publish'] : [];
}

function unrotated({ type, inputs }: Recorded): string[] {
  return type === 'aws:kms/key:Key' && inputs.enableKeyRotation !== true ? ['is never rotated'] : [];
}

/** Lambda makes a group that is missing, and keeps it for ever. */
function unkept({ type, inputs }: Recorded, resources: readonly Recorded[]): string[] {
  if (type !== 'aws:lambda/function:Function') return [];
  const group = textAt(inputs, 'loggingConfig.logGroup') ?? `/aws/lambda/${textAt(inputs, 'name')}`;
  const isOurs = resources.some(
    (other) => other.type === 'aws:cloudwatch/logGroup:LogGroup' && other.inputs.name === group,
  );
  return isOurs ? [] : [`no retention is set on ${group}`];
}
