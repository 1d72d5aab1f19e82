/** The gateway's own records and traces. Both hold what callers sent and got: only when the settings ask for them. */
import * as pulumi from '@pulumi/pulumi';
import { LogDelivery, LogDeliveryDestination, LogDeliverySource, LogGroup } from '../aws.ts';
import type { Stack } from '../stack.ts';
import type { Gateway } from './gateway.ts';

export class GatewayRecords extends pulumi.ComponentResource {
  constructor(
    key: string,
    name: string,
    stack: Stack,
    gateway: Gateway,
    options: pulumi.ComponentResourceOptions,
  ) {
    super('mcpgw:observe:GatewayRecords', key, {}, options);
    const { observe, logs } = stack.plan.settings;
    const child = { parent: this };
    if (observe.gatewayLogs) {
      const group = new LogGroup(
        `${key}-records`,
        {
          // Vended logs: CloudWatch lets their delivery write below this prefix.
          name: `/aws/vendedlogs/bedrock-agentcore/gateway/${name}`,
          retentionInDays: observe.gatewayLogs.retentionDays,
          ...(logs.kmsKey ? { kmsKeyId: logs.kmsKey } : {}),
        },
        child,
      );
      const destination = new LogDeliveryDestination(
        `${key}-records`,
        {
          name: `${name}-records`,
          deliveryDestinationConfiguration: { destinationResourceArn: group.arn },
        },
        child,
      );
      this.#deliver(`${key}-records`, `${name}-records`, 'APPLICATION_LOGS', gateway, destination);
    }
    if (observe.gatewayTraces) {
      const destination = new LogDeliveryDestination(
        `${key}-traces`,
        { name: `${name}-traces`, deliveryDestinationType: 'XRAY' },
        child,
      );
      this.#deliver(`${key}-traces`, `${name}-traces`, 'TRACES', gateway, destination);
    }
    this.registerOutputs({});
  }

  #deliver(
    key: string,
    name: string,
    logType: string,
    gateway: Gateway,
    destination: LogDeliveryDestination,
  ): void {
    const child = { parent: this };
    const source = new LogDeliverySource(key, { name, logType, resourceArn: gateway.arn }, child);
    new LogDelivery(key, { deliverySourceName: source.name, deliveryDestinationArn: destination.arn }, child);
  }
}
