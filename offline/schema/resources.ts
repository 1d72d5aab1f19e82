/** The resource types of @pulumi/aws that the program may use: module paths, which the schema generator reads. */
export const RESOURCE_MODULES = [
  'bedrock/agentcoreGateway',
  'bedrock/agentcoreGatewayTarget',
  'cloudwatch/logGroup',
  'cognito/resourceServer',
  'cognito/userPool',
  'cognito/userPoolClient',
  'cognito/userPoolDomain',
  'iam/policy',
  'iam/role',
  'iam/rolePolicy',
  'iam/rolePolicyAttachment',
  'lambda/function',
  'lambda/layerVersion',
] as const;
