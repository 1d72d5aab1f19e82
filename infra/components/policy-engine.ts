/** The policy engine of a gateway and its Cedar policies: which client may call which tools. */
import * as pulumi from '@pulumi/pulumi';
import type { GatewayUnit } from '../../plan/gateways.ts';
import { type CedarPolicy, type Permit, policiesOf, statementOf } from '../../plan/policy/policy.ts';
import { engineName } from '../../plan/resource-names.ts';
import { AgentcorePolicy, AgentcorePolicyEngine } from '../aws.ts';
import type { Stack } from '../stack.ts';

/** Made before its gateway, which names it; its policies after the gateway's targets, whose tools they name. */
export class PolicyEngine extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly mode: 'LOG_ONLY' | 'ENFORCE';
  readonly #engine: AgentcorePolicyEngine;
  readonly #key: string;

  constructor(unit: GatewayUnit, stack: Stack, options: pulumi.ComponentResourceOptions) {
    super('mcpgw:gateway:PolicyEngine', unit.key, {}, options);
    const { policy, gateway } = stack.plan.settings;
    this.mode = policy?.mode === 'enforce' ? 'ENFORCE' : 'LOG_ONLY';
    this.#key = unit.key;
    this.#engine = new AgentcorePolicyEngine(
      unit.key,
      {
        name: engineName(unit.name),
        description: `Who may call which tools of gateway ${unit.name}`,
        ...(gateway.kmsKey ? { encryptionKeyArn: gateway.kmsKey } : {}),
      },
      // Names are unique in an account.
      { parent: this, deleteBeforeReplace: true },
    );
    this.arn = this.#engine.policyEngineArn;
    this.registerOutputs({ arn: this.arn });
  }

  /** The service checks a policy against the tools that the gateway has: `targets` come first. */
  addPolicies(
    permits: readonly Permit[],
    gatewayArn: pulumi.Output<string>,
    clientIds: Readonly<Record<string, pulumi.Input<string>>>,
    targets: readonly pulumi.Resource[],
  ): void {
    const place = pulumi
      .all([gatewayArn, clientIds])
      .apply(([arn, ids]) => ({ gatewayArn: arn, clientIds: ids }));
    for (const policy of policiesOf(permits)) this.#addPolicy(policy, place, targets);
  }

  #addPolicy(
    policy: CedarPolicy,
    place: pulumi.Output<{ gatewayArn: string; clientIds: Record<string, string> }>,
    targets: readonly pulumi.Resource[],
  ): void {
    new AgentcorePolicy(
      `${this.#key}-${policy.name}`,
      {
        name: policy.name,
        policyEngineId: this.#engine.policyEngineId,
        definition: { cedar: { statement: place.apply((known) => statementOf(policy, known)) } },
      },
      { parent: this, dependsOn: [...targets], deleteBeforeReplace: true },
    );
  }
}
