/** One server of awslabs/mcp: its own role, log group and function. */
import * as pulumi from '@pulumi/pulumi';
import type { TargetPlan } from '../../plan/types.ts';
import { LAMBDA_HANDLER } from '../../proxies/packaging/server-file.ts';
import { encodeProxySettings, PROXY_VARIABLE } from '../../proxies/settings.ts';
import { arnOf } from '../account.ts';
import { LambdaFunction, LogGroup } from '../aws.ts';
import { type PolicyStatement, renderPolicies, statementOf } from '../policies.ts';
import type { Stack } from '../stack.ts';
import { lambdaTrust } from '../trust.ts';
import type { PythonLayers } from './layers.ts';
import { ScopedRole } from './role.ts';

const RUNTIME = 'nodejs24.x';

export class Server extends pulumi.ComponentResource {
  readonly function: LambdaFunction;

  constructor(
    stack: Stack,
    target: TargetPlan,
    layers: PythonLayers,
    options: pulumi.ComponentResourceOptions,
  ) {
    super('mcpgw:server:Server', target.server, {}, options);
    const { settings } = stack.plan;
    const logs = new LogGroup(
      target.server,
      { name: target.function.logGroup, retentionInDays: settings.logs.retentionDays },
      { parent: this },
    );
    const role = new ScopedRole(
      target.server,
      {
        name: target.function.roleName,
        description: `MCP server ${target.server} behind gateway ${stack.plan.gateway.name}`,
        trust: lambdaTrust(),
        policies: renderPolicies([logStatement(stack, target), ...target.statements.map(statementOf)]),
        settings,
      },
      { parent: this },
    );
    this.function = this.#makeFunction(stack, target, role, logs, layers);
    this.registerOutputs({ function: this.function.arn });
  }

  #makeFunction(
    stack: Stack,
    target: TargetPlan,
    role: ScopedRole,
    logs: LogGroup,
    layers: PythonLayers,
  ): LambdaFunction {
    const plan = target.function;
    return new LambdaFunction(
      target.server,
      {
        name: plan.name,
        description: target.description,
        role: role.role.arn,
        packageType: 'Zip',
        runtime: RUNTIME,
        handler: LAMBDA_HANDLER,
        architectures: [plan.architecture],
        memorySize: plan.memory,
        timeout: plan.timeout,
        layers: [layers.arnOf(plan.python, plan.architecture)],
        s3Bucket: stack.bucket,
        s3Key: packageKeyOf(stack, target),
        environment: { variables: { [PROXY_VARIABLE]: encodeProxySettings(plan.proxy) } },
        loggingConfig: {
          logFormat: 'JSON',
          logGroup: logs.name,
          applicationLogLevel: 'INFO',
          systemLogLevel: 'INFO',
        },
        ...(plan.concurrency === undefined ? {} : { reservedConcurrentExecutions: plan.concurrency }),
      },
      { parent: this, dependsOn: role.grants },
    );
  }
}

function packageKeyOf(stack: Stack, { server }: TargetPlan): string {
  const key = stack.artefacts.packages[server];
  if (!key) throw new Error(`no package for ${server}`);
  return key;
}

/** Only its own log group; the group is made by the stack, so it needs no right to make one. */
function logStatement(stack: Stack, target: TargetPlan): PolicyStatement {
  return {
    Sid: 'WriteOwnLog',
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: [arnOf(stack.account, 'logs', `log-group:${target.function.logGroup}:*`)],
  };
}
