/** Dashboard and alarms of the functions, by server: from metrics that Lambda and the gateway report for nothing. */
import * as pulumi from '@pulumi/pulumi';
import type { Plan, TargetPlan } from '../../plan/types.ts';
import { Dashboard, MetricAlarm, Topic, TopicSubscription } from '../aws.ts';
import { dashboardBody } from '../dashboard.ts';
import type { Stack } from '../stack.ts';

export class Observation extends pulumi.ComponentResource {
  constructor(stack: Stack, options: pulumi.ComponentResourceOptions) {
    super('mcpgw:observe:Observation', 'observation', {}, options);
    const { plan } = stack;
    const { observe } = plan.settings;
    if (observe.dashboard) {
      new Dashboard(
        'dashboard',
        { dashboardName: plan.gateway.name, dashboardBody: JSON.stringify(dashboardBody(plan)) },
        { parent: this },
      );
    }
    if (observe.alarms) {
      const topic = observe.alarms.topic ?? this.#makeTopic(plan, observe.alarms.email);
      for (const target of plan.targets) this.#makeAlarm(target, observe.alarms.errors, topic);
    }
    this.registerOutputs({});
  }

  #makeTopic({ gateway }: Plan, email: string | undefined): pulumi.Output<string> {
    const topic = new Topic(
      'alarms',
      // The key that AWS keeps for SNS: CloudWatch may use it.
      { name: `${gateway.name}-alarms`, kmsMasterKeyId: 'alias/aws/sns' },
      { parent: this },
    );
    if (email) {
      new TopicSubscription(
        'alarms',
        { topic: topic.arn, protocol: 'email', endpoint: email },
        { parent: this },
      );
    }
    return topic.arn;
  }

  #makeAlarm({ server, function: { name } }: TargetPlan, errors: number, topic: pulumi.Input<string>): void {
    new MetricAlarm(
      server,
      {
        name: `${name}-errors`,
        alarmDescription: `${server}: calls that its function could not answer; look into its log group`,
        namespace: 'AWS/Lambda',
        metricName: 'Errors',
        dimensions: { FunctionName: name },
        statistic: 'Sum',
        period: 300,
        evaluationPeriods: 1,
        threshold: errors,
        comparisonOperator: 'GreaterThanOrEqualToThreshold',
        treatMissingData: 'notBreaching',
        alarmActions: [topic],
        okActions: [topic],
      },
      { parent: this },
    );
  }
}
