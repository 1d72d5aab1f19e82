/** Packages of a manifest's servers: their pinned sources, uv, and where what is built goes. */
import { join, resolve } from 'node:path';
import { ensureUv, sourcesOf } from '../discovery/index.ts';
import { matchesGlobs } from '../plan/globs.ts';
import type { Manifest, ServerEntry } from '../plan/manifest.ts';
import { type PackagingResult, packageServers } from '../proxies/packaging/index.ts';
import type { ArtefactStore } from '../store/artefacts.ts';
import type { ImageStore } from '../store/images.ts';
import { stateDir } from '../store/paths.ts';
import type { Output } from './output.ts';

export interface PackagingRequest {
  root: string;
  manifest: Manifest;
  entries: readonly ServerEntry[];
  /** Default: `artefacts` of the project's state folder. */
  folder?: string | undefined;
  checkout?: string | undefined;
  publish?: ArtefactStore;
  images?: ImageStore | undefined;
  testPython?: string | undefined;
  jobs?: number | undefined;
}

export async function packageEntries(
  request: PackagingRequest,
  out: Pick<Output, 'status' | 'note'>,
): Promise<PackagingResult> {
  const { root, manifest, entries, folder, checkout, publish, images, testPython, jobs } = request;
  return packageServers({
    entries,
    sourceOf: (entry) =>
      sourcesOf({
        entry,
        source: manifest.source,
        ...(checkout === undefined ? {} : { checkout }),
        onProgress: ({ message }) => out.status(message),
      }),
    uv: await ensureUv((line) => out.note(line)),
    out: folder ?? join(stateDir(root), 'artefacts'),
    ...(publish ? { publish } : {}),
    ...(images ? { images } : {}),
    ...(testPython === undefined ? {} : { testPython: resolve(testPython) }),
    ...(jobs === undefined ? {} : { jobs }),
    onProgress: ({ done, total, message }) => out.status(`[${done}/${total}] ${message}`),
  });
}

export function chooseEntries(manifest: Manifest, globs: readonly string[] | undefined): ServerEntry[] {
  return Object.values(manifest.servers).filter(({ id }) => globs === undefined || matchesGlobs(id, globs));
}

/** What could not be packaged, and what to do about it. */
export function failureText({ artefact, error }: PackagingResult['failed'][number]): string {
  return `failed ${artefact}: ${error.message}${error.hint ? `\n  hint: ${error.hint}` : ''}`;
}
