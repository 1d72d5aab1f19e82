/** Makes a pinned server startable on this machine; at once when its environment is in the cache already. */
import { McpgwError } from '../plan/errors.ts';
import { type ManifestSource, type ServerEntry, sourceFor } from '../plan/manifest.ts';
import type { LaunchSpec } from '../plan/types.ts';
import { isDirectory } from './files.ts';
import { knowledgeOf, readKnowledge } from './knowledge.ts';
import {
  createEnvironment,
  type Environment,
  type EnvironmentInputs,
  existingEnvironment,
} from './python/environment.ts';
import { stagedFolder, stageSources } from './python/stage.ts';
import { scanCheckout } from './source/checkout.ts';
import { cloneRevision } from './source/git.ts';
import { idOfPackage, layOutPackages } from './source/pypi.ts';

export interface PrepareOptions {
  entry: ServerEntry;
  source: ManifestSource;
  /** Folder of a checkout, needed only for a manifest that was made from an unnamed folder. */
  checkout?: string;
  onProgress?: (event: { type: 'note'; message: string }) => void;
}

export async function prepareServer(options: PrepareOptions): Promise<LaunchSpec> {
  const { entry } = options;
  if (entry.kind === 'library' || entry.entrypoint === undefined || entry.source === undefined) {
    throw new McpgwError(
      'install-failed',
      `${entry.id} is a ${entry.kind} server: there is nothing to start`,
      {
        hint: 'only stdio servers, and the proxies of remote ones that want signed requests, run on this machine',
      },
    );
  }
  const knowledge = knowledgeOf(await readKnowledge(), entry.id);
  const inputs: EnvironmentInputs = {
    id: sourceId(entry),
    source: entry.source,
    lock: entry.lock,
    script: entry.entrypoint.script,
    requiresPython: entry.package?.requiresPython,
    python: 'any',
    noHooks: knowledge.noHooks,
    files: knowledge.files,
    extra: knowledge.extra,
  };
  // The environment that discovery probed serves as well: with the Python it recorded, or with the default.
  for (const python of [entry.probe?.python ?? '3.13', 'any']) {
    const present = await existingEnvironment({ ...inputs, python });
    if (present !== undefined) return launchOf(present);
  }
  options.onProgress?.({ type: 'note', message: `installing ${entry.id} ${entry.package?.version ?? ''}` });
  return launchOf(await createEnvironment(inputs, await stagedSources(options, entry.source)));
}

function launchOf({ command, args, env }: Environment): LaunchSpec {
  return { command, args, env };
}

/** The folder with a pinned server's pyproject.toml, uv.lock and package, as packaging needs it. */
export async function sourcesOf(options: PrepareOptions): Promise<string> {
  const { id, source } = options.entry;
  if (source !== undefined) return stagedSources(options, source);
  throw new McpgwError('manifest-invalid', `${id} has no pinned sources`, { hint: 'run `mcpgw discover`' });
}

async function stagedSources(
  options: PrepareOptions,
  hash: NonNullable<ServerEntry['source']>,
): Promise<string> {
  const staged = stagedFolder(hash);
  if (await isDirectory(staged)) return staged;
  const { entry } = options;
  const checkout = await obtainCheckout(options);
  const server = (await scanCheckout(checkout)).servers.find((candidate) => candidate.id === sourceId(entry));
  if (server?.sources?.hash !== hash || server.sources === undefined) {
    throw new McpgwError('install-failed', `${entry.id} in ${checkout} is not what the manifest pins`, {
      hint: 'run `mcpgw discover` on that source, or name the checkout that the manifest was made from',
    });
  }
  return stageSources(server.directory, server.sources);
}

/** The folder its code has in a source: of a signed remote server, that of the proxy. */
function sourceId(entry: ServerEntry): string {
  return entry.signing === undefined ? entry.id : idOfPackage(entry.package?.name ?? '');
}

async function obtainCheckout(options: PrepareOptions): Promise<string> {
  const { entry } = options;
  const note = (message: string): void => options.onProgress?.({ type: 'note', message });
  const source = sourceFor(options.source, entry);
  if (source.type === 'pypi') {
    const { name, version } = entry.package ?? { name: '', version: '' };
    return (await layOutPackages([`${name}==${version}`], note, true)).checkout;
  }
  if (options.checkout !== undefined) return options.checkout;
  if (source.type === 'git') return (await cloneRevision(source.repository, source.commit)).checkout;
  throw new McpgwError('usage', `the manifest does not say where ${entry.id} comes from`, {
    hint: 'name the checkout it was made from with --checkout DIR',
  });
}
