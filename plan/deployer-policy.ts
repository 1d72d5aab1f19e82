/**
 * The least IAM policy that a deployer of a stack needs, from the plan: what the program creates, updates and deletes,
 * by name where a name is known beforehand. `mcpgw plan --deployer-policy` prints it, the preflight simulates it.
 */
import { IMAGE_REPOSITORY } from './build.ts';
import {
  type Arn,
  allow,
  auditStatements,
  guardStatements,
  LOG_ACTIONS,
  of,
  rateLimitStatements,
} from './deployer-guards.ts';
import { ownNetwork, placeOf } from './network/network.ts';
import { partitionOf } from './partition.ts';
import { engineName } from './resource-names.ts';
import type { Plan } from './types.ts';

export interface PolicyDocument {
  Version: '2012-10-17';
  Statement: {
    Sid: string;
    Effect: 'Allow';
    Action: string[];
    Resource: string[];
    Condition?: Record<string, Record<string, string | string[]>>;
  }[];
}

interface Where {
  /** Default `*`: any account whose credentials are used. */
  account?: string;
  /** Default: that of the stack's region. */
  partition?: string;
}

export function deployerPolicy(plan: Plan, where: Where = {}): PolicyDocument {
  const { settings, region } = plan;
  const { account = '*', partition = partitionOf(region) } = where;
  const prefix = settings.names.prefix ?? plan.gateway.name;
  const path = settings.names.iamPath;
  const arn = (service: string, resource: string, place = region) =>
    `arn:${partition}:${service}:${place}:${account}:${resource}`;
  const roles = [
    arn('iam', `role${path}${prefix}-*`, ''),
    arn('iam', `role${path}${plan.gateway.roleName}`, ''),
  ];
  const bucket = settings.artefacts.bucket ?? `mcpgw-artefacts-${account}-${region}`;
  const cognito = settings.auth.type === 'cognito';
  const statements: (PolicyDocument['Statement'][number] | false)[] = [
    allow('Identity', ['sts:GetCallerIdentity', 'iam:GetAccountSummary', 'lambda:GetAccountSettings'], ['*']),
    // The preflight asks IAM what the deployer, whoever it is, may do.
    allow('AskIam', ['iam:SimulatePrincipalPolicy'], [arn('iam', 'role/*', ''), arn('iam', 'user/*', '')]),
    allow('Roles', ROLE_ACTIONS, [...new Set(roles)]),
    allow('OwnPolicies', POLICY_ACTIONS, [arn('iam', `policy${path}${prefix}-*`, '')]),
    {
      ...allow('HandRolesOver', ['iam:PassRole'], [...new Set(roles)]),
      Condition: {
        StringEquals: {
          'iam:PassedToService': [
            'lambda.amazonaws.com',
            'bedrock-agentcore.amazonaws.com',
            ...(settings.audit ? ['cloudtrail.amazonaws.com'] : []),
          ],
        },
      },
    },
    allow('Functions', FUNCTION_ACTIONS, [arn('lambda', `function:${prefix}-*`)]),
    allow('Layers', LAYER_ACTIONS, [
      arn('lambda', `layer:${prefix}-*`),
      arn('lambda', `layer:${prefix}-*:*`),
    ]),
    allow('LogGroups', LOG_ACTIONS, [arn('logs', `log-group:/aws/lambda/${prefix}-*`)]),
    allow('ListLogGroups', ['logs:DescribeLogGroups'], ['*']),
    // A gateway's id begins with its name, but creating one names no resource yet.
    allow(
      'CreateAndListGateways',
      ['bedrock-agentcore:CreateGateway', 'bedrock-agentcore:ListGateways'],
      ['*'],
    ),
    allow('Gateway', GATEWAY_ACTIONS, [
      arn('bedrock-agentcore', `gateway/${plan.gateway.name}-*`),
      arn('bedrock-agentcore', `gateway/${plan.gateway.name}-*/target/*`),
    ]),
    allow('GatewayIdentity', IDENTITY_ACTIONS, [
      arn('bedrock-agentcore', 'workload-identity-directory/default'),
      arn('bedrock-agentcore', 'workload-identity-directory/default/workload-identity/*'),
    ]),
    settings.gateway.search === 'semantic' &&
      allow(
        'SearchIndex',
        ['bedrock-agentcore:SynchronizeGatewayTargets'],
        [arn('bedrock-agentcore', `gateway/${plan.gateway.name}-*`)],
      ),
    cognito &&
      allow('CreatePool', ['cognito-idp:CreateUserPool', 'cognito-idp:DescribeUserPoolDomain'], ['*']),
    // A pool's id is made by Cognito: only its tags could narrow it, and they come after it.
    cognito && allow('Pool', COGNITO_ACTIONS, [arn('cognito-idp', 'userpool/*')]),
    ...observationStatements(plan, arn),
    ...networkStatements(plan, arn),
    ...guardStatements(plan, arn),
    ...policyEngineStatements(plan, arn),
    ...rateLimitStatements(plan, arn),
    ...auditStatements(plan, arn),
    ...imageStatements(plan, arn),
    allow('ArtefactBucket', BUCKET_ACTIONS, [`arn:${partition}:s3:::${bucket}`]),
    allow('Artefacts', ['s3:GetObject', 's3:PutObject'], [`arn:${partition}:s3:::${bucket}/*`]),
  ];
  return { Version: '2012-10-17', Statement: statements.filter((each) => each !== false) };
}

