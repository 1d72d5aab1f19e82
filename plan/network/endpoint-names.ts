/**
 * VPC endpoint services by IAM prefix, of the services that MCP servers call or that people grant by hand. From the list
 * of endpoint services in aws-cdk-lib 2.276.0 (aws-ec2, InterfaceVpcEndpointAwsService); a service that is not in it
 * counts as one without an endpoint. Whether a zone of a region offers one, only AWS can tell.
 */
import { regionalEndpoint } from './endpoint-domains.ts';

/** The endpoint has the prefix's own name. */
const SAME = new Set(
  (
    'access-analyzer acm application-autoscaling application-signals athena autoscaling backup batch bedrock-agentcore ' +
    'cloudformation cloudtrail codebuild codedeploy codepipeline cognito-identity cognito-idp comprehend ' +
    'compute-optimizer config datazone dms ds dsql ec2 ecs eks elasticache elasticbeanstalk elasticfilesystem ' +
    'elasticloadbalancing elasticmapreduce emr-containers emr-serverless events execute-api fsx glue guardduty ' +
    'healthlake identitystore imagebuilder inspector2 kafka kafkaconnect kendra kms lakeformation lambda logs macie2 ' +
    'mq network-firewall observabilityadmin pi pipes polly ram rbin rds rds-data redshift redshift-data ' +
    'redshift-serverless rekognition resource-groups rum s3 s3tables s3vectors schemas secretsmanager securityhub ' +
    'servicecatalog servicediscovery shield sns sqs ssm ssm-contacts ssm-incidents states storagegateway sts synthetics ' +
    'textract timestream-influxdb transcribe transfer translate verifiedpermissions vpc-lattice wafv2 wellarchitected ' +
    'workspaces xray dynamodb'
  ).split(' '),
);

/** The endpoint's name, or all that a service has; what follows a colon is the domain where it is not com.amazonaws. */
const OTHERS: Readonly<Record<string, string>> = {
  airflow: 'airflow.api airflow.env',
  aps: 'aps aps-workspaces',
  appsync: 'appsync-api',
  bedrock: 'bedrock',
  cassandra: 'cassandra',
  cloudwatch: 'monitoring',
  codeconnections: 'codeconnections.api',
  ecr: 'ecr.api',
  'ecr-public': 'ecr-public.api',
  firehose: 'kinesis-firehose',
  geo: 'geo.geofencing geo.maps geo.metadata geo.places geo.routes geo.tracking',
  iotsitewise: 'iotsitewise.api iotsitewise.data',
  iottwinmaker: 'iottwinmaker.api iottwinmaker.data',
  kinesis: 'kinesis-streams',
  'medical-imaging': 'medical-imaging runtime-medical-imaging',
  memorydb: 'memory-db',
  'neptune-graph': 'neptune-graph neptune-graph-data',
  omics: 'analytics-omics control-storage-omics storage-omics tags-omics workflows-omics',
  qbusiness: 'qbusiness:aws.api',
  sagemaker: 'sagemaker.api',
  ses: 'email',
  tag: 'tagging',
};

/** Services of no region: their endpoint stands in us-east-1 alone. `global`: its name has no region in it. */
const ONLY_US_EAST_1: Readonly<Record<string, string>> = {
  account: 'account',
  'bcm-pricing-calculator': 'bcm-pricing-calculator',
  billing: 'billing',
  billingconductor: 'billingconductor',
  ce: 'ce',
  'cost-optimization-hub': 'cost-optimization-hub',
  freetier: 'freetier:aws.api',
  iam: 'iam:global',
  invoicing: 'invoicing',
  organizations: 'organizations',
  pricing: 'pricing.api',
  savingsplans: 'savingsplans:global',
  tax: 'tax',
};

/** Calls of one IAM prefix that go to another endpoint than its usual one. */
const BY_ACTION: readonly (readonly [pattern: RegExp, service: string])[] = [
  [/^bedrock:(?:InvokeModel|Converse|ApplyGuardrail|CountTokens)/, 'bedrock-runtime'],
  [/^bedrock:(?:Retrieve|InvokeAgent|InvokeFlow|Rerank|GenerateQuery)/, 'bedrock-agent-runtime'],
  [
    /^bedrock:\w*(?:KnowledgeBase|DataSource|IngestionJob|AgentAlias|Agent(?:s|ActionGroup)?$|Flow|Prompt(?:s)?$)/,
    'bedrock-agent',
  ],
  [/^sagemaker:InvokeEndpoint/, 'sagemaker.runtime'],
];

/** Inside the VPC of their cluster: there is no endpoint to make, and nothing is out of reach. */
const IN_THE_VPC = ['neptune-db', 'rds-db', 'kafka-cluster'];

export interface EndpointName {
  /** Short, as people say it: the last part of its name. */
  service: string;
  /** As CreateVpcEndpoint takes it. */
  name: string;
}

/** The endpoints that a call of an action goes through; empty when it needs none; undefined when there is none. */
export function endpointNames(action: string, region: string): EndpointName[] | undefined {
  const special = BY_ACTION.find(([pattern]) => pattern.test(action))?.[1];
  if (special) return named(special, region);
  const prefix = action.split(':')[0] ?? '';
  if (IN_THE_VPC.includes(prefix)) return [];
  if (SAME.has(prefix)) return named(prefix, region);
  if (Object.hasOwn(OTHERS, prefix)) return named(OTHERS[prefix] ?? '', region);
  const global = region === 'us-east-1' && Object.hasOwn(ONLY_US_EAST_1, prefix);
  return global ? named(ONLY_US_EAST_1[prefix] ?? '', region) : undefined;
}

function named(services: string, region: string): EndpointName[] {
  return services.split(' ').map((text) => {
    const [service = '', domain] = text.split(':');
    return { service, name: endpointName(service, region, domain) };
  });
}

/** As CreateVpcEndpoint takes it. */
export function endpointName(service: string, region: string, domain?: string): string {
  if (domain === 'global') return `com.amazonaws.${service}`;
  return domain === undefined ? regionalEndpoint(service, region) : `${domain}.${region}.${service}`;
}
