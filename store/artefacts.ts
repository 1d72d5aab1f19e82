/**
 * The artefact store: packages, layers and tool schemas outside any stack, under keys that say what is in them.
 * Nothing is ever overwritten, so dev, staging and prod, and a rollback, get the same bytes.
 */
import { McpgwError } from '../plan/errors.ts';

export interface ArtefactStore {
  has(key: string): Promise<boolean>;
  /** Puts a file (its path) or bytes under a key, whole or not at all; what is there already stays. */
  put(key: string, content: string | Uint8Array): Promise<void>;
  location(key: string): { bucket: string; key: string };
}

/** Keys of artefacts that are good for a try on this machine only begin so; no deployment names or takes one. */
export const TEST_ONLY = 'test-only/';

const KEY = /^(?:[a-z0-9][a-zA-Z0-9._-]*\/)*[a-z0-9][a-zA-Z0-9._-]*$/;

/** Throws on a key that could leave the store or that a file system would fold into another. */
export function requireKey(key: string): string {
  if (!KEY.test(key) || key.length > 512) {
    throw new McpgwError('internal', `not a key of the artefact store: ${JSON.stringify(key)}`);
  }
  return key;
}

/** Which keys the store lacks, in the order given, each once. */
export async function listMissing(store: ArtefactStore, keys: readonly string[]): Promise<string[]> {
  const wanted = [...new Set(keys)];
  const present = new Map<string, boolean>();
  const queue = [...wanted];
  // A few at a time: a stack names hundreds of keys.
  const worker = async () => {
    for (let key = queue.shift(); key !== undefined; key = queue.shift())
      present.set(key, await store.has(key));
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return wanted.filter((key) => !present.get(key));
}

/** Throws artefacts-missing with the whole list: a deployment asks before it registers anything. */
export async function requireArtefacts(store: ArtefactStore, keys: readonly string[]): Promise<void> {
  const missing = await listMissing(store, keys);
  if (missing.length === 0) return;
  throw new McpgwError('artefacts-missing', `the artefact store lacks:\n  ${missing.join('\n  ')}`, {
    hint: 'run `mcpgw package --publish`',
  });
}

/** The account's and region's bucket for artefacts; bucket names are lower case and at most 63 characters. */
export function artefactBucket(account: string, region: string): string {
  return `mcpgw-artefacts-${account}-${region}`;
}

export { folderStore } from './artefacts-folder.ts';
export { accountStore, s3Store } from './artefacts-s3.ts';
