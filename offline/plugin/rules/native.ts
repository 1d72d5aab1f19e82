/** The gateway's rate limits as the service refuses. */
import { at, isObject, textAt, type Value, type Values } from '../values.ts';
import { GATEWAY } from './agentcore.ts';
import { failure, LOWER, pick, type Rule } from './rule.ts';

const RATE_LIMIT = 'aws-native:bedrockagentcore:GatewayRateLimit';
const PER_GATEWAY = 50;

const keysOf = (inputs: Values) => JSON.stringify(at(inputs, 'dimensionKeys') ?? []);

export const nativeRules: Record<string, Rule> = {
  [RATE_LIMIT]: {
    replaces: ['gatewayIdentifier', 'dimensionKeys', 'rateLimitId'],
    id: (inputs, seed) => `${textAt(inputs, 'gatewayIdentifier')}|${pick(seed, 10, LOWER)}`,
    outputs: (_inputs, id) => ({ rateLimitId: id.split('|')[1] ?? '' }),
    check(inputs) {
      const keys = at(inputs, 'dimensionKeys');
      const entries = at(inputs, 'entries');
      if (!Array.isArray(keys) || !Array.isArray(entries)) return [];
      const wrong = entries.filter(
        (entry: Value) =>
          isObject(entry) &&
          isObject(entry.dimensions) &&
          JSON.stringify(Object.keys(entry.dimensions).sort()) !== JSON.stringify([...keys].sort()),
      );
      return wrong.map(() => failure('entries', 'dimensions must be exactly the dimension keys'));
    },
    refuse(change, inputs, id, world) {
      if (change === 'delete') return undefined;
      const gateway = textAt(inputs, 'gatewayIdentifier');
      if (!world.ofType(GATEWAY).some((item) => item.id === gateway))
        return `ResourceNotFoundException: gateway ${gateway}`;
      const others = world
        .ofType(RATE_LIMIT)
        .filter((item) => item.id !== id && textAt(item.inputs, 'gatewayIdentifier') === gateway);
      if (others.length >= PER_GATEWAY)
        return `ServiceQuotaExceededException: more than ${PER_GATEWAY} rate limits`;
      const taken = others.some((item) => keysOf(item.inputs) === keysOf(inputs));
      return taken ? 'ConflictException: a rate limit with the same dimension keys exists' : undefined;
    },
  },
};
