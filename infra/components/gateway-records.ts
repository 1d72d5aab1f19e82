/** The gateway's own records and traces. Bodies of requests and answers only when the settings ask for them too. */
import * as pulumi from '@pulumi/pulumi';
import { LogDelivery, LogDeliveryDestination, LogDeliverySource, LogGroup } from '../aws.ts';
import { groupOptions, RECORDS } from '../retained.ts';
import type { Stack } from '../stack.ts';
import type { Gateway } from './gateway.ts';

/** All fields of a record but `body`, which holds what the caller sent and got, and the gateway's messages about it. */
const WITHOUT_BODIES = ['resource_arn', 'event_timestamp', 'account_id', 'request_id', 'trace_id', 'span_id'];

export class GatewayRecords extends pulumi.ComponentResource {
  /** Of the records, when the settings ask for them. */
  readonly logs: LogGroup | undefined;

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
      const groupName = recordGroup({ name });
      const group = new LogGroup(
        `${key}-records`,
        {
          name: groupName,
          retentionInDays: observe.gatewayLogs.retentionDays,
          ...(logs.kmsKey ? { kmsKeyId: logs.kmsKey } : {}),
        },
        { ...child, ...groupOptions(stack, groupName) },
      );
      this.logs = group;
      const destination = new LogDeliveryDestination(
        `${key}-records`,
        {
          name: `${name}-records`,
          deliveryDestinationConfiguration: { destinationResourceArn: group.arn },
        },
        child,
      );
      const fields = observe.gatewayLogs.bodies ? undefined : WITHOUT_BODIES;
      this.#deliver(`${key}-records`, `${name}-records`, 'APPLICATION_LOGS', gateway, destination, fields);
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
    recordFields?: string[],
  ): void {
    const child = { parent: this };
    const source = new LogDeliverySource(key, { name, logType, resourceArn: gateway.arn }, child);
    new LogDelivery(
      key,
      {
        deliverySourceName: source.name,
        deliveryDestinationArn: destination.arn,
        ...(recordFields ? { recordFields } : {}),
      },
      child,
    );
  }
}

/** Vended logs: CloudWatch lets their delivery write below this prefix. */
export function recordGroup({ name }: { name: string }): string {
  return `${RECORDS}${name}`;
}
