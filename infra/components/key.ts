/** A key of the stack's own, with the name that people look for. Rotated every year. */
import * as pulumi from '@pulumi/pulumi';
import { Alias, Key } from '../aws.ts';

export interface ServiceKeyArgs {
  /** After `alias/`. */
  alias: string;
  description: string;
  policy: string;
  /** It outlives the stack, as what it encrypted does. */
  retain?: boolean;
}

export class ServiceKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ServiceKeyArgs, options: pulumi.ComponentResourceOptions) {
    super('mcpgw:kms:ServiceKey', name, {}, options);
    const child = { parent: this, ...(args.retain ? { retainOnDelete: true } : {}) };
    const { alias, description, policy } = args;
    const key = new Key(
      name,
      { description, policy, enableKeyRotation: true, deletionWindowInDays: 30 },
      child,
    );
    new Alias(name, { name: `alias/${alias}`, targetKeyId: key.keyId }, child);
    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
