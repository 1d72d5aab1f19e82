/** A gateway of somebody else's: its role gets the right to call what is added, nothing else of it is touched. */
import * as pulumi from '@pulumi/pulumi';
import type { Settings } from '../../plan/settings/settings.ts';
import { Policy, RolePolicy, RolePolicyAttachment } from '../aws.ts';
import { gatewayPolicies, type TargetGrant } from '../policies.ts';
import type { Stack } from '../stack.ts';
import type { TargetHome } from './gateway.ts';

export type ExistingSettings = NonNullable<Settings['gateway']['existing']>;

export class ExistingGateway extends pulumi.ComponentResource implements TargetHome {
  readonly id: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly grants: pulumi.Resource[];

  constructor(
    existing: ExistingSettings,
    stack: Stack,
    grants: TargetGrant[],
    options: pulumi.ComponentResourceOptions,
  ) {
    super('mcpgw:gateway:ExistingGateway', 'gateway', {}, options);
    const name = `${stack.plan.gateway.name}-targets`;
    const { inline, managed } = gatewayPolicies(grants);
    const child = { parent: this };
    this.grants = [
      ...(inline ? [new RolePolicy('gateway', { name, role: existing.role, policy: inline }, child)] : []),
      ...managed.map((policy, index) => {
        const key = `gateway-${index + 1}`;
        const made = new Policy(key, { name: `${name}-${index + 1}`, policy }, child);
        return new RolePolicyAttachment(key, { role: existing.role, policyArn: made.arn }, child);
      }),
    ];
    const { region, dnsSuffix } = stack.account;
    this.id = pulumi.output(existing.id);
    this.url = pulumi.output(`https://${existing.id}.gateway.bedrock-agentcore.${region}.${dnsSuffix}/mcp`);
    this.registerOutputs({ gatewayUrl: this.url });
  }
}
