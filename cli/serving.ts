/** Serves a plan on this machine, prints how to use it, and takes everything down on Ctrl-C or SIGTERM. */
import { once } from 'node:events';
import { resolve } from 'node:path';
import { prepareServer } from '../discovery/index.ts';
import { readBehaviour } from '../gateway/contract/read-behaviour.ts';
import { startGateway } from '../gateway/index.ts';
import { messageOf } from '../plan/errors.ts';
import type { LaunchSpec, Plan, TargetPlan } from '../plan/types.ts';
import { stateDir } from '../store/paths.ts';
import { openGatewayLog } from './gateway-log.ts';
import type { Output } from './output.ts';
import { loadDefinitions, type Project } from './project.ts';

const DEFAULT_PORT = 8808;

export interface ServeOptions {
  port: number | undefined;
  profile: string | undefined;
  verbose: boolean;
  checkout?: string | undefined;
  /** A call to show that works on this machine as it is. */
  firstCall?: { tool: string; arguments: string };
  out: Output;
  root: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
}

export async function serveProject(
  project: Project,
  options: ServeOptions,
): Promise<{ url: string; untilStopped: Promise<void> }> {
  const { out, root } = options;
  const checkout = options.checkout === undefined ? undefined : resolve(options.cwd, options.checkout);
  const prepare = (target: TargetPlan): Promise<LaunchSpec> =>
    prepareServer({
      entry: target.entry,
      source: project.manifest.source,
      ...(checkout !== undefined && { checkout }),
      onProgress: ({ message }) => out.status(message),
    });
  // before anything is installed: without them nothing can be served
  const definitions = await loadDefinitions(project);
  await prepareAll(project.plan, prepare, out);
  const behaviour = await readBehaviour(root, project.plan.stack);
  const log = await openGatewayLog(stateDir(root), out, options.verbose);
  const gateway = await startGateway({
    plan: project.plan,
    definitions,
    launch: prepare,
    port: options.port ?? DEFAULT_PORT,
    stateDir: stateDir(root),
    manifest: project.manifestDir,
    ...(options.profile !== undefined && { credentials: { profile: options.profile } }),
    signals: false,
    ...(behaviour && { behaviour }),
    log: log.write,
  });
  const { plan } = project;
  out.document({ url: gateway.url, issuer: gateway.issuer, stack: plan.stack, ...plan.totals });
  for (const line of usage(project, gateway.url, log.file, options.firstCall)) out.print(line);
  return {
    url: gateway.url,
    untilStopped: stopped()
      .then(() => gateway.close())
      .then(() => log.close()),
  };
}

async function stopped(): Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => once(process, name, { signal })));
  stop.abort();
}

/** Installs what is not installed yet, so that a first call waits for nothing but the server's own start. */
async function prepareAll(
  plan: Plan,
  prepare: (target: TargetPlan) => Promise<LaunchSpec>,
  out: Output,
): Promise<void> {
  for (const target of plan.targets) {
    await prepare(target).catch((thrown: unknown) => {
      out.note(`${target.name} cannot be installed now, its calls will fail: ${messageOf(thrown)}`);
    });
  }
}

/** A call that changes nothing and needs no arguments, if there is one. */
function someCall(plan: Plan): string | undefined {
  for (const target of plan.targets) {
    const tool = target.tools.find(
      ({ entry }) =>
        entry.access === 'read' && !Object.values(entry.parameters).some((type) => type.endsWith('!')),
    );
    if (tool) return `${target.name}/${tool.exposed}`;
  }
  return undefined;
}

function usage(
  { plan }: Project,
  url: string,
  logFile: string,
  firstCall: ServeOptions['firstCall'],
): string[] {
  const call = firstCall ? `${firstCall.tool} ${firstCall.arguments}`.trim() : someCall(plan);
  return [
    `${plan.targets.length} servers with ${plan.totals.tools} tools (stack ${plan.stack}) behind JWT at`,
    '',
    `  ${url}`,
    '',
    'From another shell in this folder:',
    '  a token   npx mcpgw token',
    '  tools     npx mcpgw tools',
    ...(call ? [`  a call    npx mcpgw call ${call}`] : []),
    '',
    `Every line of the servers' logs: ${logFile}`,
    'Ctrl-C stops the gateway and its servers.',
  ];
}
