/** Answers to the provider's functions that the program calls. */
import { LOG_GROUP } from './rules/logs.ts';
import type { World } from './rules/rule.ts';
import { Refusal } from './stand-in.ts';
import { textAt, type Values } from './values.ts';

/** The end of the caller's ARN: how the program knows that it talks to the stand-in. */
export const STAND_IN_USER = 'user/mcpgw-offline-stand-in';

export function answerInvoke(token: string, args: Values, world: World): Values {
  const answers: Record<string, () => Values> = {
    'aws:index/getCallerIdentity:getCallerIdentity': () => ({
      accountId: world.account,
      arn: `arn:${world.partition}:iam::${world.account}:${STAND_IN_USER}`,
      userId: 'OFFLINE',
      id: world.account,
    }),
    'aws:cloudwatch/getLogGroups:getLogGroups': () => {
      const prefix = textAt(args, 'logGroupNamePrefix') ?? '';
      const found = world.ofType(LOG_GROUP).filter(({ id }) => id.startsWith(prefix));
      const arns = found.map(({ outputs }) => textAt(outputs, 'arn') ?? '');
      return { arns, logGroupNames: found.map(({ id }) => id), id: world.region, region: world.region };
    },
    'aws:index/getPartition:getPartition': () => ({
      partition: world.partition,
      dnsSuffix: world.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
      reverseDnsPrefix: world.partition === 'aws-cn' ? 'cn.com.amazonaws' : 'com.amazonaws',
      id: world.partition,
    }),
  };
  const answer = answers[token];
  if (!answer) throw new Refusal(`the stand-in has no answer for ${token}`);
  return answer();
}
