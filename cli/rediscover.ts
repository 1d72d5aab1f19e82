/**
 * Moves servers of a manifest to other versions: discovery runs into a temporary folder, and what it found is merged
 * here, so that a dry run sees the very diff that a real one writes.
 */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AbsentPackage, DiscoverOptions } from '../discovery/index.ts';
import { McpgwError } from '../plan/errors.ts';
import {
  formatServer,
  formatSource,
  type Manifest,
  type ManifestSource,
  type ServerEntry,
  sourceFor,
} from '../plan/manifest.ts';
import { readDefinitions, readManifest, writeManifest } from '../store/manifest.ts';
import { runDiscovery } from './discovering.ts';
import type { Output } from './output.ts';

export interface Pin {
  id: string;
  /** Name of its package on PyPI. */
  name: string;
  /** Newest when left out. */
  version?: string | undefined;
}

export interface Left {
  id: string;
  reason: string;
}

export interface Rediscovery {
  before: Manifest;
  after: Manifest;
  /** Folder that holds the definitions of what was found. */
  folder: string;
  /** Servers that stay as they are, because nothing could be obtained to move them to. */
  left: Left[];
  /** Writes `after` into the manifest folder, or into a copy of it; returns the files that changed. */
  apply(folder?: string): Promise<string[]>;
  dispose(): Promise<void>;
}

/** Servers as published, at the given versions. */
export function repin(manifestDir: string, pins: readonly Pin[], out: Output): Promise<Rediscovery> {
  return published(manifestDir, pins, out, ({ servers }) => servers);
}

/** Every server that has a package at its newest published version; what is published as it stands gets no pin. */
export async function renewPublished(manifestDir: string, out: Output): Promise<Rediscovery> {
  const present = await readManifest(manifestDir);
  const pins = pinsOf(
    present,
    // a remote server's package is the signing proxy, which all of them share
    Object.values(present.servers).flatMap(({ id, kind, package: own }) =>
      own && kind !== 'remote' ? [id] : [],
    ),
  );
  return published(manifestDir, pins, out, (found, before) =>
    pick(found.servers, (id) => isPinned(before, id) || !isSame(found.servers[id], before.servers[id])),
  );
}

function published(
  manifestDir: string,
  pins: readonly Pin[],
  out: Output,
  choose: (found: Manifest, before: Manifest) => Manifest['servers'],
): Promise<Rediscovery> {
  const fromPypi = pins.map(({ name, version }) => (version === undefined ? name : `${name}==${version}`));
  return rediscover(manifestDir, out, { fromPypi, leaveOut: true }, (before, found) => {
    const chosen = choose(found, before);
    const names = new Set(Object.values(chosen).map((entry) => entry.package?.name));
    return {
      source: withPackages(before.source, {
        ...packagesOf(before.source),
        ...pick(packagesOf(found.source), (name) => names.has(name)),
      }),
      servers: { ...before.servers, ...chosen },
    };
  });
}

function isSame(one: ServerEntry | undefined, other: ServerEntry | undefined): boolean {
  return one !== undefined && other !== undefined && formatServer(one) === formatServer(other);
}

/** Servers as the manifest's commit has them: pinned ones back, or ones it does not hold yet. */
export function fromCommit(manifestDir: string, ids: readonly string[], out: Output): Promise<Rediscovery> {
  const unpinned = ({ source, servers }: Manifest): ManifestSource => {
    const names = new Set(ids.map((id) => servers[id]?.package?.name));
    return withPackages(
      source,
      pick(packagesOf(source), (name) => !names.has(name)),
    );
  };
  const merge = (before: Manifest, found: Manifest) => {
    if (before.source.type !== 'git') throw notOfCommit();
    const chosen = pick(found.servers, (id) => ids.includes(id));
    return { source: unpinned(before), servers: { ...before.servers, ...chosen } };
  };
  // discovery keeps to the pins that it finds
  return rediscover(manifestDir, out, { servers: [...ids] }, merge, unpinned);
}

