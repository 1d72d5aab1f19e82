/** The IAM action that a call of an AWS API needs: its name, but for the services that name their actions otherwise. */
const SERVICES: Readonly<Record<string, string>> = {
  'bedrock-agentcore-control': 'bedrock-agentcore',
  cloudcontrol: 'cloudformation',
};

const ACTIONS: Readonly<Record<string, string>> = {
  'budgets CreateBudget': 'budgets:ModifyBudget',
  'budgets UpdateBudget': 'budgets:ModifyBudget',
  'budgets DeleteBudget': 'budgets:ModifyBudget',
  'budgets CreateNotification': 'budgets:ModifyBudget',
  's3 PutBucketEncryption': 's3:PutEncryptionConfiguration',
  's3 PutPublicAccessBlock': 's3:PutBucketPublicAccessBlock',
  's3 PutBucketLifecycleConfiguration': 's3:PutLifecycleConfiguration',
  's3 DeleteBucketEncryption': 's3:PutEncryptionConfiguration',
  's3 DeletePublicAccessBlock': 's3:PutBucketPublicAccessBlock',
  's3 DeleteBucketLifecycle': 's3:PutLifecycleConfiguration',
  's3 DeleteBucketOwnershipControls': 's3:PutBucketOwnershipControls',
  's3 HeadBucket': 's3:ListBucket',
};

export function actionOf({ service, operation }: { service: string; operation: string }): string {
  return ACTIONS[`${service} ${operation}`] ?? `${SERVICES[service] ?? service}:${operation}`;
}
