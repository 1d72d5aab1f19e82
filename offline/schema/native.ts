/** The one type that comes from the aws-native provider, as its registry documents it (version 1.79.0). */
import type { AwsSchema } from './types.ts';

export const NATIVE: Pick<AwsSchema, 'resources' | 'types'> = {
  resources: {
    'aws-native:bedrockagentcore:GatewayRateLimit': {
      module: 'aws-native',
      inputs: {
        description: { required: false, type: ['string'] },
        dimensionKeys: { required: true, type: [{ array: ['string'] }] },
        entries: { required: true, type: [{ array: [{ ref: 'native.LimitEntry' }] }] },
        gatewayIdentifier: { required: false, type: ['string'] },
        rateLimitId: { required: false, type: ['string'] },
      },
      computed: ['createdAt', 'updatedAt'],
    },
  },
  types: {
    'native.LimitEntry': {
      connections: { required: false, type: [{ array: [{ ref: 'native.RateConfig' }] }] },
      dimensions: { required: true, type: [{ map: ['string'] }] },
      requests: { required: false, type: [{ array: [{ ref: 'native.RateConfig' }] }] },
      tokens: { required: false, type: [{ array: [{ ref: 'native.RateConfig' }] }] },
    },
    'native.RateConfig': {
      period: { required: true, type: ['string'] },
      rate: { required: true, type: ['number'] },
    },
  },
};
