/** Two stacks that make what Pulumi.everything.yaml cannot make beside the rest. */
import type { Operation } from '../../../offline/plugin/journal.ts';
import type { StackCase } from './committed.ts';

const ACCOUNT = '123456789012';

/** More than an inline policy holds: the role gets managed ones. */
const REPORTS = Array.from(
  { length: 90 },
  (_, index) => `arn:aws:s3:::cost-reports-of-the-platform-team-${ACCOUNT}/month-${index}/*`,
);

/** Several gateways, a way out through NAT, an issuer of somebody else's, open and further remote servers, an image. */
export const TOOLSETS: StackCase = {
  config: {
    'aws:region': 'us-east-1',
    'mcpgw:gateway': { name: 'mcpgw-sets' },
    'mcpgw:toolsets': {
      costs: { include: ['billing-*', 'aws-pricing-*'] },
      data: { include: ['aws-dataprocessing-*', 'aws-pricing-*'] },
    },
    'mcpgw:auth': {
      type: 'issuer',
      discoveryUrl: 'https://issuer.example/.well-known/openid-configuration',
      audiences: ['tools'],
    },
    'mcpgw:servers': {
      include: [
        'billing-cost-management-mcp-server',
        'aws-pricing-mcp-server',
        'aws-dataprocessing-mcp-server',
      ],
      remote: ['aws-knowledge-mcp-server'],
      settings: {
        'billing-cost-management-mcp-server': {
          statements: [{ actions: ['s3:GetObject'], resources: REPORTS }],
          tracing: true,
        },
        'aws-dataprocessing-mcp-server': { form: 'image' },
      },
    },
    'mcpgw:network': {
      outbound: { zones: ['us-east-1a', 'us-east-1b'], internet: 'nat-per-zone', endpoints: 'free' },
    },
    'mcpgw:observe': { subject: true },
    'mcpgw:names': { prefix: 'team', iamPath: '/agents/' },
  },
};

const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/theirs`;
const THEIRS: readonly Pick<Operation, 'type' | 'id' | 'inputs' | 'outputs'>[] = [
  {
    type: 'aws:iam/role:Role',
    id: 'theirs',
    inputs: { name: 'theirs', assumeRolePolicy: '{"bedrock-agentcore.amazonaws.com":1}' },
    outputs: { arn: ROLE_ARN },
  },
  {
    type: 'aws:bedrock/agentcoreGateway:AgentcoreGateway',
    id: 'theirs-0123456789',
    inputs: { name: 'theirs', roleArn: ROLE_ARN },
    outputs: {},
  },
];

/** Targets in a gateway of somebody else's. */
export const EXISTING: StackCase = {
  config: {
    'aws:region': 'us-east-1',
    'mcpgw:gateway': { name: 'mcpgw-guest', existing: { id: 'theirs-0123456789', role: 'theirs' } },
    'mcpgw:servers': { include: ['aws-documentation-mcp-server', 'aws-pricing-mcp-server'] },
  },
  before: THEIRS.map((each) => ({ op: 'create', urn: 'theirs', ...each })),
};
