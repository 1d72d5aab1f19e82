/** Gateways, targets, policies and limits: bedrock-agentcore-control, which takes each resource in one call. */
import { expandFirst } from '../expand.ts';
import { type Lifecycle, step, tagsOf, text } from '../resource.ts';

const SERVICE = 'bedrock-agentcore-control';
const MOTO_HAS_NONE = 'moto has no such resource: what was made and deleted is counted';

export const agentcore: Record<string, Lifecycle> = {
  'aws:bedrock/agentcoreGateway:AgentcoreGateway': {
    create: (made) => [
      step(
        SERVICE,
        'CreateGateway',
        { ...expandFirst(made), tags: tagsOf(made) },
        { binds: { [text(made, 'gatewayUrl')]: 'gatewayUrl', [made.id]: 'gatewayId' } },
      ),
    ],
    delete: (made) => [step(SERVICE, 'DeleteGateway', { gatewayIdentifier: made.id })],
    left: {
      service: SERVICE,
      operation: 'ListGateways',
      path: 'items[].gatewayId',
      identity: ({ id }) => id,
    },
  },
  'aws:bedrock/agentcoreGatewayTarget:AgentcoreGatewayTarget': {
    create: (made) => [
      step(
        SERVICE,
        'CreateGatewayTarget',
        {
          ...expandFirst(made),
          // A block named after its kind in the program, a kind in a list for the service.
          ...(made.inputs.credentialProviderConfiguration
            ? { credentialProviderConfigurations: [{ credentialProviderType: 'GATEWAY_IAM_ROLE' }] }
            : {}),
        },
        { binds: { [text(made, 'targetId')]: 'targetId' } },
      ),
    ],
    delete: (made) => [
      step(SERVICE, 'DeleteGatewayTarget', {
        gatewayIdentifier: text(made, 'gatewayIdentifier'),
        targetId: text(made, 'targetId'),
      }),
    ],
    left: 'listed by its gateway only, which is deleted after it (checked as order)',
  },
  'aws:bedrock/agentcorePolicyEngine:AgentcorePolicyEngine': {
    create: (made) => [
      step(
        SERVICE,
        'CreatePolicyEngine',
        { ...expandFirst(made), tags: tagsOf(made) },
        { binds: { [made.id]: 'policyEngineId' } },
      ),
    ],
    delete: (made) => [step(SERVICE, 'DeletePolicyEngine', { policyEngineId: made.id })],
    left: MOTO_HAS_NONE,
  },
  'aws:bedrock/agentcorePolicy:AgentcorePolicy': {
    create: (made) => [
      step(SERVICE, 'CreatePolicy', expandFirst(made), { binds: { [text(made, 'policyId')]: 'policyId' } }),
    ],
    delete: (made) => [
      step(SERVICE, 'DeletePolicy', {
        policyEngineId: text(made, 'policyEngineId'),
        policyId: text(made, 'policyId'),
      }),
    ],
    left: MOTO_HAS_NONE,
  },
  'aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy': {
    create: (made) => [step(SERVICE, 'PutResourcePolicy', expandFirst(made))],
    delete: (made) => [step(SERVICE, 'DeleteResourcePolicy', { resourceArn: text(made, 'resourceArn') })],
    left: MOTO_HAS_NONE,
  },
  // aws-native asks Cloud Control, whose handler of the type makes these calls.
  'aws-native:bedrockagentcore:GatewayRateLimit': {
    create: (made) => [
      step(SERVICE, 'CreateGatewayRateLimit', expandFirst(made), {
        binds: { [text(made, 'rateLimitId')]: 'rateLimitId' },
      }),
    ],
    delete: (made) => [
      step(SERVICE, 'DeleteGatewayRateLimit', {
        gatewayIdentifier: text(made, 'gatewayIdentifier'),
        rateLimitId: text(made, 'rateLimitId'),
      }),
    ],
    left: MOTO_HAS_NONE,
  },
};
