/** Log groups, what gateways record, and saved queries. */
import { expand, expandFirst } from '../expand.ts';
import { type Lifecycle, step, tagsOf, text } from '../resource.ts';

const SERVICE = 'logs';

export const logs: Record<string, Lifecycle> = {
  'aws:cloudwatch/logGroup:LogGroup': {
    create(made) {
      const { CreateLogGroupRequest = {}, PutRetentionPolicyRequest = {} } = expand(made);
      const days = PutRetentionPolicyRequest.retentionInDays;
      return [
        step(SERVICE, 'CreateLogGroup', { ...CreateLogGroupRequest, tags: tagsOf(made) }),
        ...(days
          ? [step(SERVICE, 'PutRetentionPolicy', { logGroupName: made.id, retentionInDays: days })]
          : []),
      ];
    },
    delete: (made) => [step(SERVICE, 'DeleteLogGroup', { logGroupName: made.id })],
    left: {
      service: SERVICE,
      operation: 'DescribeLogGroups',
      path: 'logGroups[].logGroupName',
      identity: ({ id }) => id,
    },
  },
  'aws:cloudwatch/queryDefinition:QueryDefinition': {
    create: (made) => [
      step(SERVICE, 'PutQueryDefinition', expandFirst(made), { binds: { [made.id]: 'queryDefinitionId' } }),
    ],
    delete: (made) => [step(SERVICE, 'DeleteQueryDefinition', { queryDefinitionId: made.id })],
    left: 'moto has no such resource: what was made and deleted is counted',
  },
  'aws:cloudwatch/logDeliverySource:LogDeliverySource': {
    create: (made) => [
      step(
        SERVICE,
        'PutDeliverySource',
        { ...expandFirst(made), tags: tagsOf(made) },
        // It knows a dozen services that deliver, and AgentCore is none of them.
        { lacking: 'Cannot access provided service' },
      ),
    ],
    delete: (made) => [step(SERVICE, 'DeleteDeliverySource', { name: made.id })],
    left: {
      service: SERVICE,
      operation: 'DescribeDeliverySources',
      path: 'deliverySources[].name',
      identity: ({ id }) => id,
    },
  },
  'aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination': {
    create: (made) => [
      step(
        SERVICE,
        'PutDeliveryDestination',
        { ...expandFirst(made), tags: tagsOf(made) },
        {
          binds: { [text(made, 'arn')]: 'deliveryDestination.arn' },
          // It breaks on the one kind that names no resource.
          ...(made.inputs.deliveryDestinationType === 'XRAY' ? { lacking: 'Internal Server Error' } : {}),
        },
      ),
    ],
    delete: (made) => [step(SERVICE, 'DeleteDeliveryDestination', { name: made.id })],
    left: {
      service: SERVICE,
      operation: 'DescribeDeliveryDestinations',
      path: 'deliveryDestinations[].name',
      identity: ({ id }) => id,
    },
  },
  'aws:cloudwatch/logDelivery:LogDelivery': {
    create: (made) => [
      step(
        SERVICE,
        'CreateDelivery',
        { ...expandFirst(made), tags: tagsOf(made) },
        { binds: { [made.id]: 'delivery.id' } },
      ),
    ],
    delete: (made) => [step(SERVICE, 'DeleteDelivery', { id: made.id })],
    left: {
      service: SERVICE,
      operation: 'DescribeDeliveries',
      path: 'deliveries[].id',
      identity: ({ id }) => id,
    },
  },
};