type Statements = (PolicyDocument['Statement'][number] | false)[];

/** An engine's id is made by the service; creating one and a policy's check reach the gateway whose tools it names. */
function policyEngineStatements({ settings, gateway }: Plan, arn: Arn): Statements {
  if (!settings.policy) return [];
  const engine = engineName(gateway.name);
  return [
    allow(
      'ListPolicyEngines',
      ['bedrock-agentcore:CreatePolicyEngine', 'bedrock-agentcore:ListPolicyEngines'],
      ['*'],
    ),
    allow('PolicyEngine', ENGINE_ACTIONS, [
      arn('bedrock-agentcore', `policy-engine/${engine}*`),
      arn('bedrock-agentcore', `gateway/${gateway.name}-*`),
    ]),
  ];
}

function observationStatements({ settings: { observe }, gateway }: Plan, arn: Arn): Statements {
  const { dashboard, alarms, gatewayLogs, gatewayTraces } = observe;
  const group = `log-group:/aws/vendedlogs/bedrock-agentcore/gateway/${gateway.name}*`;
  const deliveries = ['delivery-source', 'delivery-destination', 'delivery'].map((kind) =>
    arn('logs', `${kind}:*`),
  );
  return [
    dashboard && allow('Dashboard', DASHBOARD_ACTIONS, [arn('cloudwatch', `dashboard/${gateway.name}*`, '')]),
    alarms !== undefined && allow('Alarms', ALARM_ACTIONS, [arn('cloudwatch', 'alarm:*')]),
    alarms !== undefined &&
      alarms.topic === undefined &&
      allow('AlarmTopic', TOPIC_ACTIONS, [
        arn('sns', `${gateway.name}-alarms`),
        arn('sns', `${gateway.name}-alarms:*`),
      ]),
    gatewayLogs !== undefined && allow('GatewayRecords', LOG_ACTIONS, [arn('logs', group)]),
    (gatewayLogs !== undefined || gatewayTraces) && {
      ...allow('Deliveries', DELIVERY_ACTIONS, deliveries),
    },
    (gatewayLogs !== undefined || gatewayTraces) &&
      // A permission only: IAM's own tables give it no resource.
      allow('DeliverFromGateway', ['bedrock-agentcore:AllowVendedLogDeliveryForResource'], ['*']),
  ];
}

/** To push images as well: `mcpgw deploy` does what `mcpgw package --publish` did not. */
function imageStatements({ targets }: Plan, arn: Arn): Statements {
  if (!targets.some((target) => target.function.form === 'image')) return [];
  return [
    allow('Images', IMAGE_ACTIONS, [arn('ecr', `repository/${IMAGE_REPOSITORY}`)]),
    allow('RegistryPassword', ['ecr:GetAuthorizationToken'], ['*']),
  ];
}

