/**
 * The identity of a server's code: pyproject.toml, uv.lock, build hooks and the files of its package.
 * Tests, Dockerfile, README and PKG-INFO do not count, so an sdist and a checkout of equal code have one hash.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { McpgwError } from '../../plan/errors.ts';
import { hashJson, type Sha256, sha256 } from '../../plan/hash.ts';
import { FILE_LIMITS, listFiles, readRegular } from '../files.ts';
import type { Pyproject } from './pyproject.ts';

export interface SourceFiles {
  /** Slash path to sha256 of the bytes. */
  files: Readonly<Record<string, Sha256>>;
  /** Slash path to git's blob id, to tell a clean checkout from an edited one. */
  blobs: Readonly<Record<string, string>>;
  hash: Sha256;
  lock: Sha256 | undefined;
}

export async function hashSources(directory: string, project: Pyproject): Promise<SourceFiles> {
  const names = ['pyproject.toml', 'uv.lock', ...project.buildFiles];
  for (const folder of project.packages) names.push(...(await listFiles(directory, folder)));
  const files: Record<string, Sha256> = {};
  const blobs: Record<string, string> = {};
  let total = 0;
  for (const name of [...new Set(names)].sort()) {
    const bytes = await readRegular(path.join(directory, name));
    if (bytes === undefined) continue;
    total += bytes.length;
    if (total > FILE_LIMITS.totalBytes) {
      throw new McpgwError(
        'not-a-checkout',
        `${directory}: more than ${FILE_LIMITS.totalBytes} bytes of source`,
        {
          hint: 'a server of awslabs/mcp is far smaller; check where the checkout comes from',
        },
      );
    }
    files[name] = sha256(bytes);
    blobs[name] = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
  }
  return { files, blobs, hash: hashJson(files), lock: files['uv.lock'] };
}
