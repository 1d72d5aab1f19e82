/**
 * The IAM actions of each resource type over its life, after terraform-provider-aws: what makes it, what changes it,
 * what removes it. Reading is left out: a missing read shows at the first preview, a missing deletion years later.
 */
export interface Life {
  create: string;
  update?: string;
  delete?: string;
}

export const LIVES: Readonly<Record<string, Life>> = {
  'aws:bedrock/agentcoreGateway:AgentcoreGateway': {
    create:
      'bedrock-agentcore:CreateGateway bedrock-agentcore:CreateWorkloadIdentity bedrock-agentcore:TagResource iam:PassRole',
    update: 'bedrock-agentcore:UpdateGateway bedrock-agentcore:UntagResource',
    delete: 'bedrock-agentcore:DeleteGateway bedrock-agentcore:DeleteWorkloadIdentity',
  },
  'aws:bedrock/agentcoreGatewayTarget:AgentcoreGatewayTarget': {
    create: 'bedrock-agentcore:CreateGatewayTarget bedrock-agentcore:SynchronizeGatewayTargets',
    update: 'bedrock-agentcore:UpdateGatewayTarget',
    delete: 'bedrock-agentcore:DeleteGatewayTarget',
  },
  'aws:bedrock/agentcorePolicy:AgentcorePolicy': {
    create: 'bedrock-agentcore:CreatePolicy',
    update: 'bedrock-agentcore:UpdatePolicy',
    delete: 'bedrock-agentcore:DeletePolicy',
  },
  'aws:bedrock/agentcorePolicyEngine:AgentcorePolicyEngine': {
    create: 'bedrock-agentcore:CreatePolicyEngine',
    update: 'bedrock-agentcore:UpdatePolicyEngine',
    delete: 'bedrock-agentcore:DeletePolicyEngine',
  },
  'aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy': {
    create: 'bedrock-agentcore:PutResourcePolicy',
    delete: 'bedrock-agentcore:DeleteResourcePolicy',
  },
  'aws-native:bedrockagentcore:GatewayRateLimit': {
    create: 'cloudformation:CreateResource bedrock-agentcore:CreateGatewayRateLimit',
    update: 'cloudformation:UpdateResource bedrock-agentcore:UpdateGatewayRateLimit',
    delete:
      'cloudformation:DeleteResource cloudformation:CancelResourceRequest bedrock-agentcore:DeleteGatewayRateLimit',
  },
  'aws:cloudwatch/logGroup:LogGroup': {
    create: 'logs:CreateLogGroup logs:PutRetentionPolicy logs:TagResource logs:AssociateKmsKey',
    update: 'logs:DeleteRetentionPolicy logs:UntagResource logs:DisassociateKmsKey',
    delete: 'logs:DeleteLogGroup',
  },
  'aws:cognito/resourceServer:ResourceServer': {
    create: 'cognito-idp:CreateResourceServer',
    update: 'cognito-idp:UpdateResourceServer',
    delete: 'cognito-idp:DeleteResourceServer',
  },
  'aws:cognito/userPool:UserPool': {
    create: 'cognito-idp:CreateUserPool cognito-idp:SetUserPoolMfaConfig cognito-idp:TagResource',
    update: 'cognito-idp:UpdateUserPool cognito-idp:UntagResource',
    delete: 'cognito-idp:DeleteUserPool',
  },
  'aws:cognito/userPoolClient:UserPoolClient': {
    create: 'cognito-idp:CreateUserPoolClient',
    update: 'cognito-idp:UpdateUserPoolClient',
    delete: 'cognito-idp:DeleteUserPoolClient',
  },
  'aws:cognito/userPoolDomain:UserPoolDomain': {
    create: 'cognito-idp:CreateUserPoolDomain',
    delete: 'cognito-idp:DeleteUserPoolDomain',
  },
  'aws:iam/policy:Policy': {
    create: 'iam:CreatePolicy iam:TagPolicy',
    update: 'iam:CreatePolicyVersion iam:DeletePolicyVersion iam:UntagPolicy',
    delete: 'iam:DeletePolicy',
  },
  'aws:iam/role:Role': {
    create: 'iam:CreateRole iam:TagRole',
    update:
      'iam:UpdateRole iam:UpdateRoleDescription iam:UpdateAssumeRolePolicy iam:PutRolePermissionsBoundary iam:DeleteRolePermissionsBoundary iam:UntagRole',
    delete: 'iam:DeleteRole',
  },
  'aws:iam/rolePolicy:RolePolicy': { create: 'iam:PutRolePolicy', delete: 'iam:DeleteRolePolicy' },
  'aws:iam/rolePolicyAttachment:RolePolicyAttachment': {
    create: 'iam:AttachRolePolicy',
    delete: 'iam:DetachRolePolicy',
  },
  'aws:lambda/function:Function': {
    create: 'lambda:CreateFunction lambda:PutFunctionConcurrency lambda:TagResource iam:PassRole',
    update:
      'lambda:UpdateFunctionCode lambda:UpdateFunctionConfiguration lambda:DeleteFunctionConcurrency lambda:UntagResource',
    delete: 'lambda:DeleteFunction',
  },
  'aws:lambda/layerVersion:LayerVersion': {
    create: 'lambda:PublishLayerVersion',
    delete: 'lambda:DeleteLayerVersion',
  },
  'aws:cloudwatch/dashboard:Dashboard': {
    create: 'cloudwatch:PutDashboard',
    delete: 'cloudwatch:DeleteDashboards',
  },
  'aws:cloudwatch/metricAlarm:MetricAlarm': {
    create: 'cloudwatch:PutMetricAlarm cloudwatch:TagResource',
    update: 'cloudwatch:UntagResource',
    delete: 'cloudwatch:DeleteAlarms',
  },
  'aws:cloudwatch/logDelivery:LogDelivery': { create: 'logs:CreateDelivery', delete: 'logs:DeleteDelivery' },
  'aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination': {
    create: 'logs:PutDeliveryDestination',
    delete: 'logs:DeleteDeliveryDestination',
  },
  'aws:cloudwatch/logDeliverySource:LogDeliverySource': {
    create: 'logs:PutDeliverySource bedrock-agentcore:AllowVendedLogDeliveryForResource',
    delete: 'logs:DeleteDeliverySource',
  },
  'aws:cloudwatch/queryDefinition:QueryDefinition': {
    create: 'logs:PutQueryDefinition',
    delete: 'logs:DeleteQueryDefinition',
  },
  'aws:ec2/eip:Eip': { create: 'ec2:AllocateAddress', delete: 'ec2:ReleaseAddress' },
  'aws:ec2/internetGateway:InternetGateway': {
    create: 'ec2:CreateInternetGateway ec2:AttachInternetGateway',
    delete: 'ec2:DetachInternetGateway ec2:DeleteInternetGateway',
  },
  'aws:ec2/natGateway:NatGateway': { create: 'ec2:CreateNatGateway', delete: 'ec2:DeleteNatGateway' },
  'aws:ec2/route:Route': {
    create: 'ec2:CreateRoute',
    update: 'ec2:ReplaceRoute',
    delete: 'ec2:DeleteRoute',
  },
  'aws:ec2/routeTable:RouteTable': { create: 'ec2:CreateRouteTable', delete: 'ec2:DeleteRouteTable' },
  'aws:ec2/routeTableAssociation:RouteTableAssociation': {
    create: 'ec2:AssociateRouteTable',
    delete: 'ec2:DisassociateRouteTable',
  },
  'aws:ec2/securityGroup:SecurityGroup': {
    create: 'ec2:CreateSecurityGroup ec2:AuthorizeSecurityGroupIngress ec2:AuthorizeSecurityGroupEgress',
    update: 'ec2:RevokeSecurityGroupIngress ec2:RevokeSecurityGroupEgress',
    delete: 'ec2:DeleteSecurityGroup',
  },
  'aws:ec2/subnet:Subnet': {
    create: 'ec2:CreateSubnet',
    update: 'ec2:ModifySubnetAttribute',
    delete: 'ec2:DeleteSubnet',
  },
  'aws:ec2/vpc:Vpc': {
    create: 'ec2:CreateVpc ec2:ModifyVpcAttribute ec2:CreateTags',
    update: 'ec2:DeleteTags',
    delete: 'ec2:DeleteVpc',
  },
  'aws:ec2/vpcEndpoint:VpcEndpoint': {
    create: 'ec2:CreateVpcEndpoint',
    update: 'ec2:ModifyVpcEndpoint',
    delete: 'ec2:DeleteVpcEndpoints',
  },
  'aws:sns/topic:Topic': {
    create: 'sns:CreateTopic sns:TagResource',
    update: 'sns:SetTopicAttributes sns:UntagResource',
    delete: 'sns:DeleteTopic',
  },
  'aws:sns/topicSubscription:TopicSubscription': { create: 'sns:Subscribe', delete: 'sns:Unsubscribe' },
  'aws:sns/topicPolicy:TopicPolicy': { create: 'sns:SetTopicAttributes' },
  'aws:kms/key:Key': {
    create: 'kms:CreateKey kms:EnableKeyRotation kms:TagResource',
    update: 'kms:PutKeyPolicy kms:UpdateKeyDescription kms:UntagResource',
    delete: 'kms:ScheduleKeyDeletion',
  },
  'aws:kms/alias:Alias': {
    create: 'kms:CreateAlias',
    update: 'kms:UpdateAlias',
    delete: 'kms:DeleteAlias',
  },
  'aws:budgets/budget:Budget': {
    create: 'budgets:ModifyBudget budgets:TagResource',
    update: 'budgets:UntagResource',
  },
  'aws:wafv2/webAcl:WebAcl': {
    create: 'wafv2:CreateWebACL wafv2:TagResource',
    update: 'wafv2:UpdateWebACL wafv2:UntagResource',
    delete: 'wafv2:DeleteWebACL',
  },
  'aws:wafv2/webAclAssociation:WebAclAssociation': {
    create: 'wafv2:AssociateWebACL bedrock-agentcore:GatewayAssociateWebACL',
    delete: 'wafv2:DisassociateWebACL bedrock-agentcore:GatewayDisassociateWebACL',
  },
  'aws:cloudtrail/trail:Trail': {
    create:
      'cloudtrail:CreateTrail cloudtrail:StartLogging cloudtrail:PutEventSelectors cloudtrail:AddTags iam:PassRole',
    update: 'cloudtrail:UpdateTrail cloudtrail:StopLogging cloudtrail:RemoveTags',
    delete: 'cloudtrail:DeleteTrail',
  },
  // The audit bucket outlives its stack.
  'aws:s3/bucket:Bucket': { create: 's3:CreateBucket s3:PutBucketTagging' },
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': {
    create: 's3:PutLifecycleConfiguration',
  },
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls': { create: 's3:PutBucketOwnershipControls' },
  'aws:s3/bucketPolicy:BucketPolicy': { create: 's3:PutBucketPolicy' },
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': { create: 's3:PutBucketPublicAccessBlock' },
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': {
    create: 's3:PutEncryptionConfiguration',
  },
  'aws:s3/bucketVersioning:BucketVersioning': { create: 's3:PutBucketVersioning' },
};

/** Of no resource: what `mcpgw deploy` itself puts up. */
export const PUBLISHING =
  's3:PutObject ecr:CreateRepository ecr:PutLifecyclePolicy ecr:SetRepositoryPolicy ecr:InitiateLayerUpload ' +
  'ecr:UploadLayerPart ecr:CompleteLayerUpload ecr:PutImage';
