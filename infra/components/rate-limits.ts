/**
 * The gateway's own rate limits. @pulumi/aws has no such resource yet (terraform-provider-aws#49344), so this one type
 * comes from the aws-native provider; its npm package, some hundred megabytes for every AWS type, is not needed.
 */
import * as pulumi from '@pulumi/pulumi';
import { CLIENT_KEY, type RateLimitPlan, rateLimitsOf } from '../../plan/rate-limits.ts';
import type { Stack } from '../stack.ts';
import type { TargetHome } from './gateway.ts';

/** The version of the provider that has the type. */
const VERSION = '1.79.0';

interface RateLimitArgs {
  gatewayIdentifier: pulumi.Input<string>;
  dimensionKeys: string[];
  entries: pulumi.Input<{
    dimensions: Record<string, string>;
    requests: { rate: number; period: string }[];
  }>[];
  description: string;
}

class GatewayRateLimit extends pulumi.CustomResource {
  constructor(name: string, args: RateLimitArgs, options: pulumi.CustomResourceOptions) {
    const known = { rateLimitId: undefined };
    super(
      'aws-native:bedrockagentcore:GatewayRateLimit',
      name,
      { ...known, ...args },
      { ...options, version: VERSION },
    );
  }
}

export class RateLimits extends pulumi.ComponentResource {
  constructor(
    stack: Stack,
    homes: readonly (readonly [key: string, home: TargetHome])[],
    clients: Readonly<Record<string, pulumi.Input<string>>>,
    options: pulumi.ComponentResourceOptions,
  ) {
    super('mcpgw:gateway:RateLimits', 'rate-limits', {}, options);
    const { settings, targets } = stack.plan;
    const provider = new NativeProvider(
      { region: settings.region, ...(settings.accounts ? { allowedAccountIds: settings.accounts } : {}) },
      { parent: this },
    );
    for (const [key, home] of homes) {
      for (const limit of rateLimitsOf(settings, targets)) {
        new GatewayRateLimit(`${key}-${limit.key}`, argsOf(limit, home, clients), { parent: this, provider });
      }
    }
    this.registerOutputs({});
  }
}

class NativeProvider extends pulumi.ProviderResource {
  constructor(config: { region: string; allowedAccountIds?: string[] }, options: pulumi.ResourceOptions) {
    const { allowedAccountIds, region } = config;
    // Nested provider settings travel as JSON texts.
    const accounts = allowedAccountIds ? { allowedAccountIds: JSON.stringify(allowedAccountIds) } : {};
    super('aws-native', 'aws-native', { region, ...accounts }, { ...options, version: VERSION });
  }
}

function argsOf(
  { dimensionKeys, entries, key }: RateLimitPlan,
  home: TargetHome,
  clients: Readonly<Record<string, pulumi.Input<string>>>,
): RateLimitArgs {
  return {
    gatewayIdentifier: home.id,
    description: `mcpgw: by ${key.replaceAll('-', ', ')}`,
    dimensionKeys,
    entries: entries.map(({ dimensions, rate, period }) => {
      const requests = [{ rate, period }];
      const client = dimensions[CLIENT_KEY];
      const id = client === undefined ? undefined : clients[client];
      if (id === undefined) return { dimensions, requests };
      return pulumi
        .output(id)
        .apply((clientId) => ({ dimensions: { ...dimensions, [CLIENT_KEY]: clientId }, requests }));
    }),
  };
}
