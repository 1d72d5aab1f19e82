/** The quiet part of a diff as a table: versions, numbers of tools, tokens, locked dependencies, one row a server. */
import type { ManifestDiff, ServerDiff } from './types.ts';

export const VERSION_HEAD = ['server', 'version', 'tools', 'tokens', 'dependencies'] as const;

export function versionRows(diff: ManifestDiff): { server: string; cells: string[] }[] {
  return Object.entries(diff.servers).map(([server, each]) => ({
    server,
    cells: [versionOf(each), toolsOf(each), tokensOf(each), each.facts?.dependencies ? 'changed' : ''],
  }));
}

function versionOf({ status, version }: ServerDiff): string {
  if (!version) return status === 'changed' ? 'as before' : status;
  const [old, made] = version;
  if (old === null) return `new, ${made ?? 'no version'}`;
  return made === null ? `${old}, removed` : `${old} → ${made}`;
}

function toolsOf({ tools }: ServerDiff): string {
  const parts = [
    ['+', tools?.added.length ?? 0],
    ['−', tools?.removed.length ?? 0],
    ['~', Object.keys(tools?.changed ?? {}).length],
  ] as const;
  return parts.flatMap(([sign, number]) => (number > 0 ? [`${sign}${number}`] : [])).join(' ');
}

function tokensOf({ tokens }: ServerDiff): string {
  if (!tokens) return '';
  const change = tokens[1] - tokens[0];
  return `${tokens[1]} (${change > 0 ? '+' : '−'}${Math.abs(change)})`;
}
