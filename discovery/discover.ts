/** Discovery: find, classify, probe, read, write. What was done before for the same input is not done again. */
import { McpgwError } from '../plan/errors.ts';
import { matchesGlobs } from '../plan/globs.ts';
import type { Manifest } from '../plan/manifest.ts';
import { readManifest } from '../store/manifest.ts';
import type { Classified } from './classify/classify.ts';
import { readKnowledge } from './knowledge.ts';
import { offeredRemotes } from './offered.ts';
import { resolveSource } from './source/resolve.ts';
import type { DiscoverOptions, DiscoveryResult } from './types.ts';
import { recallRun, rememberRun, runKey } from './unchanged.ts';

export async function discover(options: DiscoverOptions): Promise<DiscoveryResult> {
  const note = (message: string): void => options.onProgress?.({ type: 'note', message });
  const resolved = await resolveSource(options, note);
  const absent = resolved.absent && { absent: resolved.absent };
  const book = await readKnowledge();
  resolved.scan.servers.push(...offeredRemotes(book, resolved.scan.servers));
  resolved.scan.servers.sort((a, b) => (a.id < b.id ? -1 : 1));
  const chosen = chooseServers(resolved.scan.servers, options.servers);
  const key = await runKey(options, resolved, chosen);
  // What a remote server lists can change any day.
  const known = options.account === undefined ? await recallRun(options.manifest, key) : undefined;
  if (known !== undefined) {
    note(`${resolved.description}: nothing changed since the manifest was written`);
    return { ...known, ...absent };
  }
  note(
    options.probe === false
      ? `${resolved.description}: reading only, nothing of it is executed`
      : `${resolved.description}: starting ${count(resolved.scan.servers, chosen)} servers to ask for their tools`,
  );
  // The SDK and the readers take longer to load than an unchanged run takes as a whole.
  const { runDiscovery } = await import('./run.ts');
  const before = await presentManifest(options.manifest);
  const result = await runDiscovery({ options, resolved, book, before, chosen });
  if (!options.check && options.account === undefined) await rememberRun(options.manifest, key, result);
  return { ...result, ...absent };
}

function chooseServers(servers: readonly Classified[], globs: readonly string[] | undefined): Set<string> {
  const ids = servers.filter(({ kind }) => kind !== 'library').map(({ id }) => id);
  if (globs === undefined) return new Set(ids);
  const missing = globs.filter((glob) => !servers.some((server) => matchesGlobs(server.id, [glob])));
  if (missing.length > 0) {
    throw new McpgwError('usage', `no server is called ${missing.join(' or ')}`, {
      hint: `servers are named as their directories, for example ${ids[0] ?? 'iam-mcp-server'}`,
    });
  }
  return new Set(ids.filter((id) => matchesGlobs(id, globs)));
}

function count(servers: readonly Classified[], chosen: ReadonlySet<string>): number {
  return servers.filter(({ id, kind }) => kind === 'stdio' && chosen.has(id)).length;
}

async function presentManifest(dir: string): Promise<Manifest | undefined> {
  try {
    return await readManifest(dir);
  } catch (error) {
    if (error instanceof McpgwError && error.code === 'manifest-missing') return undefined;
    throw error;
  }
}
