/** The calls of every type that the program can make, as terraform-provider-aws makes them (what it only reads is left out). */
import type { Lifecycle } from '../resource.ts';
import { agentcore } from './agentcore.ts';
import { cognito } from './cognito.ts';
import { ec2 } from './ec2.ts';
import { guard } from './guard.ts';
import { iam } from './iam.ts';
import { lambda } from './lambda.ts';
import { logs } from './logs.ts';
import { s3 } from './s3.ts';
import { watch } from './watch.ts';

export const LIFECYCLES: Readonly<Record<string, Lifecycle>> = {
  ...agentcore,
  ...cognito,
  ...ec2,
  ...guard,
  ...iam,
  ...lambda,
  ...logs,
  ...s3,
  ...watch,
};

export function lifecycleOf(type: string): Lifecycle {
  const found = LIFECYCLES[type];
  if (!found) throw new Error(`no calls are known for ${type}: add them to tests/replay/calls`);
  return found;
}