function networkStatements({ settings, gateway, targets }: Plan, arn: Arn): Statements {
  const { inbound } = settings.network;
  const own = ownNetwork(settings);
  const isMade = own !== undefined || inbound === 'vpc' || (inbound !== 'public' && 'vpc' in inbound);
  const isInside = isMade || targets.some(({ server }) => placeOf(settings, server).kind !== 'none');
  const hasNat = own !== undefined && own.internet !== 'none';
  return [
    inbound !== 'public' &&
      allow('InboundPolicy', RESOURCE_POLICY_ACTIONS, [
        arn('bedrock-agentcore', `gateway/${gateway.name}-*`),
      ]),
    // EC2 names what it makes itself; describing takes no resource.
    isInside && allow('LookAtNetwork', DESCRIBE_NETWORK, ['*']),
    // IAM knows no resource for it.
    own !== undefined && allow('NetworkQuotas', ['servicequotas:GetServiceQuota'], ['*']),
    isMade &&
      allow(
        'PrivateNetwork',
        NETWORK_ACTIONS,
        NETWORK_RESOURCES.map((kind) => arn('ec2', `${kind}/*`)),
      ),
    hasNat &&
      allow(
        'WayOut',
        NAT_ACTIONS,
        NAT_RESOURCES.map((kind) => arn('ec2', `${kind}/*`)),
      ),
    hasNat && allow('LookAtWayOut', DESCRIBE_NAT, ['*']),
  ];
}

/** Every action once, for a simulation. */
export function actionsOf({ Statement }: PolicyDocument): string[] {
  return [...new Set(Statement.flatMap((statement) => statement.Action))].sort();
}

const ROLE_ACTIONS = of(
  'iam',
  'CreateRole GetRole UpdateRole UpdateRoleDescription DeleteRole UpdateAssumeRolePolicy PutRolePermissionsBoundary ' +
    'DeleteRolePermissionsBoundary TagRole UntagRole ' +
    'ListRolePolicies GetRolePolicy PutRolePolicy DeleteRolePolicy ListAttachedRolePolicies AttachRolePolicy ' +
    'DetachRolePolicy ListInstanceProfilesForRole',
);
const POLICY_ACTIONS = of(
  'iam',
  'CreatePolicy GetPolicy GetPolicyVersion ListPolicyVersions CreatePolicyVersion DeletePolicyVersion DeletePolicy TagPolicy UntagPolicy',
);
const FUNCTION_ACTIONS = of(
  'lambda',
  'CreateFunction GetFunction GetFunctionConfiguration GetFunctionCodeSigningConfig ListVersionsByFunction ' +
    'UpdateFunctionCode UpdateFunctionConfiguration DeleteFunction PutFunctionConcurrency GetFunctionConcurrency ' +
    'DeleteFunctionConcurrency TagResource UntagResource ListTags GetPolicy',
);
const LAYER_ACTIONS = of('lambda', 'PublishLayerVersion GetLayerVersion DeleteLayerVersion');
const GATEWAY_ACTIONS = of(
  'bedrock-agentcore',
  'GetGateway UpdateGateway DeleteGateway CreateGatewayTarget GetGatewayTarget UpdateGatewayTarget ' +
    'DeleteGatewayTarget ListGatewayTargets TagResource UntagResource ListTagsForResource',
);
const ENGINE_ACTIONS = of(
  'bedrock-agentcore',
  'GetPolicyEngine UpdatePolicyEngine DeletePolicyEngine CreatePolicy GetPolicy UpdatePolicy DeletePolicy ListPolicies ' +
    'TagResource UntagResource ListTagsForResource',
);
const IDENTITY_ACTIONS = of(
  'bedrock-agentcore',
  'CreateWorkloadIdentity GetWorkloadIdentity DeleteWorkloadIdentity',
);
const COGNITO_ACTIONS = of(
  'cognito-idp',
  'DescribeUserPool UpdateUserPool DeleteUserPool GetUserPoolMfaConfig SetUserPoolMfaConfig ' +
    'CreateResourceServer DescribeResourceServer UpdateResourceServer DeleteResourceServer ' +
    'CreateUserPoolDomain DeleteUserPoolDomain ' +
    'CreateUserPoolClient DescribeUserPoolClient UpdateUserPoolClient DeleteUserPoolClient ' +
    'TagResource UntagResource ListTagsForResource',
);
const IMAGE_ACTIONS = [
  ...['ecr:CreateRepository', 'ecr:DescribeRepositories', 'ecr:PutLifecyclePolicy'],
  ...['ecr:GetRepositoryPolicy', 'ecr:SetRepositoryPolicy', 'ecr:DescribeImages', 'ecr:BatchGetImage'],
  ...['ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability', 'ecr:InitiateLayerUpload'],
  ...['ecr:UploadLayerPart', 'ecr:CompleteLayerUpload', 'ecr:PutImage'],
];

