/** Which AWS calls the provider makes for a resource (terraform-provider-aws), for checking inputs against their models. */
import type { Mapping } from './service-types.ts';

/** Of every resource: read by the provider itself. */
const PROVIDER_OWN = { region: null, timeouts: null, tags: null };

const AGENTCORE = 'bedrock-agentcore-control';

export const MAPPINGS: Readonly<Record<string, Mapping>> = {
  'aws:bedrock/agentcoreGateway:AgentcoreGateway': {
    service: AGENTCORE,
    shapes: ['CreateGatewayRequest'],
    renamed: PROVIDER_OWN,
  },
  'aws:bedrock/agentcoreGatewayTarget:AgentcoreGatewayTarget': {
    service: AGENTCORE,
    shapes: ['CreateGatewayTargetRequest'],
    // One block a kind here, a list with a type there.
    renamed: { ...PROVIDER_OWN, credentialProviderConfiguration: null },
  },
  'aws:cloudwatch/logGroup:LogGroup': {
    service: 'logs',
    shapes: ['CreateLogGroupRequest', 'PutRetentionPolicyRequest'],
    renamed: { ...PROVIDER_OWN, name: 'logGroupName', skipDestroy: null },
  },
  'aws:cognito/resourceServer:ResourceServer': {
    service: 'cognito-idp',
    shapes: ['CreateResourceServerRequest'],
    renamed: PROVIDER_OWN,
  },
  'aws:cognito/userPool:UserPool': {
    service: 'cognito-idp',
    shapes: ['CreateUserPoolRequest', 'SetUserPoolMfaConfigRequest'],
    renamed: { ...PROVIDER_OWN, name: 'PoolName', passwordPolicy: 'Policies.PasswordPolicy' },
  },
  'aws:cognito/userPoolClient:UserPoolClient': {
    service: 'cognito-idp',
    shapes: ['CreateUserPoolClientRequest'],
    renamed: { ...PROVIDER_OWN, name: 'ClientName' },
  },
  'aws:cognito/userPoolDomain:UserPoolDomain': {
    service: 'cognito-idp',
    shapes: ['CreateUserPoolDomainRequest'],
    renamed: PROVIDER_OWN,
  },
  'aws:iam/policy:Policy': {
    service: 'iam',
    shapes: ['CreatePolicyRequest'],
    renamed: { ...PROVIDER_OWN, name: 'PolicyName', policy: 'PolicyDocument' },
  },
  'aws:iam/role:Role': {
    service: 'iam',
    shapes: ['CreateRoleRequest'],
    renamed: { ...PROVIDER_OWN, name: 'RoleName', assumeRolePolicy: 'AssumeRolePolicyDocument' },
  },
  'aws:iam/rolePolicy:RolePolicy': {
    service: 'iam',
    shapes: ['PutRolePolicyRequest'],
    renamed: { ...PROVIDER_OWN, name: 'PolicyName', role: 'RoleName', policy: 'PolicyDocument' },
  },
  'aws:iam/rolePolicyAttachment:RolePolicyAttachment': {
    service: 'iam',
    shapes: ['AttachRolePolicyRequest'],
    renamed: { ...PROVIDER_OWN, role: 'RoleName' },
  },
  'aws:lambda/function:Function': {
    service: 'lambda',
    shapes: ['CreateFunctionRequest', 'PutFunctionConcurrencyRequest'],
    renamed: {
      ...PROVIDER_OWN,
      name: 'FunctionName',
      s3Bucket: 'Code.S3Bucket',
      s3Key: 'Code.S3Key',
      imageUri: 'Code.ImageUri',
    },
  },
  'aws:lambda/layerVersion:LayerVersion': {
    service: 'lambda',
    shapes: ['PublishLayerVersionRequest'],
    renamed: { ...PROVIDER_OWN, s3Bucket: 'Content.S3Bucket', s3Key: 'Content.S3Key', skipDestroy: null },
  },
  'aws:bedrock/agentcorePolicy:AgentcorePolicy': {
    service: AGENTCORE,
    shapes: ['CreatePolicyRequest'],
    renamed: PROVIDER_OWN,
  },
  'aws:bedrock/agentcorePolicyEngine:AgentcorePolicyEngine': {
    service: AGENTCORE,
    shapes: ['CreatePolicyEngineRequest'],
    renamed: PROVIDER_OWN,
  },
  'aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy': {
    service: AGENTCORE,
    shapes: ['PutResourcePolicyRequest'],
    renamed: PROVIDER_OWN,
  },
  'aws:cloudwatch/dashboard:Dashboard': {
    service: 'cloudwatch',
    shapes: ['PutDashboardInput'],
    renamed: PROVIDER_OWN,
  },
  'aws:cloudwatch/logDelivery:LogDelivery': {
    service: 'logs',
    shapes: ['CreateDeliveryRequest'],
    renamed: PROVIDER_OWN,
  },
  'aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination': {
    service: 'logs',
    shapes: ['PutDeliveryDestinationRequest'],
    renamed: PROVIDER_OWN,
  },
  'aws:cloudwatch/logDeliverySource:LogDeliverySource': {
    service: 'logs',
    shapes: ['PutDeliverySourceRequest'],
    renamed: PROVIDER_OWN,
  },
  'aws:cloudwatch/metricAlarm:MetricAlarm': {
    service: 'cloudwatch',
    shapes: ['PutMetricAlarmInput'],
    // A map here, a list of names and values there.
    renamed: {
      ...PROVIDER_OWN,
      name: 'AlarmName',
      dimensions: null,
      okActions: 'OKActions',
      metricQueries: 'Metrics',
    },
  },
  'aws:ec2/eip:Eip': { service: 'ec2', shapes: ['AllocateAddressRequest'], renamed: PROVIDER_OWN },
  'aws:ec2/internetGateway:InternetGateway': {
    service: 'ec2',
    shapes: ['AttachInternetGatewayRequest'],
    renamed: { ...PROVIDER_OWN, internetGatewayId: null },
  },
  'aws:ec2/natGateway:NatGateway': {
    service: 'ec2',
    shapes: ['CreateNatGatewayRequest'],
    renamed: PROVIDER_OWN,
  },
  'aws:ec2/route:Route': { service: 'ec2', shapes: ['CreateRouteRequest'], renamed: PROVIDER_OWN },
  'aws:ec2/routeTable:RouteTable': {
    service: 'ec2',
    shapes: ['CreateRouteTableRequest'],
    renamed: PROVIDER_OWN,
  },
  'aws:ec2/routeTableAssociation:RouteTableAssociation': {
    service: 'ec2',
    shapes: ['AssociateRouteTableRequest'],
    renamed: PROVIDER_OWN,
  },
  'aws:ec2/securityGroup:SecurityGroup': {
    service: 'ec2',
    shapes: ['CreateSecurityGroupRequest'],
    // Rules are calls of their own.
    renamed: { ...PROVIDER_OWN, name: 'GroupName', ingress: null, egress: null },
  },
  'aws:ec2/subnet:Subnet': {
    service: 'ec2',
    shapes: ['CreateSubnetRequest'],
    // Set by ModifySubnetAttribute, as a flag.
    renamed: { ...PROVIDER_OWN, mapPublicIpOnLaunch: null },
  },
  'aws:ec2/vpc:Vpc': {
    service: 'ec2',
    shapes: ['CreateVpcRequest'],
    // Set by ModifyVpcAttribute, as flags.
    renamed: { ...PROVIDER_OWN, enableDnsHostnames: null, enableDnsSupport: null },
  },
  'aws:ec2/vpcEndpoint:VpcEndpoint': {
    service: 'ec2',
    shapes: ['CreateVpcEndpointRequest'],
    renamed: { ...PROVIDER_OWN, policy: 'PolicyDocument' },
  },
  'aws:sns/topic:Topic': {
    service: 'sns',
    shapes: ['CreateTopicInput'],
    // Attributes of a topic are a map of texts.
    renamed: { ...PROVIDER_OWN, kmsMasterKeyId: null },
  },
  'aws:sns/topicSubscription:TopicSubscription': {
    service: 'sns',
    shapes: ['SubscribeInput'],
    renamed: { ...PROVIDER_OWN, topic: 'TopicArn' },
  },
  'aws:sns/topicPolicy:TopicPolicy': {
    service: 'sns',
    shapes: ['SetTopicAttributesInput'],
    // One attribute of the topic, by its name.
    renamed: { ...PROVIDER_OWN, arn: 'TopicArn', policy: 'AttributeValue', AttributeName: null },
  },
  'aws:kms/key:Key': {
    service: 'kms',
    shapes: ['CreateKeyRequest', 'ScheduleKeyDeletionRequest', 'EnableKeyRotationRequest'],
    renamed: { ...PROVIDER_OWN, deletionWindowInDays: 'PendingWindowInDays', enableKeyRotation: null },
  },
  'aws:kms/alias:Alias': {
    service: 'kms',
    shapes: ['CreateAliasRequest'],
    renamed: { ...PROVIDER_OWN, name: 'AliasName' },
  },
  'aws:budgets/budget:Budget': {
    service: 'budgets',
    shapes: ['Budget'],
    renamed: {
      ...PROVIDER_OWN,
      name: 'BudgetName',
      limitAmount: 'BudgetLimit.Amount',
      limitUnit: 'BudgetLimit.Unit',
      // A list of names and values here, a map there; notifications are calls of their own.
      costFilters: null,
      notifications: null,
    },
  },
  'aws:wafv2/webAcl:WebAcl': {
    service: 'wafv2',
    shapes: ['CreateWebACLRequest'],
    renamed: PROVIDER_OWN,
  },
  'aws:wafv2/webAclAssociation:WebAclAssociation': {
    service: 'wafv2',
    shapes: ['AssociateWebACLRequest'],
    renamed: PROVIDER_OWN,
  },
  'aws:cloudtrail/trail:Trail': {
    service: 'cloudtrail',
    shapes: ['CreateTrailRequest', 'PutEventSelectorsRequest'],
    renamed: {
      ...PROVIDER_OWN,
      enableLogFileValidation: 'EnableLogFileValidation',
      enableLogging: null,
      cloudWatchLogsGroupArn: 'CloudWatchLogsLogGroupArn',
    },
  },
  'aws:cloudwatch/queryDefinition:QueryDefinition': {
    service: 'logs',
    shapes: ['PutQueryDefinitionRequest'],
    renamed: PROVIDER_OWN,
  },
  'aws:s3/bucket:Bucket': {
    service: 's3',
    shapes: ['CreateBucketRequest'],
    renamed: { ...PROVIDER_OWN, forceDestroy: null },
  },
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': {
    service: 's3',
    shapes: ['PutBucketLifecycleConfigurationRequest'],
    renamed: { ...PROVIDER_OWN, rules: 'LifecycleConfiguration.Rules' },
  },
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls': {
    service: 's3',
    shapes: ['PutBucketOwnershipControlsRequest'],
    // One rule here, a list there.
    renamed: { ...PROVIDER_OWN, rule: 'OwnershipControls.Rules' },
  },
  'aws:s3/bucketPolicy:BucketPolicy': {
    service: 's3',
    shapes: ['PutBucketPolicyRequest'],
    renamed: PROVIDER_OWN,
  },
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': {
    service: 's3',
    shapes: ['PutPublicAccessBlockRequest'],
    renamed: {
      ...PROVIDER_OWN,
      blockPublicAcls: 'PublicAccessBlockConfiguration.BlockPublicAcls',
      blockPublicPolicy: 'PublicAccessBlockConfiguration.BlockPublicPolicy',
      ignorePublicAcls: 'PublicAccessBlockConfiguration.IgnorePublicAcls',
      restrictPublicBuckets: 'PublicAccessBlockConfiguration.RestrictPublicBuckets',
    },
  },
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': {
    service: 's3',
    shapes: ['PutBucketEncryptionRequest'],
    renamed: { ...PROVIDER_OWN, rules: 'ServerSideEncryptionConfiguration.Rules' },
  },
  'aws:s3/bucketVersioning:BucketVersioning': {
    service: 's3',
    shapes: ['PutBucketVersioningRequest'],
    renamed: PROVIDER_OWN,
  },
  'aws-native:bedrockagentcore:GatewayRateLimit': {
    service: AGENTCORE,
    shapes: ['CreateGatewayRateLimitRequest'],
    renamed: {},
  },
};
