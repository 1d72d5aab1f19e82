/** What looks at the stack: trail, alarms and their topic, dashboard, budget. */
import { isObject, type Value, type Values } from '../../../offline/plugin/values.ts';
import { expand, expandFirst } from '../expand.ts';
import { type Lifecycle, type Made, type Step, step, tagList, text } from '../resource.ts';

/** What SNS gives a topic of its own accord; there is no way to have none. */
function defaultTopicPolicy(topic: string, account: string): string {
  const actions = [
    'GetTopicAttributes',
    'SetTopicAttributes',
    'AddPermission',
    'RemovePermission',
    'DeleteTopic',
    'Subscribe',
    'ListSubscriptionsByTopic',
    'Publish',
    'Receive',
  ];
  const statement = {
    Sid: '__default_statement_ID',
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: actions.map((action) => `SNS:${action}`),
    Resource: topic,
    Condition: { StringEquals: { 'AWS:SourceOwner': account } },
  };
  return JSON.stringify({ Version: '2008-10-17', Id: '__default_policy_ID', Statement: [statement] });
}

function trailSteps(made: Made): Step[] {
  const { CreateTrailRequest = {}, PutEventSelectorsRequest = {} } = expand(made);
  return [
    step('cloudtrail', 'CreateTrail', { ...CreateTrailRequest, TagsList: tagList(made) }),
    ...(made.inputs.enableLogging === false ? [] : [step('cloudtrail', 'StartLogging', { Name: made.id })]),
    ...(Object.keys(PutEventSelectorsRequest).length > 0
      ? [step('cloudtrail', 'PutEventSelectors', { ...PutEventSelectorsRequest, TrailName: made.id })]
      : []),
  ];
}

function dimensions({ inputs }: Made): Values {
  if (!isObject(inputs.dimensions)) return {};
  return { Dimensions: Object.entries(inputs.dimensions).map(([Name, Value]) => ({ Name, Value })) };
}

function budgetSteps(made: Made): Step[] {
  const [AccountId = '', BudgetName = ''] = made.id.split(':');
  const filters = (made.inputs.costFilters ?? []) as { name: string; values: string[] }[];
  const CostFilters = Object.fromEntries(filters.map(({ name, values }) => [name, values]));
  const notices = (made.inputs.notifications ?? []) as Values[];
  return [
    step('budgets', 'CreateBudget', {
      AccountId,
      Budget: { ...expandFirst(made), CostFilters },
      ResourceTags: tagList(made),
    }),
    ...notices.map((notice) =>
      step('budgets', 'CreateNotification', {
        AccountId,
        BudgetName,
        Notification: {
          NotificationType: notice.notificationType ?? null,
          ComparisonOperator: notice.comparisonOperator ?? null,
          Threshold: notice.threshold ?? null,
          ThresholdType: notice.thresholdType ?? null,
        },
        Subscribers: ((notice.subscriberEmailAddresses ?? []) as Value[]).map((Address) => ({
          SubscriptionType: 'EMAIL',
          Address,
        })),
      }),
    ),
  ];
}

export const watch: Record<string, Lifecycle> = {
  'aws:cloudtrail/trail:Trail': {
    create: trailSteps,
    // moto knows it by its name only, and says nothing of an ARN.
    delete: (made) => [
      step('cloudtrail', 'DeleteTrail', { Name: made.id }, { forMoto: { Name: text(made, 'name') } }),
    ],
    left: {
      service: 'cloudtrail',
      operation: 'DescribeTrails',
      path: 'trailList[].TrailARN',
      identity: ({ id }) => id,
    },
  },
  'aws:cloudwatch/metricAlarm:MetricAlarm': {
    create: (made) => [
      step('cloudwatch', 'PutMetricAlarm', {
        ...expandFirst(made),
        ...dimensions(made),
        Tags: tagList(made),
      }),
    ],
    delete: (made) => [step('cloudwatch', 'DeleteAlarms', { AlarmNames: [made.id] })],
    left: {
      service: 'cloudwatch',
      operation: 'DescribeAlarms',
      path: 'MetricAlarms[].AlarmName',
      identity: ({ id }) => id,
    },
  },
  'aws:cloudwatch/dashboard:Dashboard': {
    create: (made) => [step('cloudwatch', 'PutDashboard', expandFirst(made))],
    delete: (made) => [step('cloudwatch', 'DeleteDashboards', { DashboardNames: [made.id] })],
    left: {
      service: 'cloudwatch',
      operation: 'ListDashboards',
      path: 'DashboardEntries[].DashboardName',
      identity: ({ id }) => id,
    },
  },
  'aws:sns/topic:Topic': {
    create: (made) => [
      step('sns', 'CreateTopic', { Name: text(made, 'name'), Tags: tagList(made) }),
      ...(made.inputs.kmsMasterKeyId
        ? [
            step('sns', 'SetTopicAttributes', {
              TopicArn: made.id,
              AttributeName: 'KmsMasterKeyId',
              AttributeValue: made.inputs.kmsMasterKeyId,
            }),
          ]
        : []),
    ],
    delete: (made) => [step('sns', 'DeleteTopic', { TopicArn: made.id })],
    left: {
      service: 'sns',
      operation: 'ListTopics',
      path: 'Topics[].TopicArn',
      identity: ({ id }) => id,
    },
  },
  'aws:sns/topicPolicy:TopicPolicy': {
    create: (made) => [step('sns', 'SetTopicAttributes', { ...expandFirst(made), AttributeName: 'Policy' })],
    delete: (made) => [
      step('sns', 'SetTopicAttributes', {
        TopicArn: made.id,
        AttributeName: 'Policy',
        AttributeValue: defaultTopicPolicy(made.id, text(made, 'owner')),
      }),
    ],
    left: 'an attribute of its topic',
  },
  'aws:sns/topicSubscription:TopicSubscription': {
    create: (made) => [
      step(
        'sns',
        'Subscribe',
        { ...expandFirst(made), ReturnSubscriptionArn: true },
        { binds: { [made.id]: 'SubscriptionArn' } },
      ),
    ],
    // One that was not confirmed yet cannot be ended; it ends by itself.
    delete: (made) => [
      step('sns', 'Unsubscribe', { SubscriptionArn: made.id }, { accepts: ['InvalidParameter'] }),
    ],
    left: {
      service: 'sns',
      operation: 'ListSubscriptions',
      path: 'Subscriptions[].SubscriptionArn',
      identity: ({ id }) => id,
    },
  },
  'aws:budgets/budget:Budget': {
    create: budgetSteps,
    delete(made) {
      const [AccountId = '', BudgetName = ''] = made.id.split(':');
      return [step('budgets', 'DeleteBudget', { AccountId, BudgetName })];
    },
    left: {
      service: 'budgets',
      operation: 'DescribeBudgets',
      params: { AccountId: '123456789012' },
      path: 'Budgets[].BudgetName',
      identity: (made) => text(made, 'name'),
    },
  },
};
