/** discovery/signer.yaml: the pinned proxy that remote servers which want signed requests are reached through. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { z } from 'zod';
import { McpgwError } from '../plan/errors.ts';
import { serverSchema } from '../plan/manifest.ts';
import type { Classified } from './classify/classify.ts';
import { createEnvironment, type Environment } from './python/environment.ts';
import { stageSources } from './python/stage.ts';
import { scanCheckout } from './source/checkout.ts';
import { idOfPackage, layOutPackages } from './source/pypi.ts';

const schema = serverSchema
  .pick({ package: true, entrypoint: true, source: true, lock: true, build: true })
  .required();

export type Signer = z.infer<typeof schema>;

export async function readSigner(): Promise<Signer> {
  const text = await readFile(new URL('./signer.yaml', import.meta.url), 'utf8');
  return schema.parse(parse(text, { maxAliasCount: 0 }));
}

/** Installed as pinned, or refused. */
export async function installSigner(signer: Signer, note: (message: string) => void): Promise<Environment> {
  const { name, version, requiresPython } = signer.package;
  const { checkout } = await layOutPackages([`${name}==${version}`], note, false);
  const found = (await scanCheckout(checkout)).servers.find(({ id }) => id === idOfPackage(name));
  const sources = requirePinned(signer, found);
  return createEnvironment(
    {
      id: idOfPackage(name),
      source: signer.source,
      lock: signer.lock,
      script: signer.entrypoint.script,
      requiresPython,
      python: 'any',
      noHooks: false,
      files: {},
      extra: [],
    },
    await stageSources(found?.directory ?? '', sources),
  );
}

export function requirePinned(signer: Signer, found: Classified | undefined) {
  const sources = found?.sources;
  if (sources !== undefined && sources.hash === signer.source && sources.lock === signer.lock) return sources;
  const { name, version } = signer.package;
  throw new McpgwError('install-failed', `${name} ${version} is not what discovery/signer.yaml pins`, {
    hint: 'the package index serves other code under that version: do not use it before you know why',
  });
}
