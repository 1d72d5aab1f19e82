/** What a deployment on AWS is made of: checks, artefacts, the client that looks at the result. */
import { connect, getToken } from '../../gateway/client.ts';
import { artefactNames } from '../../infra/artefacts.ts';
import { publishArtefacts } from '../../infra/publish.ts';
import { McpgwError, messageOf } from '../../plan/errors.ts';
import { fullToolName } from '../../plan/names.ts';
import type { Plan } from '../../plan/types.ts';
import { accountStore } from '../../store/artefacts.ts';
import { readDefinitions } from '../../store/manifest.ts';
import { connectionTo } from '../connection.ts';
import { loadDefinitions, type Project } from '../project.ts';
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

export async function publishTo(project: Project, say: (text: string) => void): Promise<void> {
  const { plan, manifestDir } = project;
  await publishArtefacts({
    plan,
    names: await artefactNames(plan),
    store: await accountStore(plan.region, plan.settings.artefacts.bucket),
    definitions: ({ entry }) => readDefinitions(manifestDir, entry),
    onProgress: say,
  });
}

export interface Checked {
  url: string;
  tools: number;
  calls: FirstCall[];
}

/** A gateway's tools must be the plan's, name by name; then the first calls. Throws drift. */
export async function checkGateway(
  plan: Plan,
  connection: { url: string; tokenUrl: string; clientId: string; clientSecret: string; scope: string },
): Promise<Checked> {
  const token = await getToken(connection);
  const { url } = connection;
  const gateway = await connect({ url, token });
  const listed = await gateway.listTools().finally(() => gateway.close());
  const names = new Set(listed.map(({ name }) => name).filter((name) => !name.startsWith('x_amz_')));
  const planned = plan.targets.flatMap((target) =>
    target.tools.map((tool) => fullToolName(target.name, tool.exposed)),
  );
  const missing = planned.filter((name) => !names.has(name));
  const foreign = [...names].filter((name) => !planned.includes(name));
  if (missing.length + foreign.length > 0) {
    const short = (all: string[]) =>
      `${all.slice(0, 5).join(', ')}${all.length > 5 ? ` and ${all.length - 5} more` : ''}`;
    throw new McpgwError(
      'drift',
      `the gateway does not list what was planned${missing.length > 0 ? `; missing: ${short(missing)}` : ''}${
        foreign.length > 0 ? `; not planned: ${short(foreign)}` : ''
      }`,
      { hint: `\`mcpgw verify --stack ${plan.stack}\` compares everything` },
    );
  }
  return { url, tools: names.size, calls: await firstCalls(plan, { url, token }) };
}

/** By the stack's outputs, secrets included; a new domain's name takes up to a minute to be known. */
export async function checkStack(plan: Plan, root: string, env: NodeJS.ProcessEnv): Promise<Checked> {
  const connection = await connectionTo({ root, env, options: { stack: plan.stack, local: false } });
  for (let left = DOMAIN_TRIES; ; left -= 1) {
    try {
      return await checkGateway(plan, connection);
    } catch (error) {
      const unreachable = error instanceof McpgwError && error.code === 'unreachable';
      if (!unreachable || left === 0) throw error;
      await new Promise((done) => setTimeout(done, 10_000));
    }
  }
}

const DOMAIN_TRIES = 12;
