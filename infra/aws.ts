/**
 * The classes of @pulumi/aws that the program uses, module by module: the package's own entry loads every service.
 */
export { AgentcoreGateway } from '@pulumi/aws/bedrock/agentcoreGateway.js';
export { AgentcoreGatewayTarget } from '@pulumi/aws/bedrock/agentcoreGatewayTarget.js';
export { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
export { ResourceServer } from '@pulumi/aws/cognito/resourceServer.js';
export { UserPool } from '@pulumi/aws/cognito/userPool.js';
export { UserPoolClient } from '@pulumi/aws/cognito/userPoolClient.js';
export { UserPoolDomain } from '@pulumi/aws/cognito/userPoolDomain.js';
export { getCallerIdentity } from '@pulumi/aws/getCallerIdentity.js';
export { Policy } from '@pulumi/aws/iam/policy.js';
export { Role } from '@pulumi/aws/iam/role.js';
export { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js';
export { RolePolicyAttachment } from '@pulumi/aws/iam/rolePolicyAttachment.js';
export { Function as LambdaFunction } from '@pulumi/aws/lambda/function.js';
export { LayerVersion } from '@pulumi/aws/lambda/layerVersion.js';
export { Provider } from '@pulumi/aws/provider.js';
