/** `mcpgw verify`: is the deployed (or local) gateway what the manifest and the stack's settings say. */
import { EXIT, messageOf } from '../../plan/errors.ts';
import { defineCommand, type Invocation } from '../command.ts';
import { connectionTo } from '../connection.ts';
import { LOCAL, MANIFEST, STACK } from '../options.ts';
import { loadDefinitions, loadProject, type Project } from '../project.ts';

export const verify = defineCommand({
  name: 'verify',
  summary: 'compare a gateway with its plan: names, descriptions, schemas, target states; exit 6 on drift',
  options: { stack: STACK, local: LOCAL, manifest: MANIFEST },
  examples: ['mcpgw verify --stack prod', 'mcpgw verify --local'],
  async run({ options, out, root, cwd, env }) {
    const { verifyGateway } = await import('../verifying.ts');
    const connection = await connectionTo({ root, env, options });
    const project = await loadProject({
      root,
      cwd,
      stack: connection.stack,
      manifest: options.manifest ?? connection.manifest,
    });
    const states = options.stack === undefined ? undefined : await statesOf(project, { root, env, out });
    const definitions = await loadDefinitions(project).catch((error: unknown) => {
      out.note(`without definitions a difference is found, but not told in detail: ${messageOf(error)}`);
      return {};
    });
    const { tools, drift } = await verifyGateway(project.plan, connection, definitions, states);
    out.document({ url: connection.url, stack: connection.stack, tools, drift });
    for (const { at, kind, message } of drift) out.print(`${kind}  ${at}: ${message}`);
    out.print(
      drift.length === 0 ? `${connection.url} is as planned: ${tools} tools` : `${drift.length} differences`,
    );
    return drift.length === 0 ? EXIT.done : EXIT.drift;
  },
});

async function statesOf({ plan }: Project, { root, env, out }: Pick<Invocation, 'root' | 'env' | 'out'>) {
  const [{ awsAsker }, { targetStates }, { stackOutputs }] = await Promise.all([
    import('../deploying/aws.ts'),
    import('../verifying.ts'),
    import('../pulumi.ts'),
  ]);
  const outputs = (await stackOutputs(root, plan.stack, env)) as { gatewayId?: string };
  try {
    return await targetStates(awsAsker(env), plan.region, outputs.gatewayId ?? '');
  } catch (error) {
    out.note(`the states of targets could not be asked: ${messageOf(error)}`);
    return undefined;
  }
}
