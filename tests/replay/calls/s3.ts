/** The bucket of the audit records and what guards it. */
import type { Values } from '../../../offline/plugin/values.ts';
import { expandFirst } from '../expand.ts';
import { type Lifecycle, type Made, step, tagList, text } from '../resource.ts';

const SERVICE = 's3';
const OF_BUCKET = 'a setting of its bucket';

/** One call sets it, one takes it back. */
function setting(put: string, remove: string, back: Values = {}): Lifecycle {
  return {
    create: (made) => [step(SERVICE, put, expandFirst(made))],
    delete: (made: Made) => [step(SERVICE, remove, { Bucket: text(made, 'bucket'), ...back })],
    left: OF_BUCKET,
  };
}

export const s3: Record<string, Lifecycle> = {
  'aws:s3/bucket:Bucket': {
    create: (made) => [
      // The provider's default; tags by a call of their own, as not every S3 takes them at creation.
      step(SERVICE, 'CreateBucket', { ...expandFirst(made), ACL: 'private' }),
      step(SERVICE, 'PutBucketTagging', { Bucket: made.id, Tagging: { TagSet: tagList(made) } }),
    ],
    delete: (made) => [step(SERVICE, 'DeleteBucket', { Bucket: made.id })],
    left: {
      service: SERVICE,
      operation: 'ListBuckets',
      path: 'Buckets[].Name',
      identity: ({ id }) => id,
    },
  },
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': setting(
    'PutBucketLifecycleConfiguration',
    'DeleteBucketLifecycle',
  ),
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls': setting(
    'PutBucketOwnershipControls',
    'DeleteBucketOwnershipControls',
  ),
  'aws:s3/bucketPolicy:BucketPolicy': setting('PutBucketPolicy', 'DeleteBucketPolicy'),
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': setting(
    'PutPublicAccessBlock',
    'DeletePublicAccessBlock',
  ),
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': setting(
    'PutBucketEncryption',
    'DeleteBucketEncryption',
  ),
  'aws:s3/bucketVersioning:BucketVersioning': setting('PutBucketVersioning', 'PutBucketVersioning', {
    VersioningConfiguration: { Status: 'Suspended' },
  }),
};
