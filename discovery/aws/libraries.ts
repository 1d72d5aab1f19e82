/**
 * What other packages call on AWS for their caller, and what servers sign by hand: no scan of the server's own source sees it.
 * Reviewed by hand against those packages and AWS's service authorization reference; a test checks that IAM has each action.
 */

const INTERPRET = ['bedrock-agentcore:InvokeCodeInterpreter'];

/** By dotted name of a class or function: actions of its methods, or of a call to it (`()`). */
export const LIBRARIES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'bedrock_agentcore.tools.BrowserClient': {
    generate_live_view_url: ['bedrock-agentcore:ConnectBrowserLiveViewStream'],
    generate_ws_headers: ['bedrock-agentcore:ConnectBrowserAutomationStream'],
    get_session: ['bedrock-agentcore:GetBrowserSession'],
    list_sessions: ['bedrock-agentcore:ListBrowserSessions'],
    release_control: ['bedrock-agentcore:UpdateBrowserStream'],
    start: ['bedrock-agentcore:StartBrowserSession'],
    stop: ['bedrock-agentcore:StopBrowserSession'],
    take_control: ['bedrock-agentcore:UpdateBrowserStream'],
  },
  'bedrock_agentcore.tools.code_interpreter_client.CodeInterpreter': {
    download_file: INTERPRET,
    download_files: INTERPRET,
    execute_code: INTERPRET,
    execute_command: INTERPRET,
    get_session: ['bedrock-agentcore:GetCodeInterpreterSession'],
    install_packages: INTERPRET,
    invoke: INTERPRET,
    list_sessions: ['bedrock-agentcore:ListCodeInterpreterSessions'],
    start: ['bedrock-agentcore:StartCodeInterpreterSession'],
    stop: ['bedrock-agentcore:StopCodeInterpreterSession'],
    upload_file: INTERPRET,
    upload_files: INTERPRET,
  },
  'pyiceberg.catalog.load_catalog': {
    '()': [
      's3tables:GetNamespace',
      's3tables:GetTable',
      's3tables:GetTableBucket',
      's3tables:GetTableData',
      's3tables:GetTableMetadataLocation',
      's3tables:ListNamespaces',
      's3tables:ListTables',
      's3tables:PutTableData',
      's3tables:UpdateTableMetadataLocation',
    ],
  },
};

/** By signing name, for requests that a server signs itself (SigV4Auth). */
export const SIGNED: Readonly<Record<string, readonly string[]>> = {
  aps: ['aps:GetLabels', 'aps:GetMetricMetadata', 'aps:GetSeries', 'aps:QueryMetrics'],
  healthlake: [
    'healthlake:CreateResource',
    'healthlake:DeleteResource',
    'healthlake:ReadResource',
    'healthlake:SearchWithGet',
    'healthlake:SearchWithPost',
    'healthlake:UpdateResource',
  ],
};

/** Actions that a service asks of the caller when it carries an action out. */
export const DEPENDENTS: Readonly<Record<string, readonly string[]>> = {
  'athena:GetQueryResults': ['s3:GetObject'],
  'athena:StartQueryExecution': [
    'glue:GetDatabase',
    'glue:GetPartitions',
    'glue:GetTable',
    's3:AbortMultipartUpload',
    's3:GetBucketLocation',
    's3:GetObject',
    's3:ListBucket',
    's3:ListMultipartUploadParts',
    's3:PutObject',
  ],
  'rds-data:BatchExecuteStatement': ['secretsmanager:GetSecretValue'],
  'rds-data:BeginTransaction': ['secretsmanager:GetSecretValue'],
  'rds-data:ExecuteStatement': ['secretsmanager:GetSecretValue'],
  'redshift-data:BatchExecuteStatement': [
    'redshift-serverless:GetCredentials',
    'redshift:GetClusterCredentialsWithIAM',
  ],
  'redshift-data:ExecuteStatement': [
    'redshift-serverless:GetCredentials',
    'redshift:GetClusterCredentialsWithIAM',
  ],
  'timestream:Select': ['timestream:DescribeEndpoints'],
  'timestream:WriteRecords': ['timestream:DescribeEndpoints'],
};

/** Actions that act on anything with the caller's own permissions: what those are no source can say. */
export const UNBOUNDED: Readonly<Record<string, string>> = {
  'cloudformation:CreateResource': 'creates resources of any type',
  'cloudformation:CreateStack': 'creates what its template holds',
  'cloudformation:DeleteResource': 'deletes resources of any type',
  'cloudformation:GetResource': 'reads resources of any type',
  'cloudformation:ListResources': 'lists resources of any type',
  'cloudformation:UpdateResource': 'changes resources of any type',
  'cloudformation:UpdateStack': 'changes what its template holds',
};
