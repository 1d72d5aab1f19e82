/** CloudWatch Logs as the service refuses. */
import { at, textAt } from '../values.ts';
import { arn, failure, type Rule } from './rule.ts';

export const LOG_GROUP = 'aws:cloudwatch/logGroup:LogGroup';

/** Days that PutRetentionPolicy accepts. */
const RETENTION = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const logsRules: Record<string, Rule> = {
  [LOG_GROUP]: {
    replaces: ['name', 'namePrefix', 'logGroupClass', 'region'],
    named: 'name',
    id: (inputs) => textAt(inputs, 'name') ?? '',
    outputs: (_inputs, id, world) => ({ arn: arn(world, 'logs', `log-group:${id}`) }),
    check(inputs) {
      const days = at(inputs, 'retentionInDays');
      return typeof days === 'number' && !RETENTION.includes(days)
        ? [failure('retentionInDays', `must be one of ${RETENTION.join(', ')}`)]
        : [];
    },
    refuse: (change, _inputs, id, world) =>
      change === 'create' && world.ofType(LOG_GROUP).some((item) => item.id === id)
        ? `ResourceAlreadyExistsException: The specified log group already exists: ${id}`
        : undefined,
  },
};
