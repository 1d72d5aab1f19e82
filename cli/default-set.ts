/**
 * What `npm start` serves: a few published servers that start without credentials, at pinned versions, so that a
 * machine without AWS, GitHub or a checkout has something real to call.
 */
export const DEFAULT_SET = [
  'awslabs.aws-documentation-mcp-server==1.1.30',
  'awslabs.aws-dataprocessing-mcp-server==0.1.35',
  'awslabs.aws-network-mcp-server==0.0.15',
  'awslabs.iam-mcp-server==1.0.25',
] as const;

/** A call that needs neither AWS nor the internet. */
export const FIRST_CALL = { tool: 'aws-network/get_path_trace_methodology', arguments: '' } as const;
