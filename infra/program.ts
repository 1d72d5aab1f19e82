/** The program of a stack: settings and manifest to a plan, its artefacts made sure of, and the plan rendered. */
import * as pulumi from '@pulumi/pulumi';
import { identityOf, placementOf } from '../plan/identity.ts';
import { createPlan, requireSound } from '../plan/plan.ts';
import type { Plan } from '../plan/types.ts';
import { accountStore } from '../store/artefacts.ts';
import { accountImages } from '../store/images.ts';
import { readDefinitions, readManifest } from '../store/manifest.ts';
import { projectRoot } from '../store/paths.ts';
import { releaseOf } from '../store/release.ts';
import { openAccount, requireNoDefaultProvider } from './account.ts';
import { type ArtefactNames, artefactNames, bucketOf } from './artefacts.ts';
import { identityOfLastUpdate, requireContinuity } from './continuity.ts';
import { manifestFolder } from './manifest-folder.ts';
import { publishArtefacts } from './publish.ts';
import { registerRenames } from './renamed.ts';
import { renderStack, type StackOutputs } from './render.ts';
import { groupsLeft } from './retained.ts';
import { settingsOfStack } from './settings.ts';
import { registerTransforms } from './transforms.ts';

export async function deployStack(): Promise<StackOutputs> {
  requireNoDefaultProvider(pulumi.runtime.allConfig());
  const settings = settingsOfStack();
  const manifest = await readManifest(manifestFolder());
  const before = await identityOfLastUpdate();
  const plan = createPlan(manifest, settings, placementOf(before, settings));
  requireSound(plan);
  requireContinuity(before, identityOf(plan), settings.gateway.allowReplace);
  const artefacts = await artefactNames(plan);
  await ensureArtefacts(plan, artefacts);
  const account = await openAccount(settings);
  registerRenames();
  registerTransforms(settings);
  const bucket = bucketOf(plan, account.id);
  const release = await releaseOf(projectRoot());
  return {
    ...renderStack({ plan, account, artefacts, bucket, groupsLeft: await groupsLeft(plan, account) }),
    ...(release && { release }),
  };
}

/** Before anything is registered. A preview needs no artefact; an imitated account has no store. */
async function ensureArtefacts(plan: Plan, names: ArtefactNames): Promise<void> {
  if (pulumi.runtime.isDryRun()) return;
  if (process.env.MCPGW_OFFLINE !== undefined) {
    await pulumi.log.info('offline: packages and tool schemas are named, not published');
    return;
  }
  await publishArtefacts({
    plan,
    names,
    store: await accountStore(plan.region, plan.settings.artefacts.bucket),
    images: Object.keys(names.images).length > 0 ? await accountImages(plan.region) : undefined,
    definitions: ({ entry }) => readDefinitions(manifestFolder(), entry),
    onProgress: (message) => void pulumi.log.info(message),
  });
}
