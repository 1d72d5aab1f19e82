/** What is said of a deprecated server: why, and what to take instead, where the manifest has it. */
import type { Manifest, ServerEntry } from './manifest.ts';

export function deprecationOf(entry: ServerEntry, { servers }: Pick<Manifest, 'servers'>): string {
  const offers = (entry.successors ?? [])
    .filter((id) => Object.hasOwn(servers, id))
    .map((id) => `\`mcpgw add ${id}\``);
  const offer = offers.length === 0 ? '' : `; instead: ${offers.join(' or ')}`;
  return `deprecated: ${entry.deprecated ?? 'no reason given'}${offer}`;
}
