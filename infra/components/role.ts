/** A role with its permissions: inline while they fit, managed policies when they do not. */
import * as pulumi from '@pulumi/pulumi';
import type { Settings } from '../../plan/settings/settings.ts';
import { Policy, Role, RolePolicy, RolePolicyAttachment } from '../aws.ts';
import type { RenderedPolicies } from '../policies.ts';

export interface ScopedRoleArgs {
  name: string;
  description: string;
  /** The trust policy's text. */
  trust: string;
  policies: RenderedPolicies;
  settings: Settings;
}

export class ScopedRole extends pulumi.ComponentResource {
  readonly role: Role;
  /** What must exist before the role can do its work. */
  readonly grants: pulumi.Resource[];

  constructor(name: string, args: ScopedRoleArgs, options: pulumi.ComponentResourceOptions) {
    super('mcpgw:iam:ScopedRole', name, {}, options);
    const { settings, policies } = args;
    const child = { parent: this };
    this.role = new Role(
      name,
      {
        name: args.name,
        description: args.description,
        path: settings.names.iamPath,
        assumeRolePolicy: args.trust,
        ...(settings.permissionsBoundary ? { permissionsBoundary: settings.permissionsBoundary } : {}),
      },
      // A role that moves to another path keeps its name, which is unique.
      { ...child, deleteBeforeReplace: true },
    );
    const inline = policies.inline
      ? [new RolePolicy(name, { name: 'permissions', role: this.role.name, policy: policies.inline }, child)]
      : [];
    this.grants = [
      ...inline,
      ...policies.managed.map((text, index) => this.#attach(name, args, text, index + 1)),
    ];
    this.registerOutputs({ arn: this.role.arn });
  }

  #attach(name: string, args: ScopedRoleArgs, policy: string, number: number): RolePolicyAttachment {
    const child = { parent: this };
    const managed = new Policy(
      `${name}-${number}`,
      {
        name: `${args.name}-${number}`,
        path: args.settings.names.iamPath,
        description: args.description,
        policy,
      },
      child,
    );
    return new RolePolicyAttachment(
      `${name}-${number}`,
      { role: this.role.name, policyArn: managed.arn },
      child,
    );
  }
}
