/** A server's target in the gateway: the function, and its tool schema by key in the artefact store. */
import type * as pulumi from '@pulumi/pulumi';
import type { RemoteTarget } from '../../plan/remotes.ts';
import type { TargetPlan } from '../../plan/types.ts';
import { AgentcoreGatewayTarget } from '../aws.ts';
import type { Stack } from '../stack.ts';
import type { TargetHome } from './gateway.ts';
import type { Server } from './server.ts';

/** A policy engine makes the service add a header of its own to each target (terraform-provider-aws#49374). */
const SET_BY_SERVICE = ['metadataConfiguration'];

export interface LambdaTargetArgs {
  /** Logical name. */
  key: string;
  gateway: TargetHome;
  server: Server;
  /** All earlier targets of its lane: a chain of neighbours would break when links are removed. */
  earlier: readonly pulumi.Resource[];
}

export function makeTarget(
  stack: Stack,
  target: TargetPlan,
  { key, gateway, server, earlier }: LambdaTargetArgs,
): AgentcoreGatewayTarget {
  return new AgentcoreGatewayTarget(
    key,
    {
      // Always given: an automatic name would leak into every tool's name.
      name: target.name,
      description: target.description,
      gatewayIdentifier: gateway.id,
      targetConfiguration: {
        mcp: {
          lambda: {
            lambdaArn: server.function.arn,
            toolSchema: {
              s3: { uri: `s3://${stack.bucket}/${target.schemaKey}`, bucketOwnerAccountId: stack.account.id },
            },
          },
        },
      },
      credentialProviderConfiguration: { gatewayIamRole: {} },
    },
    {
      parent: server,
      // Names are unique in a gateway.
      deleteBeforeReplace: true,
      ...(stack.plan.settings.policy ? { ignoreChanges: SET_BY_SERVICE } : {}),
      // Creation checks that the role may call the function and read the schema.
      dependsOn: [...gateway.grants, ...earlier],
    },
  );
}

/** A remote server: no function, no credentials of the gateway. */
export function makeRemoteTarget(
  remote: RemoteTarget,
  { gateway, earlier }: Pick<LambdaTargetArgs, 'gateway' | 'earlier'>,
  options: pulumi.ComponentResourceOptions,
): AgentcoreGatewayTarget {
  const provider = Array.isArray(options.providers) ? options.providers[0] : undefined;
  return new AgentcoreGatewayTarget(
    remote.server,
    {
      name: remote.name,
      description: remote.description,
      gatewayIdentifier: gateway.id,
      targetConfiguration: { mcp: { mcpServer: { endpoint: remote.endpoint } } },
    },
    {
      ...(provider ? { provider } : {}),
      deleteBeforeReplace: true,
      dependsOn: [...gateway.grants, ...earlier],
    },
  );
}
