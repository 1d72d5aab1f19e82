/** One server of awslabs/mcp: its own role, log group and function. */
import * as pulumi from '@pulumi/pulumi';
import { IMAGE_REPOSITORY } from '../../plan/build.ts';
import type { TargetPlan } from '../../plan/types.ts';
import { LAMBDA_HANDLER } from '../../proxies/packaging/server-file.ts';
import { encodeProxySettings, PROXY_VARIABLE } from '../../proxies/settings.ts';
import { imageUri } from '../artefacts.ts';
import { LambdaFunction, LogGroup } from '../aws.ts';
import { executionStatements } from '../permissions.ts';
import { renderPolicies } from '../policies.ts';
import { groupOptions } from '../retained.ts';
import type { Stack } from '../stack.ts';
import { lambdaTrust } from '../trust.ts';
import type { PythonLayers } from './layers.ts';
import type { NetworkPlace } from './network.ts';
import { ScopedRole } from './role.ts';

const RUNTIME = 'nodejs24.x';

/** What servers share. */
export interface Surroundings {
  layers: PythonLayers;
  network: NetworkPlace | undefined;
}

export class Server extends pulumi.ComponentResource {
  readonly function: LambdaFunction;
  readonly logs: LogGroup;

  constructor(
    stack: Stack,
    target: TargetPlan,
    surroundings: Surroundings,
    options: pulumi.ComponentResourceOptions,
  ) {
    super('mcpgw:server:Server', target.server, {}, options);
    const { settings } = stack.plan;
    this.logs = new LogGroup(
      target.server,
      {
        name: target.function.logGroup,
        retentionInDays: settings.logs.retentionDays,
        ...(settings.logs.kmsKey ? { kmsKeyId: settings.logs.kmsKey } : {}),
        tags: costTags(target),
      },
      { parent: this, ...groupOptions(stack, target.function.logGroup) },
    );
    const role = new ScopedRole(
      target.server,
      {
        name: target.function.roleName,
        description: `MCP server ${target.server} behind gateway ${stack.plan.gateway.name}`,
        trust: lambdaTrust(),
        policies: renderPolicies(
          executionStatements(stack.account, target, surroundings.network !== undefined),
        ),
        settings,
      },
      { parent: this },
    );
    this.function = this.#makeFunction(stack, target, role, surroundings);
    this.registerOutputs({ function: this.function.arn });
  }

  #makeFunction(
    stack: Stack,
    target: TargetPlan,
    role: ScopedRole,
    { layers, network }: Surroundings,
  ): LambdaFunction {
    const plan = target.function;
    return new LambdaFunction(
      target.server,
      {
        name: plan.name,
        description: target.description,
        role: role.role.arn,
        ...codeOf(stack, target, layers),
        architectures: [plan.architecture],
        memorySize: plan.memory,
        timeout: plan.timeout,
        environment: { variables: { [PROXY_VARIABLE]: encodeProxySettings(plan.proxy) } },
        loggingConfig: {
          logFormat: 'JSON',
          logGroup: this.logs.name,
          applicationLogLevel: 'INFO',
          systemLogLevel: 'INFO',
        },
        ...(network
          ? { vpcConfig: { subnetIds: network.subnetIds, securityGroupIds: network.securityGroupIds } }
          : {}),
        ...(plan.tracing ? { tracingConfig: { mode: 'Active' } } : {}),
        ...(plan.concurrency === undefined ? {} : { reservedConcurrentExecutions: plan.concurrency }),
        tags: costTags(target),
      },
      { parent: this, dependsOn: [...role.grants, ...(network?.ready ?? [])] },
    );
  }
}

/** What costs by use, by the server that uses it; the stack's tag is on everything. */
function costTags({ server }: TargetPlan): Record<string, string> {
  return { 'mcpgw:server': server };
}

/** Bucket and key of the artefact store, or an image: names only, so a preview needs no file. */
function codeOf(stack: Stack, { server, function: plan }: TargetPlan, layers: PythonLayers) {
  const tag = stack.artefacts.images[server];
  if (tag) return { packageType: 'Image', imageUri: imageUri(stack.account, IMAGE_REPOSITORY, tag) };
  const s3Key = stack.artefacts.packages[server];
  if (!s3Key) throw new Error(`no package for ${server}`);
  return {
    packageType: 'Zip',
    runtime: RUNTIME,
    handler: LAMBDA_HANDLER,
    layers: [layers.arnOf(plan.python, plan.architecture)],
    s3Bucket: stack.bucket,
    s3Key,
  };
}
