/**
 * A copy of a stack's file for the offline backend: the engine writes its own encryption salt into it, and what is
 * encrypted for the real stack cannot be read here.
 */
import { stringify } from 'yaml';
import { readStackConfig } from '../store/stackfile.ts';

/** What an encrypted setting is offline. */
export const SEALED = 'not-known-offline';

export async function offlineConfig(root: string, stack: string): Promise<string> {
  const { config } = await readStackConfig(root, stack);
  return stringify({ config: unseal(config) });
}

/** Every `{secure: …}` replaced by a placeholder. */
export function unseal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unseal);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0]?.[0] === 'secure') return SEALED;
  return Object.fromEntries(entries.map(([key, member]) => [key, unseal(member)]));
}
