/** CloudWatch, SNS and log delivery as the services refuse. */
import { isObject, textAt, type Value } from '../values.ts';
import { GATEWAY } from './agentcore.ts';
import { KEY } from './guard.ts';
import { arn, failure, LOWER, pick, type Rule } from './rule.ts';

export const RESOURCE_POLICY = 'aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy';
const SOURCE = 'aws:cloudwatch/logDeliverySource:LogDeliverySource';
const DESTINATION = 'aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination';
const DELIVERY = 'aws:cloudwatch/logDelivery:LogDelivery';
const TOPIC = 'aws:sns/topic:Topic';

function gatewayExists(
  resource: string | undefined,
  world: Parameters<NonNullable<Rule['refuse']>>[3],
): string | undefined {
  return world.ofType(GATEWAY).some((item) => textAt(item.outputs, 'gatewayArn') === resource)
    ? undefined
    : `ResourceNotFoundException: ${resource} does not exist`;
}

function jsonProblem(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return isObject(JSON.parse(text) as Value) ? undefined : 'must be a JSON object';
  } catch {
    return 'must be JSON';
  }
}

export const observationRules: Record<string, Rule> = {
  [RESOURCE_POLICY]: {
    replaces: ['resourceArn', 'region'],
    id: (inputs) => textAt(inputs, 'resourceArn') ?? '',
    outputs: () => ({}),
    check(inputs) {
      const problem = jsonProblem(textAt(inputs, 'policy'));
      return problem ? [failure('policy', problem)] : [];
    },
    refuse: (change, inputs, _id, world) =>
      change === 'delete' ? undefined : gatewayExists(textAt(inputs, 'resourceArn'), world),
  },
  [SOURCE]: {
    replaces: ['name', 'logType', 'resourceArn', 'region'],
    id: (inputs) => textAt(inputs, 'name') ?? '',
    outputs: (_inputs, id, world) => ({
      arn: arn(world, 'logs', `delivery-source:${id}`),
      service: 'bedrock-agentcore',
    }),
    refuse: (change, inputs, _id, world) =>
      change === 'delete' ? undefined : gatewayExists(textAt(inputs, 'resourceArn'), world),
  },
  [DESTINATION]: {
    replaces: ['name', 'deliveryDestinationType', 'region'],
    id: (inputs) => textAt(inputs, 'name') ?? '',
    outputs: (_inputs, id, world) => ({ arn: arn(world, 'logs', `delivery-destination:${id}`) }),
    check: (inputs) =>
      inputs.deliveryDestinationConfiguration === undefined && inputs.deliveryDestinationType !== 'XRAY'
        ? [failure('deliveryDestinationConfiguration', 'required unless the destination is XRAY')]
        : [],
  },
  [DELIVERY]: {
    replaces: ['deliverySourceName', 'deliveryDestinationArn', 'region'],
    id: (_inputs, seed) => pick(seed, 16, LOWER),
    outputs: (_inputs, id, world) => ({ arn: arn(world, 'logs', `delivery:${id}`) }),
    refuse(change, inputs, _id, world) {
      if (change === 'delete') return undefined;
      const has = (type: string, id: string | undefined) => world.ofType(type).some((item) => item.id === id);
      const destination = textAt(inputs, 'deliveryDestinationArn')?.split(':').pop();
      return has(SOURCE, textAt(inputs, 'deliverySourceName')) && has(DESTINATION, destination)
        ? undefined
        : 'ResourceNotFoundException: delivery source or destination does not exist';
    },
  },
  [TOPIC]: {
    replaces: ['name', 'fifoTopic', 'region'],
    named: 'name',
    id: (inputs, _seed, world) => arn(world, 'sns', textAt(inputs, 'name') ?? ''),
    outputs: (_inputs, id, world) => ({ arn: id, owner: world.account }),
    refuse(change, inputs, _id, world) {
      const key = textAt(inputs, 'kmsMasterKeyId');
      const isOurs = key?.includes(`:${world.account}:key/`);
      const known = world.ofType(KEY).some((item) => textAt(item.outputs, 'arn') === key);
      return change !== 'delete' && isOurs && !known ? `KMSNotFound: Key ${key} does not exist` : undefined;
    },
  },
  'aws:sns/topicPolicy:TopicPolicy': {
    replaces: ['arn', 'region'],
    id: (inputs) => textAt(inputs, 'arn') ?? '',
    outputs: (_inputs, _id, world) => ({ owner: world.account }),
    check(inputs) {
      const problem = jsonProblem(textAt(inputs, 'policy'));
      return problem ? [failure('policy', problem)] : [];
    },
    refuse: (change, inputs, _id, world) =>
      change === 'delete' || world.ofType(TOPIC).some((item) => item.id === textAt(inputs, 'arn'))
        ? undefined
        : 'NotFound: Topic does not exist',
  },
  'aws:sns/topicSubscription:TopicSubscription': {
    replaces: ['topic', 'protocol', 'endpoint', 'region'],
    id: (inputs) => `${textAt(inputs, 'topic')}:${textAt(inputs, 'protocol')}`,
    outputs: (_inputs, id, world) => ({ arn: id, ownerId: world.account, pendingConfirmation: true }),
    refuse: (change, inputs, _id, world) =>
      change === 'delete' || world.ofType(TOPIC).some((item) => item.id === textAt(inputs, 'topic'))
        ? undefined
        : 'NotFound: Topic does not exist',
  },
  'aws:cloudwatch/dashboard:Dashboard': {
    replaces: ['dashboardName', 'region'],
    id: (inputs) => textAt(inputs, 'dashboardName') ?? '',
    outputs: (_inputs, id, world) => ({ dashboardArn: arn(world, 'cloudwatch', `dashboard/${id}`, '') }),
    check(inputs) {
      const problem = jsonProblem(textAt(inputs, 'dashboardBody'));
      return problem ? [failure('dashboardBody', problem)] : [];
    },
  },
  'aws:cloudwatch/metricAlarm:MetricAlarm': {
    replaces: ['name', 'region'],
    named: 'name',
    id: (inputs) => textAt(inputs, 'name') ?? '',
    outputs: (_inputs, id, world) => ({ arn: arn(world, 'cloudwatch', `alarm:${id}`) }),
    check: (inputs) =>
      (inputs.metricName === undefined) === (inputs.metricQueries === undefined)
        ? [failure('metricName', 'one of metricName and metricQueries')]
        : [],
  },
};
