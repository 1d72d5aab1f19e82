/** At the start of a real update: what the store lacks is published, or the update stops with the list. */
import { McpgwError } from '../plan/errors.ts';
import type { ToolDefinition } from '../plan/manifest.ts';
import { targetSchema } from '../plan/target/schema.ts';
import type { Plan, TargetPlan } from '../plan/types.ts';
import { interceptorZip } from '../proxies/packaging/interceptor-package.ts';
import { type ArtefactStore, listMissing } from '../store/artefacts.ts';
import type { ImageStore } from '../store/images.ts';
import { type ArtefactNames, allKeys, targetsOf } from './artefacts.ts';

export interface Publishing {
  plan: Plan;
  names: ArtefactNames;
  store: ArtefactStore;
  /** Needed only where a server is an image. */
  images?: ImageStore | undefined;
  /** The full tool definitions of a target's server, checked against the manifest. */
  definitions(target: TargetPlan): Promise<ToolDefinition[]>;
  /** Builds and puts up packages, layers and images; whatever it leaves out is reported. */
  packages?(missing: readonly string[]): Promise<void>;
  onProgress(message: string): void;
}

export async function publishArtefacts(publishing: Publishing): Promise<void> {
  const { names, store, plan, onProgress } = publishing;
  const missing = await missingOf(publishing);
  if (missing.length === 0) return;
  onProgress(`publishing ${missing.length} artefacts that the store lacks`);
  const schemas = targetsOf(plan).filter(({ schemaKey }) => missing.includes(schemaKey));
  for (const target of schemas) {
    const tools = targetSchema(target, await publishing.definitions(target));
    await store.put(target.schemaKey, Buffer.from(JSON.stringify(tools)));
  }
  const { interceptor } = names;
  if (interceptor !== undefined && missing.includes(interceptor)) {
    await store.put(interceptor, await interceptorZip());
  }
  const others = missing.filter((key) => !names.schemas.includes(key) && key !== interceptor);
  if (others.length > 0) await publishing.packages?.(others);
  requirePresent(await missingOf(publishing), plan.stack);
}

/** Keys that the store lacks; an image's is where its context is staged, and ends with its tag. */
async function missingOf({ names, store, images }: Publishing): Promise<string[]> {
  const missing = await listMissing(store, allKeys(names));
  for (const [server, tag] of Object.entries(names.images)) {
    if (!(await images?.has(tag))) missing.push(`images/${server}/${tag}`);
  }
  return missing;
}

function requirePresent(missing: readonly string[], stack: string): void {
  if (missing.length === 0) return;
  const list = missing.map((key) => `\n  ${key}`).join('');
  throw new McpgwError('artefacts-missing', `the artefact store lacks:${list}`, {
    hint: `run \`mcpgw package --publish --stack ${stack}\`, then the update again; nothing was changed`,
  });
}
