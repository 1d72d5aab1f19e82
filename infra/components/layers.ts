/** Python for the functions: one layer a minor version and architecture, shared by all of them. */
import * as pulumi from '@pulumi/pulumi';
import { layerName } from '../artefacts.ts';
import { LayerVersion } from '../aws.ts';
import type { Stack } from '../stack.ts';

export class PythonLayers extends pulumi.ComponentResource {
  readonly #arns: Record<string, pulumi.Output<string>>;

  constructor(stack: Stack, options: pulumi.ComponentResourceOptions) {
    super('mcpgw:lambda:PythonLayers', 'layers', {}, options);
    const prefix = stack.plan.settings.names.prefix ?? stack.plan.gateway.name;
    const names = Object.entries(stack.artefacts.layers);
    this.#arns = Object.fromEntries(
      names.map(([name, s3Key]) => {
        const args = { layerName: `${prefix}-${name}`, s3Bucket: stack.bucket, s3Key };
        return [name, new LayerVersion(name, args, { parent: this }).arn];
      }),
    );
    this.registerOutputs({});
  }

  arnOf(python: string, architecture: string): pulumi.Output<string> {
    const arn = this.#arns[layerName(python, architecture)];
    if (!arn) throw new Error(`no layer for Python ${python} on ${architecture}`);
    return arn;
  }
}
