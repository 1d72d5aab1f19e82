/** What a deployment on AWS begins with: checks and artefacts. */
import { artefactNames } from '../../infra/artefacts.ts';
import { publishArtefacts } from '../../infra/publish.ts';
import { messageOf } from '../../plan/errors.ts';
import { accountStore } from '../../store/artefacts.ts';
import { accountImages } from '../../store/images.ts';
import { readDefinitions } from '../../store/manifest.ts';
import { readStackConfig } from '../../store/stackfile.ts';
import type { Output } from '../output.ts';
import { failureText, packageEntries } from '../packaging.ts';
import { loadDefinitions, type Project } from '../project.ts';
import { awsAsker } from './aws.ts';
import { awsChecks, whoAmI } from './aws-checks.ts';
import type { Driver } from './driver.ts';
import { backendCheck, type Check, definitionsCheck, type Preflight, preflight } from './preflight.ts';
import { releaseCheck } from './release-check.ts';
import { secretsCheck } from './secrets-check.ts';
import type { StackState } from './state.ts';

/** Local checks always, AWS's when it is no rehearsal. */
export async function runPreflight(
  project: Project,
  driver: Driver,
  env: NodeJS.ProcessEnv,
  state: StackState,
  { root, rollBack = false }: { root: string; rollBack?: boolean },
): Promise<Preflight> {
  const { plan } = project;
  const local: Check[] = [
    backendCheck,
    definitionsCheck(() => loadDefinitions(project)),
    ...(rollBack ? [] : [releaseCheck(root)]),
  ];
  if (driver.rehearsal) {
    const made = await preflight(local, { plan, driver, state });
    return { ...made, unchecked: [...made.unchecked, 'a rehearsal: there is no account to ask'] };
  }
  const { secretsProvider } = await readStackConfig(root, plan.stack);
  local.push(secretsCheck(secretsProvider, env));
  const ask = awsAsker(env);
  try {
    const caller = await whoAmI(ask, plan.region);
    return await preflight([...local, ...awsChecks(ask)], { plan, driver, caller, state });
  } catch (error) {
    const made = await preflight(local, { plan, driver, state });
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
      for (const failure of failed) out.note(failureText(failure));
    },
    onProgress: (text) => out.note(text),
  });
}
