/** From AWS's refusal of a call to the line in the stack's settings that would grant it. */
import type { AwsCall } from './monitoring.ts';

export interface AccessHint {
  action: string;
  role?: string;
  resource?: string;
  /** What to write into Pulumi.<stack>.yaml, if the server should be allowed to. */
  grant: string;
}

const DENIED =
  /^(?:AccessDenied|AccessDeniedException|UnauthorizedOperation|NotAuthorized|AuthorizationError)/;
const PERFORM =
  /(?:User|user): (\S+) is not authorized to perform: ([\w-]+:\w+)(?: on resource: ("[^"]*"|\S+))?/;

/** The first refusal among a call's AWS calls. */
export function accessHint(calls: readonly AwsCall[], server: string): AccessHint | undefined {
  const denied = calls.find(({ error }) => error !== undefined && DENIED.test(error));
  if (denied === undefined) return undefined;
  const [, user, named, resource] = PERFORM.exec(denied.message ?? '') ?? [];
  const action = named ?? iamAction(denied.action);
  const on = resource?.replaceAll('"', '').replace(/[.,]$/, '');
  return {
    action,
    ...(user === undefined ? {} : { role: roleOf(user) }),
    ...(on === undefined ? {} : { resource: on }),
    grant: `mcpgw:servers.settings.${server}.statements: [{actions: ['${action}'], resources: ['${on ?? '*'}']}]`,
  };
}

/** `arn:aws:sts::1:assumed-role/NAME/session` is of role NAME. */
function roleOf(user: string): string {
  return /:assumed-role\/([^/]+)\//.exec(user)?.[1] ?? user;
}

/** The hint as it stands beside a tool's error: without the role, which the caller has no business with. */
export function hintText({ action, resource, grant }: AccessHint): string {
  const on = resource === undefined ? '' : ` on ${resource}`;
  return `AWS refused ${action}${on}; the stack's settings grant it by ${grant}`;
}

/** Where AWS named no action: most prefixes are the service's id without spaces, most actions the operation. */
function iamAction(call: string): string {
  const [service = '', operation = ''] = call.split(':', 2);
  const prefix = PREFIXES[service] ?? service.toLowerCase().replaceAll(' ', '');
  return `${prefix}:${RENAMED[`${prefix}:${operation}`] ?? operation}`;
}

/** By botocore's service id. */
const PREFIXES: Readonly<Record<string, string>> = {
  'CloudWatch Logs': 'logs',
  'Cost Explorer': 'ce',
  'Cost and Usage Report Service': 'cur',
  'Elastic Load Balancing v2': 'elasticloadbalancing',
  'Elastic Load Balancing': 'elasticloadbalancing',
  'EMR Serverless': 'emr-serverless',
  'EMR containers': 'emr-containers',
  EMR: 'elasticmapreduce',
  SFN: 'states',
  'Bedrock Runtime': 'bedrock',
  'Bedrock Agent': 'bedrock',
  'Bedrock Agent Runtime': 'bedrock',
  'Redshift Data': 'redshift-data',
  'RDS Data': 'rds-data',
  'Application Signals': 'application-signals',
  EventBridge: 'events',
};

/** Services whose refusals often name no action, and whose actions have other names than their operations. */
const RENAMED: Readonly<Record<string, string>> = {
  's3:ListBuckets': 'ListAllMyBuckets',
  's3:ListObjects': 'ListBucket',
  's3:ListObjectsV2': 'ListBucket',
  's3:HeadBucket': 'ListBucket',
  's3:HeadObject': 'GetObject',
  's3:CopyObject': 'PutObject',
  's3:ListObjectVersions': 'ListBucketVersions',
  's3:ListMultipartUploads': 'ListBucketMultipartUploads',
  's3:GetBucketEncryption': 'GetEncryptionConfiguration',
  's3:GetBucketLifecycleConfiguration': 'GetLifecycleConfiguration',
  's3:GetBucketReplication': 'GetReplicationConfiguration',
  's3:GetPublicAccessBlock': 'GetBucketPublicAccessBlock',
  'lambda:Invoke': 'InvokeFunction',
};
