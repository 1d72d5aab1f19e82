/**
 * The classes of @pulumi/aws that the program uses, module by module: the package's own entry loads every service.
 */
export { AgentcoreGateway } from '@pulumi/aws/bedrock/agentcoreGateway.js';
export { AgentcoreGatewayTarget } from '@pulumi/aws/bedrock/agentcoreGatewayTarget.js';
export { AgentcoreResourcePolicy } from '@pulumi/aws/bedrock/agentcoreResourcePolicy.js';
export { Dashboard } from '@pulumi/aws/cloudwatch/dashboard.js';
export { LogDelivery } from '@pulumi/aws/cloudwatch/logDelivery.js';
export { LogDeliveryDestination } from '@pulumi/aws/cloudwatch/logDeliveryDestination.js';
export { LogDeliverySource } from '@pulumi/aws/cloudwatch/logDeliverySource.js';
export { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
export { MetricAlarm } from '@pulumi/aws/cloudwatch/metricAlarm.js';
export { ResourceServer } from '@pulumi/aws/cognito/resourceServer.js';
export { UserPool } from '@pulumi/aws/cognito/userPool.js';
export { UserPoolClient } from '@pulumi/aws/cognito/userPoolClient.js';
export { UserPoolDomain } from '@pulumi/aws/cognito/userPoolDomain.js';
export { RouteTable } from '@pulumi/aws/ec2/routeTable.js';
export { RouteTableAssociation } from '@pulumi/aws/ec2/routeTableAssociation.js';
export { SecurityGroup } from '@pulumi/aws/ec2/securityGroup.js';
export { Subnet } from '@pulumi/aws/ec2/subnet.js';
export { Vpc } from '@pulumi/aws/ec2/vpc.js';
export { VpcEndpoint } from '@pulumi/aws/ec2/vpcEndpoint.js';
export { getCallerIdentity } from '@pulumi/aws/getCallerIdentity.js';
export { Policy } from '@pulumi/aws/iam/policy.js';
export { Role } from '@pulumi/aws/iam/role.js';
export { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js';
export { RolePolicyAttachment } from '@pulumi/aws/iam/rolePolicyAttachment.js';
export { Function as LambdaFunction } from '@pulumi/aws/lambda/function.js';
export { LayerVersion } from '@pulumi/aws/lambda/layerVersion.js';
export { Provider } from '@pulumi/aws/provider.js';
export { Topic } from '@pulumi/aws/sns/topic.js';
export { TopicSubscription } from '@pulumi/aws/sns/topicSubscription.js';
