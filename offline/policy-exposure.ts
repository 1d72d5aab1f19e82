/** House rules about who gets in: resource policies, security groups, and records that nobody may read or change. */
import { at } from './plugin/values.ts';
import type { Rule } from './policy.ts';
import { list, statementsOf } from './policy-documents.ts';

/** Types whose `policy` says who may use the resource itself. */
const RESOURCE_POLICIES = [
  'aws:s3/bucketPolicy:BucketPolicy',
  'aws:sns/topicPolicy:TopicPolicy',
  'aws:kms/key:Key',
  'aws:ec2/vpcEndpoint:VpcEndpoint',
  'aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy',
];
const EVERYWHERE = ['0.0.0.0/0', '::/0'];

export const EXPOSURE_RULES: Readonly<Record<string, Rule>> = {
  'everyone is admitted under a condition only': ({ type, inputs }) => {
    if (!RESOURCE_POLICIES.includes(type)) return [];
    return statementsOf(inputs, 'policy')
      .filter(({ Effect, Condition }) => Effect === 'Allow' && !hasMembers(Condition))
      .filter(
        (statement) =>
          statement.NotPrincipal !== undefined ||
          statement.Principal === '*' ||
          list(at(statement, 'Principal.AWS')).includes('*'),
      )
      .map(({ Action }) => `everyone may ${list(Action).join(', ')}`);
  },
  'a service is admitted for this account only': ({ type, inputs }) => {
    if (!RESOURCE_POLICIES.includes(type)) return [];
    return statementsOf(inputs, 'policy')
      .filter(({ Effect, Condition }) => Effect === 'Allow' && !hasMembers(Condition))
      .flatMap((statement) => list(at(statement, 'Principal.Service')))
      .map((service) => `${String(service)} for any account`);
  },
  'no security group is open to everywhere': ({ type, inputs }) => {
    if (type !== 'aws:ec2/securityGroup:SecurityGroup') return [];
    const sources = list(inputs.ingress).flatMap((rule) => [
      ...list(at(rule, 'cidrBlocks')),
      ...list(at(rule, 'ipv6CidrBlocks')),
    ]);
    return EVERYWHERE.filter((source) => sources.includes(source)).map((source) => `lets in ${source}`);
  },
  'trails are encrypted and cannot be forged': ({ type, inputs }) =>
    type !== 'aws:cloudtrail/trail:Trail'
      ? []
      : [
          ...((inputs.kmsKeyId ?? null) === null ? ['is not encrypted with a key of ours'] : []),
          ...(inputs.enableLogFileValidation === true ? [] : ['its files are not signed']),
        ],
};

function hasMembers(condition: unknown): boolean {
  return typeof condition === 'object' && condition !== null && Object.keys(condition).length > 0;
}
