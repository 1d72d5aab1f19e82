/** Alarms of functions and gateways, told by an encrypted topic. Which there are, the plan says: each costs. */
import * as pulumi from '@pulumi/pulumi';
import { type AlarmPlan, alarmsOf } from '../../plan/alarms.ts';
import type { Settings } from '../../plan/settings/settings.ts';
import { MetricAlarm, Topic, TopicPolicy, TopicSubscription } from '../aws.ts';
import { topicKeyPolicy, topicPolicy } from '../key-policies.ts';
import type { Stack } from '../stack.ts';
import { ServiceKey } from './key.ts';

export type AlarmSettings = NonNullable<Settings['observe']['alarms']>;

const PERIOD = 300;

/** No component of its own: an alarm's place in the state stays what it was, whatever joins it. */
export class Alarms {
  readonly #topic: pulumi.Input<string>;
  readonly #parent: pulumi.Resource;

  /** `gateways`: ARNs by key. */
  constructor(
    stack: Stack,
    settings: AlarmSettings,
    gateways: ReadonlyMap<string, pulumi.Output<string>>,
    parent: pulumi.Resource,
  ) {
    this.#parent = parent;
    this.#topic = settings.topic ?? this.#makeTopic(stack, settings);
    for (const alarm of alarmsOf(stack.plan)) {
      if ('server' in alarm) this.#ofFunction(alarm, settings.errors);
      else this.#ofGateway(alarm, gateways.get(alarm.unit), settings.errors);
    }
  }

  #makeTopic({ plan, account }: Stack, { email, kmsKey }: AlarmSettings): pulumi.Output<string> {
    const child = { parent: this.#parent };
    const name = `${plan.gateway.name}-alarms`;
    const { prefix } = plan.settings.names;
    const names = [...new Set([prefix ?? plan.gateway.name, plan.gateway.name])].map((start) => `${start}-*`);
    const key =
      kmsKey ??
      new ServiceKey(
        'alarms',
        {
          alias: name,
          description: `Alarms of gateway ${plan.gateway.name}`,
          policy: topicKeyPolicy(account, names),
        },
        child,
      ).arn;
    const topic = new Topic('alarms', { name, kmsMasterKeyId: key }, child);
    const policy = topic.arn.apply((arn) => topicPolicy(account, arn, names));
    new TopicPolicy('alarms', { arn: topic.arn, policy }, child);
    if (email) {
      new TopicSubscription('alarms', { topic: topic.arn, protocol: 'email', endpoint: email }, child);
    }
    return topic.arn;
  }

  #ofFunction(
    { kind, key, server, functionName }: Extract<AlarmPlan, { server: string }>,
    errors: number,
  ): void {
    const what =
      kind === 'errors'
        ? 'calls that its function could not answer; look into its log group'
        : 'calls that its reserved concurrency turned away';
    new MetricAlarm(
      key,
      {
        ...this.#common(`${functionName}-${kind}`, `${server}: ${what}`, kind === 'errors' ? errors : 1),
        namespace: 'AWS/Lambda',
        metricName: kind === 'errors' ? 'Errors' : 'Throttles',
        dimensions: { FunctionName: functionName },
        statistic: 'Sum',
        period: PERIOD,
      },
      { parent: this.#parent },
    );
  }

  /** By a query: which dimensions the gateway reports by differs by method, and only its ARN is known. */
  #ofGateway(
    { kind, key, gateway }: Extract<AlarmPlan, { unit: string }>,
    arn: pulumi.Output<string> | undefined,
    errors: number,
  ): void {
    if (!arn) throw new Error(`no gateway for alarm ${key}`);
    const isErrors = kind === 'gateway-errors';
    const metric = isErrors ? 'SystemErrors' : 'Throttles';
    const expression = pulumi.interpolate`SELECT SUM(${metric}) FROM "AWS/Bedrock-AgentCore" WHERE Resource = '${arn}'`;
    const what = isErrors ? 'requests that failed in the service or in a target' : 'requests over a quota';
    new MetricAlarm(
      key,
      {
        ...this.#common(
          `${gateway}-${metric.toLowerCase()}`,
          `gateway ${gateway}: ${what}`,
          isErrors ? errors : 1,
        ),
        metricQueries: [{ id: 'sum', expression, period: PERIOD, returnData: true, label: metric }],
      },
      { parent: this.#parent },
    );
  }

  #common(name: string, alarmDescription: string, threshold: number) {
    return {
      name,
      alarmDescription,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      treatMissingData: 'notBreaching',
      alarmActions: [this.#topic],
      okActions: [this.#topic],
    };
  }
}
