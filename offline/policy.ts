/**
 * House rules that hold for every stack, checked on the resources it would really make (as recorded by the stand-in):
 * what a policy pack would refuse, without another plugin.
 */
import { wildcardReason } from '../plan/wildcards.ts';
import { at, isObject, textAt, type Values } from './plugin/values.ts';
import { list, statementsOf } from './policy-documents.ts';
import { EXPOSURE_RULES } from './policy-exposure.ts';
import { WHOLE_RULES, wholeViolations } from './policy-wholes.ts';
import type { AwsSchema } from './schema/types.ts';

export interface Recorded {
  type: string;
  urn: string;
  inputs: Values;
  /** Absent in a preview. */
  outputs?: Values;
}

export type Rule = (resource: Recorded, schema: AwsSchema) => string[];

/** Statements that the program itself writes, and that name what they are about. */
const EXACT = [
  'InvokeServers',
  'InvokeInterceptor',
  'ReadToolSchemas',
  'AssumeServerRole',
  'ReadSecrets',
  'ReadParameters',
  'WriteOwnLog',
];
/** Every function, log group, object of a bucket: an ARN with nothing but a wildcard after the kind. */
const ALL_OF_A_KIND = /^(?:[^:]*:){5}(?:[\w.-]+[:/])?\*(?::\*)?$/;
/** What roles may do. */
const POLICY_TYPES = ['aws:iam/rolePolicy:RolePolicy', 'aws:iam/policy:Policy'];

const RULES: Readonly<Record<string, Rule>> = {
  'no wildcard action': ({ type, inputs }) => {
    const allowed = ['policy', 'assumeRolePolicy']
      .flatMap((property) => statementsOf(inputs, property))
      .filter((statement) => statement.Effect === 'Allow' && !isOwnersOfKey(type, statement));
    return [
      ...allowed.filter(({ NotAction }) => NotAction !== undefined).map(() => 'grants all but some actions'),
      ...allowed
        .flatMap(({ Action }) => list(Action).map(String))
        .filter((action) => action === '*' || action.endsWith(':*'))
        .map((action) => `grants ${action}`),
    ];
  },
  'no wildcard for calling and reading what is ours': ({ type, inputs }) => {
    if (!POLICY_TYPES.includes(type)) return [];
    return statementsOf(inputs, 'policy')
      .filter(({ Sid }) => EXACT.includes(String(Sid)))
      .filter(({ Resource }) => list(Resource).some((resource) => ALL_OF_A_KIND.test(String(resource))))
      .map(({ Sid }) => `${String(Sid)} on all there are`);
  },
  'every resource has its reason': ({ inputs }) =>
    statementsOf(inputs, 'policy')
      .filter(({ Effect }) => Effect === 'Allow')
      .filter(({ Resource, NotResource }) => NotResource !== undefined || list(Resource).includes('*'))
      .filter(({ Sid }) => wildcardReason(String(Sid ?? '')) === undefined)
      .map(({ Sid }) => `statement ${String(Sid ?? 'without an id')} on every resource`),
  'a service that assumes a role says for whom': ({ type, inputs }) => {
    if (type !== 'aws:iam/role:Role') return [];
    return statementsOf(inputs, 'assumeRolePolicy').flatMap((statement) => {
      const principals = list(at(statement, 'Principal.Service')).map(String);
      if (at(statement, 'Principal') === '*' || list(at(statement, 'Principal.AWS')).includes('*'))
        return ['anyone may assume it'];
      const needs = principals.includes('bedrock-agentcore.amazonaws.com');
      const conditions = JSON.stringify(statement.Condition ?? {});
      const says = ['aws:SourceAccount', 'aws:SourceArn'].every((key) => conditions.includes(key));
      return needs && !says ? ['bedrock-agentcore may assume it for any account'] : [];
    });
  },
  'log groups have a retention': ({ type, inputs }) =>
    type === 'aws:cloudwatch/logGroup:LogGroup' && !(Number(at(inputs, 'retentionInDays')) > 0)
      ? ['keeps logs for ever']
      : [],
  'buckets are private and encrypted': ({ type, inputs }) => {
    if (type === 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock') {
      const keys = ['blockPublicAcls', 'blockPublicPolicy', 'ignorePublicAcls', 'restrictPublicBuckets'];
      return keys.filter((key) => at(inputs, key) !== true).map((key) => `${key} is not on`);
    }
    return /^aws:s3\/bucket(V2)?:/.test(type) && /public/.test(textAt(inputs, 'acl') ?? '')
      ? ['is public']
      : [];
  },
  'a gateway has an authoriser': ({ type, inputs }) =>
    type.endsWith(':AgentcoreGateway') &&
    !['CUSTOM_JWT', 'AWS_IAM'].includes(textAt(inputs, 'authorizerType') ?? '')
      ? ['is open to everyone']
      : [],
  'users do not sign themselves up': ({ type, inputs }) =>
    type === 'aws:cognito/userPool:UserPool' &&
    at(inputs, 'adminCreateUserConfig.allowAdminCreateUserOnly') !== true
      ? ['anyone may sign up']
      : [],
  'people prove themselves twice': ({ type, inputs }) =>
    type === 'aws:cognito/userPool:UserPool' &&
    !(at(inputs, 'mfaConfiguration') === 'ON' && Number(at(inputs, 'passwordPolicy.minimumLength')) >= 12)
      ? ['a short password, or nothing beside it, lets in']
      : [],
  'tokens end within the hour': ({ type, inputs }) =>
    type === 'aws:cognito/userPoolClient:UserPoolClient' &&
    !(
      at(inputs, 'tokenValidityUnits.accessToken') === 'minutes' &&
      Number(at(inputs, 'accessTokenValidity')) <= 60
    )
      ? ['a token lives longer']
      : [],
  'what can be tagged is tagged': ({ outputs, type }, schema) => {
    const taggable = schema.resources[type]?.computed.includes('tagsAll');
    return taggable && outputs && tagsOf(outputs)['mcpgw:stack'] === undefined ? ['has no stack tag'] : [];
  },
  ...EXPOSURE_RULES,
};

/** Every rule there is: each has a test that breaks it. */
export const HOUSE_RULES: readonly string[] = [...Object.keys(RULES), ...WHOLE_RULES];

/** `rule: type name: what`, one a violation. */
export function violations(resources: readonly Recorded[], schema: AwsSchema): string[] {
  const single = resources.flatMap((resource) =>
    Object.entries(RULES).flatMap(([rule, check]) =>
      check(resource, schema).map((what) => ({ rule, at: resource, what })),
    ),
  );
  return [...single, ...wholeViolations(resources)].map(
    ({ rule, at: { urn }, what }) => `${rule}: ${urn.split('::').slice(2).join(' ')}: ${what}`,
  );
}

/** Without it nobody could change the key's policy any more: IAM then decides who of the account may. */
function isOwnersOfKey(type: string, { Principal, Action }: Values): boolean {
  const owner = /^arn:[^:]+:iam::\d{12}:root$/.test(
    String(isObject(Principal ?? null) && at(Principal ?? null, 'AWS')),
  );
  return type === 'aws:kms/key:Key' && Action === 'kms:*' && owner;
}

/** Tag names hold colons and dots: no path. */
function tagsOf(outputs: Values): Values {
  const tags = outputs.tagsAll;
  return isObject(tags) ? tags : {};
}
