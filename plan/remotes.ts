/**
 * Remote servers as targets of their own: AWS runs them, the gateway passes calls on. Only those the settings name,
 * as what is asked leaves the account; only those that need no authorisation of their own. The others get a function
 * (plan/signed-remotes.ts).
 */
import type { Manifest, ServerEntry } from './manifest.ts';
import { defaultTargetName, TARGET_NAME } from './names.ts';
import { didYouMean } from './nearest.ts';
import { laneOf } from './resource-names.ts';
import type { Settings } from './settings/settings.ts';
import { isSigned } from './signed-remotes.ts';
import type { Problem } from './types.ts';

export interface RemoteTarget {
  server: string;
  name: string;
  description: string;
  endpoint: string;
  lane: number;
}

/** Answers without any authorisation (facts of November 2026). */
const OPEN = ['aws-knowledge-mcp-server'];

export function remoteTargets(
  manifest: Manifest,
  settings: Settings,
): { remotes: RemoteTarget[]; problems: Problem[] } {
  const remotes: RemoteTarget[] = [];
  const problems: Problem[] = [];
  for (const id of [...settings.servers.remote].sort()) {
    const entry = manifest.servers[id];
    if (entry && isSigned(entry)) continue; // a function (plan/select.ts)
    const reason = whyNotRemote(id, entry);
    if (reason === undefined && entry) remotes.push(remoteTarget(entry, settings.region));
    else {
      const known = Object.values(manifest.servers).filter(({ kind }) => kind === 'remote');
      problems.push({
        at: `servers.remote: ${id}`,
        message: `${id} ${reason}`,
        hint: didYouMean(
          id,
          known.map((server) => server.id),
          `take it out; remote servers that answer to everyone: ${OPEN.join(', ')}`,
        ),
        kind: 'invalid',
      });
    }
  }
  return { remotes, problems };
}

function whyNotRemote(id: string, entry: ServerEntry | undefined): string | undefined {
  if (!entry) return 'is not in the manifest';
  if (entry.kind !== 'remote') return 'is no remote server';
  if (!OPEN.includes(id)) return 'is not known to answer without authorisation';
  return entry.endpoints?.[0]?.startsWith('https://') ? undefined : 'has no https endpoint in the manifest';
}

function remoteTarget(entry: ServerEntry, region: string): RemoteTarget {
  const name = defaultTargetName(entry.id);
  if (!TARGET_NAME.test(name)) throw new Error(`${name} is no target name`);
  return {
    server: entry.id,
    name,
    description: `${entry.id}, run by AWS`.slice(0, 200),
    endpoint: (entry.endpoints?.[0] ?? '').replaceAll('{region}', region),
    lane: laneOf(entry.id),
  };
}
