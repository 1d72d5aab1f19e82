/** Two manifests compared with the words that moved: definitions are read where they lie, and obtained where not. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Definitions, diffManifests, isEmptyDiff, type ManifestDiff } from '../plan/diff/diff.ts';
import { renderText } from '../plan/diff/text.ts';
import { McpgwError, messageOf } from '../plan/errors.ts';
import {
  type Manifest,
  type ManifestSource,
  type ServerEntry,
  sourceFor,
  type ToolDefinition,
} from '../plan/manifest.ts';
import { exportRevision } from '../store/git-revision.ts';
import { readDefinitions, readManifest, writeManifest } from '../store/manifest.ts';
import type { Output } from './output.ts';

export interface ManifestSide {
  manifest: Manifest;
  /** Where its definitions lie, if they do. */
  folder: string;
  /** What of it is compared, where that is not all; definitions are verified by the whole. */
  shown?: Manifest;
}

/** Gets the definitions of servers whose files are not there; what cannot be had is left out. */
export type Obtain = (source: ManifestSource, entries: readonly ServerEntry[]) => Promise<Definitions>;

export async function compare(old: ManifestSide, made: ManifestSide, obtain?: Obtain): Promise<ManifestDiff> {
  const [before, after] = [old.shown ?? old.manifest, made.shown ?? made.manifest];
  const rough = diffManifests(before, after);
  const changed = Object.entries(rough.servers).filter(([, { status }]) => status !== 'removed');
  const oldIds = changed.flatMap(([id, { status, from }]) => (status === 'added' ? [] : [from ?? id]));
  const newIds = changed.map(([id]) => id);
  const definitions = {
    old: await definitionsOf(old, oldIds, obtain),
    new: await definitionsOf(made, newIds, obtain),
  };
  return diffManifests(before, after, definitions);
}

/** `beside` stands in the JSON document with it. */
export async function reportDiff(
  old: ManifestSide,
  made: ManifestSide,
  out: Output,
  beside: object = {},
): Promise<ManifestDiff> {
  const diff = await compare(old, made);
  out.document({ ...diff, ...beside });
  out.print(isEmptyDiff(diff) ? 'nothing changed' : renderText(diff));
  return diff;
}

async function definitionsOf(
  { manifest, folder }: ManifestSide,
  ids: readonly string[],
  obtain: Obtain | undefined,
): Promise<Definitions> {
  const known: Record<string, ToolDefinition[]> = {};
  const missing: ServerEntry[] = [];
  for (const id of ids) {
    const entry = manifest.servers[id];
    if (!entry) continue;
    const found = await readIfThere(folder, entry);
    if (found) known[id] = found;
    else missing.push(entry);
  }
  if (missing.length === 0 || !obtain) return known;
  return { ...known, ...(await obtain(manifest.source, missing)) };
}

async function readIfThere(folder: string, entry: ServerEntry): Promise<ToolDefinition[] | undefined> {
  try {
    return await readDefinitions(folder, entry);
  } catch (error) {
    if (error instanceof McpgwError && error.code === 'definitions-missing') return undefined;
    throw error;
  }
}

/**
 * By installing and asking the servers as their manifest pins them; the answer must fit the manifest's hashes. What cannot be
 * had is told, and the diff goes on without those words. `clone`: a clone of the repository on this machine.
 */
export function obtainByProbing(out: Output, clone?: string): Obtain {
  return async (source, entries) => {
    const folder = await mkdtemp(join(tmpdir(), 'mcpgw-definitions-'));
    try {
      const own = source.type === 'git' && clone ? { ...source, repository: clone } : source;
      // Published packages one by one: one that is gone must not take the words of the others with it.
      const groups = Map.groupBy(entries, (entry) => {
        const { type } = sourceFor(own, entry);
        return type === 'pypi' ? entry.id : type;
      });
      const found: Record<string, ToolDefinition[]> = {};
      for (const [name, group] of groups) {
        const place = join(folder, name);
        const failed = await probe(place, own, group, out).then(() => undefined, messageOf);
        for (const entry of group) {
          const definitions = await readDefinitions(place, entry).catch((error: Error) => {
            out.note(`words of ${entry.id} are not known: ${failed ?? error.message}`);
            return undefined;
          });
          if (definitions) found[entry.id] = definitions;
        }
      }
      return found;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

async function probe(
  folder: string,
  source: ManifestSource,
  entries: readonly ServerEntry[],
  out: Output,
): Promise<void> {
  const { runDiscovery } = await import('./discovering.ts');
  const [first] = entries;
  const own = first && sourceFor(source, first);
  out.note(`asking ${entries.length} servers for their words, as pinned`);
  if (own?.type === 'git') {
    await writeManifest(folder, { source: own, servers: [], definitions: {} });
    await runDiscovery({ manifest: folder, servers: entries.map(({ id }) => id) }, out);
  } else if (own?.type === 'pypi') {
    const fromPypi = entries.flatMap(({ package: pinned }) =>
      pinned ? [`${pinned.name}==${pinned.version}`] : [],
    );
    await runDiscovery({ manifest: folder, fromPypi }, out);
  }
}

/** A manifest folder, or `git:REVISION`. */
export async function openSide(
  given: string,
  at: { root: string; folder(path: string): string },
): Promise<ManifestSide & { dispose(): Promise<void> }> {
  if (!given.startsWith('git:')) {
    const folder = at.folder(given);
    return { manifest: await readManifest(folder), folder, dispose: async () => {} };
  }
  const { folder, dispose } = await exportRevision(at.root, given.slice('git:'.length), 'manifest');
  try {
    return { manifest: await readManifest(folder), folder, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