/** The whole source at `ref` (newest when left out): the repository's commit, or every package's newest version. */
export async function renew(manifestDir: string, ref: string | undefined, out: Output): Promise<Rediscovery> {
  const { source } = await readManifest(manifestDir);
  if (source.type === 'pypi' && ref === undefined) return renewPublished(manifestDir, out);
  if (source.type === 'pypi') throw notOfCommit();
  return rediscover(manifestDir, out, { ref: ref ?? 'HEAD' }, (before, found) => ({
    source: withPackages(found.source, packagesOf(before.source)),
    servers: { ...found.servers, ...pick(before.servers, (id) => isPinned(before, id)) },
  }));
}

async function rediscover(
  manifestDir: string,
  out: Output,
  what: Pick<DiscoverOptions, 'fromPypi' | 'leaveOut' | 'ref' | 'servers'>,
  merge: (before: Manifest, found: Manifest) => Manifest,
  sourceOf: (before: Manifest) => ManifestSource = ({ source }) => source,
): Promise<Rediscovery> {
  const before = await readManifest(manifestDir);
  const made = await mkdtemp(join(tmpdir(), 'mcpgw-update-'));
  const folder = join(made, 'manifest');
  const dispose = () => rm(made, { recursive: true, force: true });
  try {
    // what the present manifest pins (repository, commit, unchanged servers) counts unless packages are named
    if (what.fromPypi === undefined) {
      await cp(manifestDir, folder, { recursive: true });
      await writeFile(join(folder, 'source.yaml'), formatSource(sourceOf(before)));
    }
    const { absent = [] } = await runDiscovery({ ...what, manifest: folder }, out);
    const found = await readManifest(folder);
    const merged = merge(before, found);
    const after = { source: merged.source, servers: sorted(merged.servers) };
    return {
      ...{ before, after, folder, left: leftOf(before, absent), dispose },
      apply: (to = manifestDir) => write(to, after, found, folder),
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** By server, as the reader of the manifest knows it. */
function leftOf({ servers }: Manifest, absent: readonly AbsentPackage[]): Left[] {
  return absent.map(({ name, reason }) => {
    const own = Object.values(servers).find((entry) => entry.package?.name === name);
    return { id: own?.id ?? name, reason };
  });
}

async function write(dir: string, after: Manifest, found: Manifest, folder: string): Promise<string[]> {
  const all = Object.values(after.servers);
  const fresh = all.filter((entry) => found.servers[entry.id] === entry);
  const definitions = await Promise.all(
    fresh.map(async (entry) => [entry.id, await readDefinitions(folder, entry)] as const),
  );
  const { written, removed } = await writeManifest(dir, {
    source: after.source,
    servers: fresh,
    definitions: Object.fromEntries(definitions),
    keep: all.filter((entry) => !fresh.includes(entry)).map((entry) => entry.id),
  });
  return [...written, ...removed];
}

/** The pins of servers the manifest has. Throws usage for one without a package of its own. */
export function pinsOf(manifest: Manifest, ids: readonly string[], version?: string): Pin[] {
  return ids.map((id) => {
    const entry = manifest.servers[id];
    const name = entry?.package?.name;
    if (entry?.kind === 'remote') {
      throw new McpgwError('usage', `${id} is run by AWS, so there is no version to move to`, {
        hint: 'its requests are signed by a package that discovery/signer.yaml pins; leave it out',
      });
    }
    if (name !== undefined) return { id, name, version };
    throw new McpgwError('usage', `${id} has no package, so no version to move to`, {
      hint: 'only servers with a Python package can be updated',
    });
  });
}

/** Whether the server is pinned away from the manifest's commit. */
export function isPinned(manifest: Manifest, id: string): boolean {
  const entry = manifest.servers[id];
  return entry !== undefined && sourceFor(manifest.source, entry) !== manifest.source;
}

function notOfCommit(): McpgwError {
  return new McpgwError('usage', 'this manifest is not of a git commit, so there is none to go back to', {
    hint: 'name a version: mcpgw update SERVER --to VERSION',
  });
}

function packagesOf(source: ManifestSource): Record<string, string> {
  return source.type === 'folder' ? {} : (source.packages ?? {});
}

function withPackages(source: ManifestSource, packages: Record<string, string>): ManifestSource {
  if (source.type === 'folder') return source;
  if (source.type === 'pypi') return { ...source, packages: sorted(packages) };
  const { packages: _, ...git } = source;
  return Object.keys(packages).length === 0 ? git : { ...git, packages: sorted(packages) };
}

function pick<T>(record: Readonly<Record<string, T>>, test: (key: string) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => test(key)));
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
