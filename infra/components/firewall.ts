/**
 * AWS WAF before the gateways: one list with a rate rule by address. It refuses when it fails, unlike the gateway's own
 * rate limits. Its association goes before the gateway does, as it is made of the gateway's ARN.
 */
import * as pulumi from '@pulumi/pulumi';
import type { Settings } from '../../plan/settings/settings.ts';
import { WebAcl, WebAclAssociation } from '../aws.ts';
import type { Stack } from '../stack.ts';

export class Firewall extends pulumi.ComponentResource {
  /** `gateways`: ARNs by key. */
  constructor(
    { plan }: Stack,
    { requests, window }: NonNullable<Settings['waf']>,
    gateways: ReadonlyMap<string, pulumi.Output<string>>,
    options: pulumi.ComponentResourceOptions,
  ) {
    super('mcpgw:gateway:Firewall', 'firewall', {}, options);
    const name = plan.gateway.name;
    const seenAs = (metricName: string) => ({
      metricName,
      cloudwatchMetricsEnabled: true,
      // Samples hold requests with their headers.
      sampledRequestsEnabled: false,
    });
    const list = new WebAcl(
      'firewall',
      {
        name,
        description: `Requests to gateway ${name}`,
        scope: 'REGIONAL',
        defaultAction: { allow: {} },
        visibilityConfig: seenAs(name),
        rules: [
          {
            name: 'rate-by-address',
            priority: 0,
            action: { block: {} },
            statement: {
              rateBasedStatement: { limit: requests, evaluationWindowSec: window, aggregateKeyType: 'IP' },
            },
            visibilityConfig: seenAs(`${name}-rate`),
          },
        ],
      },
      { parent: this },
    );
    for (const [key, resourceArn] of gateways) {
      new WebAclAssociation(key, { webAclArn: list.arn, resourceArn }, { parent: this });
    }
    this.registerOutputs({});
  }
}
