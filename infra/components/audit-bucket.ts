/** The bucket of the audit records: private, encrypted, versioned, TLS only; old records go, and it outlives the stack. */
import * as pulumi from '@pulumi/pulumi';
import type { AuditNames } from '../audit.ts';
import {
  Bucket,
  BucketLifecycleConfiguration,
  BucketOwnershipControls,
  BucketPolicy,
  BucketPublicAccessBlock,
  BucketServerSideEncryptionConfiguration,
  BucketVersioning,
} from '../aws.ts';
import { auditBucketPolicy } from '../key-policies.ts';
import type { Stack } from '../stack.ts';

export class AuditBucket extends pulumi.ComponentResource {
  /** What must exist before CloudTrail may be sent here. */
  readonly parts: pulumi.Resource[];

  constructor(
    { account, plan }: Stack,
    { retentionDays }: { retentionDays: number },
    names: AuditNames,
    kmsMasterKeyId: pulumi.Input<string>,
    options: pulumi.ComponentResourceOptions,
  ) {
    super('mcpgw:audit:AuditBucket', 'audit', {}, options);
    // Unless the settings say otherwise `destroy` leaves it, with all that guards it: records that go with what they
    // are about are none.
    const retainOnDelete = plan.settings.removal.audit === 'retain';
    const child = { parent: this, retainOnDelete };
    const emptied = retainOnDelete ? {} : { forceDestroy: true };
    const made = new Bucket('audit', { bucket: names.bucket, ...emptied }, child);
    const bucket = made.bucket;
    const shut = new BucketPublicAccessBlock(
      'audit',
      {
        bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      child,
    );
    const policy = new BucketPolicy(
      'audit',
      { bucket, policy: auditBucketPolicy(account, names.bucket, names.trail) },
      { ...child, dependsOn: [shut] },
    );
    this.parts = [
      shut,
      policy,
      new BucketOwnershipControls(
        'audit',
        { bucket, rule: { objectOwnership: 'BucketOwnerEnforced' } },
        child,
      ),
      new BucketServerSideEncryptionConfiguration(
        'audit',
        {
          bucket,
          rules: [
            {
              applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId },
              bucketKeyEnabled: true,
            },
          ],
        },
        child,
      ),
      new BucketVersioning('audit', { bucket, versioningConfiguration: { status: 'Enabled' } }, child),
      new BucketLifecycleConfiguration(
        'audit',
        {
          bucket,
          rules: [
            {
              id: 'retention',
              status: 'Enabled',
              filter: { prefix: '' },
              expiration: { days: retentionDays },
              // What was overwritten or deleted stays as long as what was not.
              noncurrentVersionExpiration: { noncurrentDays: retentionDays },
              abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
            },
          ],
        },
        child,
      ),
    ];
    this.registerOutputs({ bucket });
  }
}
