/** What a deployment on AWS is made of: checks, artefacts, the client that looks at the result. */
import { getToken } from '../../gateway/client.ts';
import type { TargetState } from '../../gateway/verify.ts';
import { artefactNames } from '../../infra/artefacts.ts';
import { publishArtefacts } from '../../infra/publish.ts';
import { McpgwError, messageOf } from '../../plan/errors.ts';
import type { ToolDefinition } from '../../plan/manifest.ts';
import type { Plan } from '../../plan/types.ts';
import { accountStore } from '../../store/artefacts.ts';
import { accountImages } from '../../store/images.ts';
import { readDefinitions } from '../../store/manifest.ts';
import { connectionTo } from '../connection.ts';
import type { Output } from '../output.ts';
import { packageEntries } from '../packaging.ts';
import { loadDefinitions, type Project } from '../project.ts';
import { targetStates, verifyGateway } from '../verifying.ts';
import { awsAsker } from './aws.ts';
import { awsChecks, whoAmI } from './aws-checks.ts';
import type { Driver } from './driver.ts';
import { type FirstCall, firstCalls } from './first-calls.ts';
import { backendCheck, type Check, definitionsCheck, type Preflight, preflight } from './preflight.ts';

/** Local checks always, AWS's when it is no rehearsal. */
export async function runPreflight(
  project: Project,
  driver: Driver,
  env: NodeJS.ProcessEnv,
  present: Record<string, unknown> | undefined,
): Promise<Preflight> {
  const { plan } = project;
  const local: Check[] = [backendCheck, definitionsCheck(() => loadDefinitions(project))];
  if (driver.rehearsal) {
    const made = await preflight(local, { plan, driver, present });
    return { ...made, unchecked: [...made.unchecked, 'a rehearsal: there is no account to ask'] };
  }
  const ask = awsAsker(env);
  try {
    const caller = await whoAmI(ask, plan.region);
    return await preflight([...local, ...awsChecks(ask)], { plan, driver, caller, present });
  } catch (error) {
    const made = await preflight(local, { plan, driver, present });
    const hint = 'sign in (`aws sso login`, AWS_PROFILE) and try `aws sts get-caller-identity`';
    const problem = {
      check: 'credentials',
      message: `no AWS credentials that work: ${messageOf(error)}`,
      hint,
    };
    return { ...made, problems: [problem, ...made.problems] };
  }
}

/** Packages, layers and schemas: only what the store lacks is built and put up. */
export async function publishTo(
  project: Project,
  root: string,
  out: Pick<Output, 'status' | 'note'>,
): Promise<void> {
  const { plan, manifest, manifestDir } = project;
  const store = await accountStore(plan.region, plan.settings.artefacts.bucket);
  const names = await artefactNames(plan);
  const images = Object.keys(names.images).length > 0 ? await accountImages(plan.region) : undefined;
  await publishArtefacts({
    plan,
    names,
    store,
    images,
    definitions: ({ entry }) => readDefinitions(manifestDir, entry),
    packages: async () => {
      const entries = plan.targets.map(({ entry }) => entry);
      const { failed } = await packageEntries({ root, manifest, entries, publish: store, images }, out);
      for (const { artefact, error } of failed) out.note(`failed ${artefact}: ${error.message}`);
    },
    onProgress: (text) => out.note(text),
  });
}

export interface Checked {
  url: string;
  tools: number;
  calls: FirstCall[];
}

/** A gateway's tools and targets must be the plan's; then the first calls. Throws drift. */
export async function checkGateway(
  plan: Plan,
  connection: { url: string; tokenUrl: string; clientId: string; clientSecret: string; scope: string },
  definitions: Readonly<Record<string, readonly ToolDefinition[]>>,
  states?: readonly TargetState[],
): Promise<Checked> {
  const { tools, drift } = await verifyGateway(plan, connection, definitions, states);
  if (drift.length > 0) {
    const lines = drift.slice(0, 10).map(({ at, kind, message }) => `\n  ${kind} ${at}: ${message}`);
    const more = drift.length > 10 ? `\n  and ${drift.length - 10} more` : '';
    throw new McpgwError('drift', `the gateway is not what was planned:${lines.join('')}${more}`, {
      hint: `\`mcpgw verify --stack ${plan.stack}\` compares everything`,
    });
  }
  const { url } = connection;
  const token = await getToken(connection);
  return { url, tools, calls: await firstCalls(plan, { url, token }) };
}

/** By the stack's outputs, secrets included; a new domain's name takes up to a minute to be known. */
export async function checkStack(
  project: Project,
  root: string,
  env: NodeJS.ProcessEnv,
  gatewayId: unknown,
): Promise<Checked> {
  const { plan } = project;
  const definitions = await loadDefinitions(project);
  const states = await targetStates(awsAsker(env), plan.region, String(gatewayId));
  const connection = await connectionTo({ root, env, options: { stack: plan.stack, local: false } });
  for (let left = DOMAIN_TRIES; ; left -= 1) {
    try {
      return await checkGateway(plan, connection, definitions, states);
    } catch (error) {
      const unreachable = error instanceof McpgwError && error.code === 'unreachable';
      if (!unreachable || left === 0) throw error;
      await new Promise((done) => setTimeout(done, 10_000));
    }
  }
}

const DOMAIN_TRIES = 12;
