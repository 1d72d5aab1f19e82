/** The names of a stack's artefacts. The program names bucket and key only, so a preview needs no file. */
import { gatewayUnits } from '../plan/gateways.ts';
import type { Plan, TargetPlan } from '../plan/types.ts';
import { handlerHash } from '../proxies/packaging/handler-bundle.ts';
import { interceptorKey } from '../proxies/packaging/interceptor-package.ts';
import { imageTag, layerKey, packageInputs, packageKey } from '../proxies/packaging/keys.ts';
import { artefactBucket } from '../store/artefacts.ts';

export interface ArtefactNames {
  /** Package key by server id, of the servers that a zip can hold. */
  packages: Readonly<Record<string, string>>;
  /** Image tag by server id, of the others. */
  images: Readonly<Record<string, string>>;
  /** Layer key by `layerName`. */
  layers: Readonly<Record<string, string>>;
  schemas: readonly string[];
  /** Package key of the gateways' interceptor, when they have one. */
  interceptor?: string;
}

export async function artefactNames(plan: Plan): Promise<ArtefactNames> {
  const handler = await handlerHash();
  const functions = plan.targets.filter(({ kind }) => kind === 'lambda');
  const [images, zips] = [true, false].map((image) =>
    functions.filter(({ function: { form } }) => (form === 'image') === image),
  ) as [TargetPlan[], TargetPlan[]];
  return {
    packages: Object.fromEntries(
      zips.map(({ server, entry }) => [server, packageKey(packageInputs(entry, handler))]),
    ),
    images: Object.fromEntries(
      images.map(({ server, entry }) => [server, imageTag(packageInputs(entry, handler))]),
    ),
    layers: Object.fromEntries(
      zips.map(({ function: { python, architecture } }) => [
        layerName(python, architecture),
        layerKey(python, architecture),
      ]),
    ),
    schemas: [...new Set(targetsOf(plan).map(({ schemaKey }) => schemaKey))],
    ...(plan.settings.observe.subject ? { interceptor: await interceptorKey() } : {}),
  };
}

/** Of all gateways: one server's target can have other tools in another toolset. */
export function targetsOf(plan: Plan): TargetPlan[] {
  return gatewayUnits(plan.settings, plan.targets).flatMap(({ targets }) => targets);
}

export function layerName(python: string, architecture: string): string {
  return `python-${python.replaceAll('.', '-')}-${architecture.replaceAll('_', '-')}`;
}

export function bucketOf(plan: Plan, account: string): string {
  return plan.settings.artefacts.bucket ?? artefactBucket(account, plan.region);
}

export function allKeys(names: ArtefactNames): string[] {
  const interceptor = names.interceptor === undefined ? [] : [names.interceptor];
  return [...Object.values(names.packages), ...Object.values(names.layers), ...names.schemas, ...interceptor];
}

/**
 * Images lie in one repository of the account and region, tagged by the hash of what they are made from. Its tags
 * cannot be moved, and Lambda keeps the digest that a tag had when the function was updated: a digest here would pin
 * nothing more, and a preview would need the image.
 */
export function imageUri(
  account: { id: string; region: string; dnsSuffix: string },
  repository: string,
  tag: string,
): string {
  return `${account.id}.dkr.ecr.${account.region}.${account.dnsSuffix}/${repository}:${tag}`;
}
