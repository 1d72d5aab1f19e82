/** `mcpgw verify`: is the deployed (or local) stack what the manifest and the stack's settings say. */
import { EXIT, messageOf } from '../../plan/errors.ts';
import type { Identity } from '../../plan/identity.ts';
import type { Plan } from '../../plan/types.ts';
import { defineCommand } from '../command.ts';
import {
  connectionTo,
  deployedGateways,
  type GatewayAccess,
  localGateways,
  outputsOf,
} from '../connection.ts';
import { LOCAL, MANIFEST, STACK } from '../options.ts';
import { loadDefinitions, loadProject, type Project } from '../project.ts';
import { placed } from '../recorded.ts';

export const verify = defineCommand({
  name: 'verify',
  summary: 'compare a gateway with its plan: names, descriptions, schemas, target states; exit 6 on drift',
  options: { stack: STACK, local: LOCAL, manifest: MANIFEST },
  examples: ['mcpgw verify --stack prod', 'mcpgw verify --local'],
  async run({ options, out, root, cwd, env }) {
    const { verifyGateways } = await import('../verifying.ts');
    const local =
      options.stack === undefined || options.local ? await connectionTo({ root, env, options }) : undefined;
    const project = await loadProject({
      root,
      cwd,
      stack: options.stack ?? local?.stack,
      manifest: options.manifest ?? local?.manifest,
    });
    const { plan, gateways } = local
      ? lying(project, local, localGateways)
      : lying(project, await outputsOf(root, project.plan.stack, env), deployedGateways);
    const ask = local ? undefined : (await import('../deploying/aws.ts')).awsAsker(env);
    const definitions = await loadDefinitions(project).catch((error: unknown) => {
      out.note(`without definitions a difference is found, but not told in detail: ${messageOf(error)}`);
      return {};
    });
    const verdict = await verifyGateways(plan, gateways, definitions, ask);
    const { drift, unasked } = verdict;
    out.document({ stack: plan.stack, ...verdict });
    for (const what of unasked) out.note(what);
    for (const { at, kind, message } of drift) out.print(`${kind}  ${at}: ${message}`);
    if (drift.length > 0) out.print(`${drift.length} difference${drift.length === 1 ? '' : 's'}`);
    else
      for (const { url, tools } of verdict.gateways)
        out.print(`${url} is as planned: ${tools === undefined ? 'its targets' : `${tools} tools`}`);
    return drift.length === 0 ? EXIT.done : EXIT.drift;
  },
});

/** Each target is looked for in the gateway where it is known to lie. */
function lying<Where extends { identity?: Identity | undefined }>(
  project: Project,
  where: Where,
  gatewaysOf: (where: Where, plan: Plan) => GatewayAccess[],
): { plan: Plan; gateways: GatewayAccess[] } {
  const { plan } = placed(project, where.identity);
  return { plan, gateways: gatewaysOf(where, plan) };
}