const BUCKET_ACTIONS = of(
  's3',
  'CreateBucket ListBucket GetBucketLocation GetBucketVersioning PutEncryptionConfiguration PutBucketPublicAccessBlock PutBucketVersioning PutBucketPolicy PutBucketOwnershipControls PutBucketTagging',
);
const DASHBOARD_ACTIONS = of('cloudwatch', 'PutDashboard GetDashboard DeleteDashboards');
const ALARM_ACTIONS = of(
  'cloudwatch',
  'PutMetricAlarm DescribeAlarms DeleteAlarms ListTagsForResource TagResource UntagResource',
);
const TOPIC_ACTIONS = of(
  'sns',
  'CreateTopic GetTopicAttributes SetTopicAttributes DeleteTopic Subscribe Unsubscribe ' +
    'GetSubscriptionAttributes ListTagsForResource TagResource UntagResource',
);
const DELIVERY_ACTIONS = of(
  'logs',
  'PutDeliverySource GetDeliverySource DeleteDeliverySource PutDeliveryDestination GetDeliveryDestination ' +
    'DeleteDeliveryDestination CreateDelivery GetDelivery DeleteDelivery TagResource UntagResource ListTagsForResource',
);
const RESOURCE_POLICY_ACTIONS = of(
  'bedrock-agentcore',
  'PutResourcePolicy GetResourcePolicy DeleteResourcePolicy',
);
const DESCRIBE_NETWORK = of(
  'ec2',
  'DescribeVpcs DescribeVpcAttribute DescribeSubnets DescribeSecurityGroups DescribeSecurityGroupRules ' +
    'DescribeRouteTables DescribeVpcEndpoints DescribePrefixLists DescribeNetworkInterfaces DescribeNetworkAcls',
);
const NETWORK_ACTIONS = of(
  'ec2',
  'CreateVpc ModifyVpcAttribute DeleteVpc CreateSubnet ModifySubnetAttribute DeleteSubnet CreateRouteTable ' +
    'DeleteRouteTable AssociateRouteTable DisassociateRouteTable CreateSecurityGroup DeleteSecurityGroup ' +
    'AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress RevokeSecurityGroupEgress ' +
    'CreateVpcEndpoint ModifyVpcEndpoint DeleteVpcEndpoints CreateTags DeleteTags',
);
const NETWORK_RESOURCES = [
  'vpc',
  'subnet',
  'route-table',
  'security-group',
  'security-group-rule',
  'vpc-endpoint',
];
const NAT_ACTIONS = of(
  'ec2',
  'CreateInternetGateway AttachInternetGateway DetachInternetGateway DeleteInternetGateway AllocateAddress ' +
    'ReleaseAddress CreateNatGateway DeleteNatGateway CreateRoute ReplaceRoute DeleteRoute CreateTags DeleteTags',
);
const NAT_RESOURCES = ['vpc', 'subnet', 'route-table', 'internet-gateway', 'elastic-ip', 'natgateway'];
const DESCRIBE_NAT = of(
  'ec2',
  'DescribeInternetGateways DescribeAddresses DescribeAddressesAttribute DescribeNatGateways',
);
