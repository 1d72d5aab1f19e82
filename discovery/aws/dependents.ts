/**
 * Which of the actions that AWS asks of a caller beside the one it calls (dependents.json) a server needs: AWS's table has no
 * column for the condition under which it needs them. Reviewed by hand against the services' pages.
 */
import { awsCatalogue } from './catalogue.ts';

export type Need =
  /** Every call needs it. */
  | { kind: 'always' }
  /** Only calls with one of these members need it: where the code spells none, it is not needed. */
  | { kind: 'spelt'; members: readonly string[] }
  /** It depends on the account or the data, which no source tells: offered, not granted. */
  | { kind: 'condition'; when: string };

interface Rule {
  of?: RegExp;
  dependent: RegExp;
  need: Need;
}

const TAGS = ['Tags', 'tags', 'Tag', 'tag', 'TagList', 'TagSpecifications', 'tagList', 'tagSpecifications'];
const spelt = (...members: string[]): Need => ({ kind: 'spelt', members });
const condition = (when: string): Need => ({ kind: 'condition', when });

/** The first that fits. */
const RULES: readonly Rule[] = [
  { dependent: /^kms:/, need: condition('a KMS key of your own encrypts the data') },
  {
    dependent: /^iam:CreateServiceLinkedRole$/,
    need: condition('the account has no service-linked role for it yet'),
  },
  {
    of: /^rds:CreateDBCluster$/,
    dependent: /^rds:CreateDBInstance$/,
    need: spelt('DBClusterInstanceClass'),
  },
  { of: /^rds:/, dependent: /^rds:CreateTenantDatabase$/, need: spelt('MultiTenant') },
  { of: /^rds:/, dependent: /^secretsmanager:/, need: spelt('ManageMasterUserPassword') },
  { of: /^elasticache:/, dependent: /^s3:/, need: condition('a cache is filled from a snapshot in S3') },
  {
    of: /^ec2:/,
    dependent: /^ssm:GetParameters$/,
    need: condition('an image is named by a parameter of Systems Manager'),
  },
  { of: /^sagemaker:/, dependent: /^eks:/, need: condition('EKS runs the cluster') },
  {
    of: /^sagemaker:/,
    dependent: /^ec2:(Describe|Modify)(Image|Snapshot)/,
    need: condition('the cluster uses an image of your own'),
  },
  {
    of: /^ecr:.*RepositoryCreationTemplate$/,
    dependent: /^ecr:/,
    need: condition('the template says how repositories are made'),
  },
  { dependent: /Tag/, need: spelt(...TAGS) },
];

export function needOf(action: string, dependent: string): Need {
  const rule = RULES.find((one) => one.dependent.test(dependent) && (one.of?.test(action) ?? true));
  if (rule) return rule.need;
  return awsCatalogue().action(dependent)?.access === 'Permissions management'
    ? condition('AWS asks it of some calls only')
    : { kind: 'always' };
}
