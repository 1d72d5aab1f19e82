/** Whole recorded stacks, each broken in one way that one house rule must find, and no other. */
import type { Value, Values } from '../../../offline/plugin/values.ts';
import type { Recorded } from '../../../offline/policy.ts';
import type { AwsSchema } from '../../../offline/schema/types.ts';

interface Breach {
  rule: string;
  what: string;
  type: string;
  /** The resource that can be broken so; default: the first of the type. */
  where?: (inputs: Values) => boolean;
  /** New inputs; the resource is left out without. */
  to?: (inputs: Values) => Values;
}

const policyWith = (from: RegExp, to: string) => (inputs: Values) => ({
  policy: String(inputs.policy).replace(from, to),
});
const withStatement = (statement: Values) => (inputs: Values) => {
  const document = JSON.parse(String(inputs.policy)) as { Statement: Value[] };
  return { policy: JSON.stringify({ ...document, Statement: [...document.Statement, statement] }) };
};
const S3 = 'aws:s3/bucket';
const ROLE_POLICY = 'aws:iam/rolePolicy:RolePolicy';
const isOfServer = ({ policy }: Values) => String(policy).includes('"WriteOwnLog"');
const ANYONE = {
  Effect: 'Allow',
  Principal: { AWS: '*' },
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::b/*',
};
const trust = (Principal: Value) => () => ({
  assumeRolePolicy: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] }),
});

const GUARDS = [
  'PublicAccessBlock',
  'ServerSideEncryptionConfiguration',
  'Versioning',
  'LifecycleConfiguration',
  'Policy',
];

const BREACHES: readonly Breach[] = [
  ...(['"logs:*"', '"*"'] as const).map((wide) => ({
    rule: 'no wildcard action',
    what: `action ${wide}`,
    type: ROLE_POLICY,
    where: isOfServer,
    to: policyWith(/"logs:PutLogEvents"/, wide),
  })),
  {
    rule: 'no wildcard action',
    what: 'all actions but one',
    type: ROLE_POLICY,
    to: withStatement({
      Effect: 'Allow',
      NotAction: 'iam:CreateUser',
      Resource: 'arn:aws:iam::123456789012:user/x',
    }),
  },
  {
    rule: 'every resource has its reason',
    what: 'a statement that gives none',
    type: ROLE_POLICY,
    to: withStatement({ Sid: 'Ec2', Effect: 'Allow', Action: 'ec2:DescribeVpcs', Resource: '*' }),
  },
  {
    rule: 'every resource has its reason',
    what: 'every log group',
    type: ROLE_POLICY,
    where: isOfServer,
    to: policyWith(/"arn:[^"]*:log-group:[^"]*"/, '"*"'),
  },
  {
    rule: 'every resource has its reason',
    what: 'all buckets but one',
    type: ROLE_POLICY,
    to: withStatement({ Effect: 'Allow', Action: 's3:GetObject', NotResource: 'arn:aws:s3:::b/*' }),
  },
  {
    rule: 'every resource has its reason',
    what: 'a key for whatever calls itself so',
    type: 'aws:kms/key:Key',
    to: withStatement({
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::123456789012:root' },
      Action: 'kms:Encrypt',
      Resource: '*',
    }),
  },
  {
    rule: 'no wildcard for calling and reading what is ours',
    what: 'all log groups, by an ARN',
    type: ROLE_POLICY,
    where: isOfServer,
    to: policyWith(/"arn:[^"]*:log-group:[^"]*"/, '"arn:aws:logs:us-east-1:123456789012:log-group:*"'),
  },
  {
    rule: 'no wildcard for calling and reading what is ours',
    what: 'all functions',
    type: ROLE_POLICY,
    where: ({ policy }) => String(policy).includes('"InvokeServers"'),
    to: policyWith(/"arn:[^"]*:function:[^"]*"/, '"arn:aws:lambda:us-east-1:123456789012:function:*"'),
  },
  {
    rule: 'a service that assumes a role says for whom',
    what: 'the gateway’s service for any account',
    type: 'aws:iam/role:Role',
    to: trust({ Service: 'bedrock-agentcore.amazonaws.com' }),
  },
  {
    rule: 'a service that assumes a role says for whom',
    what: 'anyone',
    type: 'aws:iam/role:Role',
    to: trust({ AWS: '*' }),
  },
  {
    rule: 'log groups have a retention',
    what: 'kept for ever',
    type: 'aws:cloudwatch/logGroup:LogGroup',
    to: () => ({ retentionInDays: 0 }),
  },
  {
    rule: 'functions log into a group of ours',
    what: 'a group that Lambda would make',
    type: 'aws:lambda/function:Function',
    to: () => ({ loggingConfig: { logFormat: 'JSON', logGroup: '/aws/lambda/elsewhere' } }),
  },
  {
    rule: 'functions log into a group of ours',
    what: 'its group is not there',
    type: 'aws:cloudwatch/logGroup:LogGroup',
    where: ({ name }) => String(name).startsWith('/aws/lambda/'),
  },
  {
    rule: 'buckets are private and encrypted',
    what: 'public access lists',
    type: `${S3}PublicAccessBlock:BucketPublicAccessBlock`,
    to: () => ({ blockPublicAcls: false }),
  },
  {
    rule: 'buckets are private and encrypted',
    what: 'public',
    type: `${S3}:Bucket`,
    to: () => ({ acl: 'public-read' }),
  },
  ...GUARDS.map((guard) => ({
    rule: 'buckets are guarded',
    what: `without ${guard}`,
    type: `${S3}${guard}:Bucket${guard}`,
  })),
  {
    rule: 'everyone is admitted under a condition only',
    what: 'a public bucket policy',
    type: `${S3}Policy:BucketPolicy`,
    to: withStatement(ANYONE),
  },
  {
    rule: 'everyone is admitted under a condition only',
    what: 'a gateway open to every network',
    type: 'aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy',
    to: policyWith(/,"Condition":\{"StringEquals":\{[^}]*\}\}/, ''),
  },
  {
    rule: 'a service is admitted for this account only',
    what: 'a topic for alarms of any account',
    type: 'aws:sns/topicPolicy:TopicPolicy',
    to: withStatement({ ...ANYONE, Principal: { Service: 'cloudwatch.amazonaws.com' } }),
  },
  {
    rule: 'no security group is open to everywhere',
    what: 'an endpoint for the world',
    type: 'aws:ec2/securityGroup:SecurityGroup',
    where: ({ ingress }) => ingress !== undefined,
    to: () => ({ ingress: [{ protocol: 'tcp', fromPort: 443, toPort: 443, cidrBlocks: ['0.0.0.0/0'] }] }),
  },
  {
    rule: 'trails are encrypted and cannot be forged',
    what: 'no key',
    type: 'aws:cloudtrail/trail:Trail',
    to: () => ({ kmsKeyId: null }),
  },
  {
    rule: 'trails are encrypted and cannot be forged',
    what: 'files not signed',
    type: 'aws:cloudtrail/trail:Trail',
    to: () => ({ enableLogFileValidation: false }),
  },
  {
    rule: 'alarms are heard',
    what: 'no key',
    type: 'aws:sns/topic:Topic',
    to: () => ({ kmsMasterKeyId: null }),
  },
  {
    rule: 'keys rotate',
    what: 'no rotation',
    type: 'aws:kms/key:Key',
    to: () => ({ enableKeyRotation: false }),
  },
  {
    rule: 'a gateway has an authoriser',
    what: 'none',
    type: 'aws:bedrock/agentcoreGateway:AgentcoreGateway',
    to: () => ({ authorizerType: 'NONE' }),
  },
  {
    rule: 'users do not sign themselves up',
    what: 'they may',
    type: 'aws:cognito/userPool:UserPool',
    to: () => ({ adminCreateUserConfig: {} }),
  },
  {
    rule: 'people prove themselves twice',
    what: 'a second factor only if they like',
    type: 'aws:cognito/userPool:UserPool',
    to: () => ({ mfaConfiguration: 'OPTIONAL' }),
  },
  {
    rule: 'people prove themselves twice',
    what: 'eight characters',
    type: 'aws:cognito/userPool:UserPool',
    to: () => ({ passwordPolicy: { minimumLength: 8 } }),
  },
  {
    rule: 'tokens end within the hour',
    what: 'sixty hours',
    type: 'aws:cognito/userPoolClient:UserPoolClient',
    to: () => ({ tokenValidityUnits: { accessToken: 'hours' } }),
  },
];

export interface HouseMutant {
  rule: string;
  what: string;
  resources: Recorded[];
}

/** Every breach that these resources can show; a missing tag on each type that takes tags. */
export function houseMutants(resources: readonly Recorded[], schema: AwsSchema): HouseMutant[] {
  const breaches = BREACHES.flatMap(({ rule, what, type, where = () => true, to }) => {
    const index = resources.findIndex((resource) => resource.type === type && where(resource.inputs));
    const old = resources[index];
    if (!old) return [];
    const made = to ? [{ ...old, inputs: { ...old.inputs, ...to(old.inputs) } }] : [];
    return [{ rule, what, resources: resources.toSpliced(index, 1, ...made) }];
  });
  const taggable = [...new Set(resources.map(({ type }) => type))].filter((type) =>
    schema.resources[type]?.computed.includes('tagsAll'),
  );
  const untagged = taggable.map((type) => {
    const index = resources.findIndex((resource) => resource.type === type);
    const old = resources[index] as Recorded;
    return {
      rule: 'what can be tagged is tagged',
      what: type,
      resources: resources.with(index, { ...old, outputs: { ...old.outputs, tagsAll: {} } }),
    };
  });
  return [...breaches, ...untagged];
}
