/** The function that the gateways ask before each request, and that tells the proxies who calls. */
import * as pulumi from '@pulumi/pulumi';
import { functionName, functionRoleName } from '../../plan/resource-names.ts';
import { INTERCEPTOR_VARIABLE } from '../../proxies/interceptor.ts';
import { LAMBDA_HANDLER } from '../../proxies/packaging/server-file.ts';
import { arnOf } from '../account.ts';
import { LambdaFunction, LogGroup } from '../aws.ts';
import { logStatement } from '../permissions.ts';
import { renderPolicies } from '../policies.ts';
import { groupOptions } from '../retained.ts';
import type { Stack } from '../stack.ts';
import { lambdaTrust } from '../trust.ts';
import { ScopedRole } from './role.ts';

const NAME = 'interceptor';

/** Written out, not taken from the function's output: a preview then shows the gateway's whole policy. */
export function interceptorArn({ account, plan }: Stack): string {
  return arnOf(account, 'lambda', `function:${functionName(plan.settings, NAME)}`);
}

export class Interceptor extends pulumi.ComponentResource {
  readonly function: LambdaFunction;

  constructor(stack: Stack, options: pulumi.ComponentResourceOptions) {
    super('mcpgw:gateway:Interceptor', NAME, {}, options);
    const { account, plan, bucket, artefacts } = stack;
    const { settings } = plan;
    const name = functionName(settings, NAME);
    const child = { parent: this };
    const group = `/aws/lambda/${name}`;
    const logs = new LogGroup(
      NAME,
      {
        name: group,
        retentionInDays: settings.logs.retentionDays,
        ...(settings.logs.kmsKey ? { kmsKeyId: settings.logs.kmsKey } : {}),
      },
      { ...child, ...groupOptions(stack, group) },
    );
    const role = new ScopedRole(
      NAME,
      {
        name: functionRoleName(settings, NAME),
        description: `Interceptor of gateway ${plan.gateway.name}: tells its servers' proxies who calls`,
        trust: lambdaTrust(),
        policies: renderPolicies([logStatement(account, group)]),
        settings,
      },
      child,
    );
    if (artefacts.interceptor === undefined) throw new Error('no package of the interceptor');
    const leave = (plan.remotes ?? []).map((remote) => remote.name);
    this.function = new LambdaFunction(
      NAME,
      {
        name,
        description: `Who calls gateway ${plan.gateway.name}`,
        role: role.role.arn,
        packageType: 'Zip',
        runtime: 'nodejs24.x',
        handler: LAMBDA_HANDLER,
        s3Bucket: bucket,
        s3Key: artefacts.interceptor,
        architectures: ['arm64'],
        memorySize: 128,
        timeout: 5,
        environment: { variables: { [INTERCEPTOR_VARIABLE]: JSON.stringify({ leave }) } },
        loggingConfig: {
          logFormat: 'JSON',
          logGroup: logs.name,
          applicationLogLevel: 'INFO',
          // Its calls are as many as the gateway's: they are counted by metrics.
          systemLogLevel: 'WARN',
        },
      },
      { ...child, dependsOn: role.grants },
    );
    this.registerOutputs({ function: this.function.arn });
  }
}
