/** Of the deployer's policy, what the optional guards and watches of a stack take. Part of deployer-policy.ts. */
import type { PolicyDocument } from './deployer-policy.ts';
import type { Plan } from './types.ts';

type Statement = PolicyDocument['Statement'][number];
export type Arn = (service: string, resource: string, where?: string) => string;

export function allow(Sid: string, Action: string[], Resource: string[]): Statement {
  return { Sid, Effect: 'Allow', Action: [...Action].sort(), Resource };
}

export const of = (service: string, names: string) => names.split(' ').map((name) => `${service}:${name}`);

export function guardStatements({ settings, gateway }: Plan, arn: Arn): (Statement | false)[] {
  const { waf, observe } = settings;
  const { alarms, monthlyBudget } = observe;
  const gateways = arn('bedrock-agentcore', `gateway/${gateway.name}-*`);
  const ownKey = alarms !== undefined && !alarms.topic && !alarms.kmsKey;
  return [
    waf !== undefined &&
      allow('Firewall', FIREWALL_ACTIONS, [arn('wafv2', `regional/webacl/${gateway.name}/*`), gateways]),
    // A permission only: IAM's own tables give it no resource.
    waf !== undefined &&
      allow('ListGuarded', of('bedrock-agentcore', 'GatewayListResourcesForWebACL'), ['*']),
    (ownKey || (settings.audit !== undefined && !settings.audit.kmsKey)) &&
      // A key's id is made by KMS.
      allow('CreateKey', of('kms', 'CreateKey ListAliases'), ['*']),
    (ownKey || (settings.audit !== undefined && !settings.audit.kmsKey)) &&
      allow('Keys', KEY_ACTIONS, [arn('kms', 'key/*'), arn('kms', `alias/${gateway.name}-*`)]),
    monthlyBudget !== undefined &&
      allow('Budget', BUDGET_ACTIONS, [arn('budgets', `budget/${gateway.name}-*`, '')]),
  ];
}

/** They come from the aws-native provider, which goes by Cloud Control: its calls name no resource, the service's do. */
export function rateLimitStatements({ settings, gateway }: Plan, arn: Arn): (Statement | false)[] {
  if (settings.rateLimits.length === 0) return [];
  return [
    allow('CloudControl', CLOUD_CONTROL_ACTIONS, ['*']),
    allow('RateLimits', RATE_LIMIT_ACTIONS, [arn('bedrock-agentcore', `gateway/${gateway.name}-*`)]),
  ];
}

export function auditStatements({ settings, gateway }: Plan, arn: Arn): (Statement | false)[] {
  const { audit } = settings;
  if (!audit) return [];
  const group = `log-group:/mcpgw/${gateway.name}/audit*`;
  const partition = arn('s3', '').split(':')[1] ?? 'aws';
  return [
    allow('Trail', TRAIL_ACTIONS, [arn('cloudtrail', `trail/${gateway.name}-audit`)]),
    // Neither names a resource.
    allow('LookAtAudit', [...of('cloudtrail', 'DescribeTrails'), ...QUERY_ACTIONS], ['*']),
    allow(
      'AuditLog',
      [...LOG_ACTIONS, 'logs:AssociateKmsKey', 'logs:DisassociateKmsKey'],
      [arn('logs', group)],
    ),
    audit.bucket === undefined &&
      allow('AuditBucket', AUDIT_BUCKET_ACTIONS, [`arn:${partition}:s3:::${gateway.name}-audit-*`]),
    audit.bucket === undefined &&
      settings.removal.audit === 'delete' &&
      allow('EmptyAuditBucket', EMPTY_ACTIONS, [
        `arn:${partition}:s3:::${gateway.name}-audit-*`,
        `arn:${partition}:s3:::${gateway.name}-audit-*/*`,
      ]),
  ];
}

export const LOG_ACTIONS = of(
  'logs',
  'CreateLogGroup DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy TagResource UntagResource ListTagsForResource',
);
const FIREWALL_ACTIONS = [
  ...of(
    'wafv2',
    'CreateWebACL GetWebACL UpdateWebACL DeleteWebACL AssociateWebACL DisassociateWebACL GetWebACLForResource ' +
      'ListResourcesForWebACL TagResource UntagResource ListTagsForResource',
  ),
  ...of('bedrock-agentcore', 'GatewayAssociateWebACL GatewayDisassociateWebACL GatewayGetWebACLForResource'),
];
const KEY_ACTIONS = of(
  'kms',
  'DescribeKey GetKeyPolicy PutKeyPolicy EnableKeyRotation GetKeyRotationStatus ListResourceTags TagResource ' +
    'UntagResource UpdateKeyDescription ScheduleKeyDeletion CreateAlias UpdateAlias DeleteAlias',
);
const CLOUD_CONTROL_ACTIONS = of(
  'cloudformation',
  'CreateResource GetResource UpdateResource DeleteResource GetResourceRequestStatus CancelResourceRequest',
);
const RATE_LIMIT_ACTIONS = of(
  'bedrock-agentcore',
  'CreateGatewayRateLimit GetGatewayRateLimit UpdateGatewayRateLimit DeleteGatewayRateLimit ListGatewayRateLimits',
);
const BUDGET_ACTIONS = of('budgets', 'ModifyBudget ViewBudget TagResource UntagResource ListTagsForResource');
const TRAIL_ACTIONS = of(
  'cloudtrail',
  'CreateTrail UpdateTrail DeleteTrail GetTrail GetTrailStatus StartLogging StopLogging PutEventSelectors ' +
    'GetEventSelectors GetInsightSelectors AddTags RemoveTags ListTags',
);
const QUERY_ACTIONS = of('logs', 'PutQueryDefinition DescribeQueryDefinitions DeleteQueryDefinition');
/** What emptying and deleting a bucket takes. */
const EMPTY_ACTIONS = of(
  's3',
  'DeleteBucket DeleteBucketPolicy ListBucketVersions DeleteObject DeleteObjectVersion',
);
const AUDIT_BUCKET_ACTIONS = of(
  's3',
  'CreateBucket ListBucket GetBucketLocation GetBucketAcl GetBucketCORS GetBucketLogging GetBucketPolicy ' +
    'GetBucketVersioning GetBucketWebsite GetAccelerateConfiguration GetBucketRequestPayment GetBucketObjectLockConfiguration ' +
    'GetReplicationConfiguration GetEncryptionConfiguration GetLifecycleConfiguration GetBucketTagging ' +
    'GetBucketPublicAccessBlock GetBucketOwnershipControls PutBucketPolicy PutBucketVersioning PutEncryptionConfiguration ' +
    'PutLifecycleConfiguration PutBucketPublicAccessBlock PutBucketOwnershipControls PutBucketTagging',
);
