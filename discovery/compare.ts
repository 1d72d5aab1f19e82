/** `--check`: what writing the manifest would change, found out on a copy. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type NewManifest, writeManifest } from '../store/manifest.ts';

/** Definitions follow from their hashes and are not committed everywhere, so their files do not count. */
export async function compareManifest(
  dir: string,
  manifest: NewManifest,
): Promise<{ written: string[]; removed: string[] }> {
  const work = await mkdtemp(path.join(tmpdir(), 'mcpgw-check-'));
  try {
    const copy = path.join(work, 'manifest');
    await cp(dir, copy, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    const changes = await writeManifest(copy, manifest);
    const committed = (file: string): boolean => !file.startsWith('tools/');
    return { written: changes.written.filter(committed), removed: changes.removed.filter(committed) };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
