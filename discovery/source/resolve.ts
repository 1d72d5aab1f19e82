/** Where servers come from in this run: a folder, published packages, or a commit of the repository. */
import { McpgwError } from '../../plan/errors.ts';
import { MANIFEST_FORMAT, type Manifest, type ManifestSource } from '../../plan/manifest.ts';
import { readManifest } from '../../store/manifest.ts';
import type { AbsentPackage, DiscoverOptions } from '../types.ts';
import { type CheckoutScan, scanCheckout } from './checkout.ts';
import { cloneRevision, DEFAULT_REPOSITORY, type GitFacts, gitFacts } from './git.ts';
import { layOutPackages } from './pypi.ts';

export interface ResolvedSource {
  checkout: string;
  source: ManifestSource;
  scan: CheckoutScan;
  /** In words, for the line before anything is executed. */
  description: string;
  warnings: string[];
  absent?: AbsentPackage[];
}

export async function resolveSource(
  options: Pick<DiscoverOptions, 'checkout' | 'fromPypi' | 'leaveOut' | 'ref' | 'manifest' | 'probe'>,
  onProgress: (message: string) => void,
): Promise<ResolvedSource> {
  const mayBuild = options.probe !== false;
  if (options.fromPypi !== undefined)
    return fromPackages(options.fromPypi, onProgress, mayBuild, options.leaveOut);
  if (options.checkout !== undefined) return fromFolder(options.checkout);
  const pinned = await pinnedSource(options.manifest);
  if (pinned?.type === 'pypi' && options.ref === undefined) {
    return fromPackages(
      Object.entries(pinned.packages).map(([name, version]) => `${name}==${version}`),
      onProgress,
      mayBuild,
    );
  }
  const repository = pinned?.type === 'git' ? pinned.repository : DEFAULT_REPOSITORY;
  const revision = options.ref ?? (pinned?.type === 'git' ? pinned.commit : 'main');
  onProgress(`fetching ${repository} at ${revision}`);
  const { checkout, commit } = await cloneRevision(repository, revision);
  const scan = await scanCheckout(checkout);
  return {
    checkout,
    source: { formatVersion: MANIFEST_FORMAT, type: 'git', repository, commit },
    scan,
    description: `${repository} at ${commit}`,
    warnings: [],
  };
}

async function fromPackages(
  wanted: readonly string[],
  onProgress: (message: string) => void,
  mayBuild: boolean,
  leaveOut = false,
): Promise<ResolvedSource> {
  const { checkout, packages, notes, absent } = await layOutPackages(wanted, onProgress, mayBuild, leaveOut);
  const scan = await scanCheckout(checkout);
  return {
    checkout,
    source: { formatVersion: MANIFEST_FORMAT, type: 'pypi', packages },
    scan,
    description: `${Object.keys(packages).length} published packages`,
    warnings: notes,
    absent,
  };
}

async function fromFolder(checkout: string): Promise<ResolvedSource> {
  const scan = await scanCheckout(checkout);
  const git = await gitFacts(checkout);
  const edited = git === undefined ? [] : editedServers(scan, git);
  if (git !== undefined && edited.length === 0) {
    const { repository, commit } = git;
    return {
      checkout,
      source: { formatVersion: MANIFEST_FORMAT, type: 'git', repository, commit },
      scan,
      description: `${checkout} at ${commit}`,
      warnings: [],
    };
  }
  const warning =
    git === undefined
      ? `${checkout} is no git checkout: the manifest cannot say where it came from`
      : `${checkout} differs from commit ${git.commit} in ${edited.join(', ')}: the manifest does not name a commit`;
  return {
    checkout,
    source: { formatVersion: MANIFEST_FORMAT, type: 'folder' },
    scan,
    description: checkout,
    warnings: [warning],
  };
}

/** Servers whose hashed files are not those of the commit. */
function editedServers(scan: CheckoutScan, git: GitFacts): string[] {
  const edited = scan.servers.filter((server) => {
    const blobs = Object.entries(server.sources?.blobs ?? {});
    return blobs.some(([file, blob]) => git.blobs.get(`src/${server.id}/${file}`) !== blob);
  });
  return edited.map((server) => server.id);
}

async function pinnedSource(manifest: string): Promise<ManifestSource | undefined> {
  let read: Manifest;
  try {
    read = await readManifest(manifest);
  } catch (error) {
    if (error instanceof McpgwError && error.code === 'manifest-missing') return undefined;
    throw error;
  }
  if (read.source.type !== 'folder') return read.source;
  throw new McpgwError('usage', `${manifest} was made from a folder that it does not name`, {
    hint: 'name a source: --checkout DIR, --from-pypi NAME or --ref REVISION',
  });
}
