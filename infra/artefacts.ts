/** The names of a stack's artefacts. The program names bucket and key only, so a preview needs no file. */

import type { Plan } from '../plan/types.ts';
import { handlerHash } from '../proxies/packaging/handler-bundle.ts';
import { layerKey, packageInputs, packageKey } from '../proxies/packaging/keys.ts';
import { artefactBucket } from '../store/artefacts.ts';

export interface ArtefactNames {
  /** Package key by server id. */
  packages: Readonly<Record<string, string>>;
  /** Layer key by `layerName`. */
  layers: Readonly<Record<string, string>>;
  schemas: readonly string[];
}

export async function artefactNames(plan: Plan): Promise<ArtefactNames> {
  const handler = await handlerHash();
  const functions = plan.targets.filter(({ kind }) => kind === 'lambda');
  return {
    packages: Object.fromEntries(
      functions.map(({ server, entry }) => [server, packageKey(packageInputs(entry, handler))]),
    ),
    layers: Object.fromEntries(
      functions.map(({ function: { python, architecture } }) => [
        layerName(python, architecture),
        layerKey(python, architecture),
      ]),
    ),
    schemas: functions.map(({ schemaKey }) => schemaKey),
  };
}

export function layerName(python: string, architecture: string): string {
  return `python-${python.replaceAll('.', '-')}-${architecture.replaceAll('_', '-')}`;
}

export function bucketOf(plan: Plan, account: string): string {
  return plan.settings.artefacts.bucket ?? artefactBucket(account, plan.region);
}

export function allKeys(names: ArtefactNames): string[] {
  return [...Object.values(names.packages), ...Object.values(names.layers), ...names.schemas];
}
