/** Runs discovery with a progress display, and says what it found. */
import { type DiscoverOptions, type DiscoveryResult, discover } from '../discovery/index.ts';
import type { ServerEntry } from '../plan/manifest.ts';
import { NETWORK_VARIABLES } from '../proxies/environment.ts';
import type { Output } from './output.ts';

export async function runDiscovery(options: DiscoverOptions, out: Output): Promise<DiscoveryResult> {
  return discover({ ...options, onProgress: (event) => showProgress(event, out) });
}

function showProgress(event: Parameters<NonNullable<DiscoverOptions['onProgress']>>[0], out: Output): void {
  if (event.type === 'note') out.note(event.message);
  else if (event.type === 'progress') out.status(`[${event.done}/${event.total}] ${event.message}`);
}

/** Lets the signing proxy use a profile, as served ones do: by an endpoint on loopback, never by a file. */
export async function openAsker(
  profile: string,
): Promise<{ environment: Record<string, string>; close(): Promise<void> }> {
  const { handCredentials } = await import('../gateway/credentials.ts');
  const { CredentialEndpoint } = await import('../proxies/credentials.ts');
  const { source, env } = await handCredentials(profile);
  const endpoint = new CredentialEndpoint(source);
  const network = NETWORK_VARIABLES.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    environment: { ...Object.fromEntries(network), ...env, ...(await endpoint.variables()) },
    close: () => endpoint.close(),
  };
}

/** What a reviewer of the manifest should know. */
export function noteWarnings({ warnings }: DiscoveryResult, out: Output): void {
  for (const warning of warnings) out.note(`note: ${warning}`);
}

/** `3 listed, 1 failed: <id> (reason)`, the words of a summary. */
export function summarise(entries: readonly ServerEntry[]): string[] {
  const count = (test: (entry: ServerEntry) => boolean) => entries.filter(test).length;
  const tools = entries.reduce((sum, entry) => sum + Object.keys(entry.tools ?? {}).length, 0);
  const kinds = (['stdio', 'remote', 'library'] as const).map(
    (kind) => `${count((entry) => entry.kind === kind)} ${kind}`,
  );
  const unlisted = entries.filter(
    (entry) => entry.probe && !['listed', 'not-run'].includes(entry.probe.status),
  );
  return [
    `${entries.length} servers (${kinds.join(', ')}), ${tools} tools`,
    ...unlisted.map(
      (entry) => `  ${entry.id}: ${entry.probe?.status} - ${entry.probe?.reason ?? 'no reason given'}`,
    ),
  ];
}
