/** Runs discovery with a progress display, and says what it found. */
import { type DiscoverOptions, type DiscoveryResult, discover } from '../discovery/index.ts';
import type { ServerEntry } from '../plan/manifest.ts';
import type { Output } from './output.ts';

export async function runDiscovery(options: DiscoverOptions, out: Output): Promise<DiscoveryResult> {
  return discover({ ...options, onProgress: (event) => showProgress(event, out) });
}

function showProgress(event: Parameters<NonNullable<DiscoverOptions['onProgress']>>[0], out: Output): void {
  if (event.type === 'note') out.note(event.message);
  else if (event.type === 'progress') out.status(`[${event.done}/${event.total}] ${event.message}`);
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
