/**
 * The sources of a server, copied into the cache under their hash: what is built is exactly what was hashed,
 * nothing is ever written into the user's checkout, and an environment can be made again without it.
 */
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { McpgwError } from '../../plan/errors.ts';
import { hexOf, type Sha256, sha256 } from '../../plan/hash.ts';
import { cacheDir } from '../../store/paths.ts';
import { isDirectory, readRegular } from '../files.ts';

export function stagedFolder(source: Sha256): string {
  return path.join(cacheDir(), 'sources', hexOf(source));
}

export async function stageSources(
  directory: string,
  sources: { hash: Sha256; files: Readonly<Record<string, Sha256>> },
): Promise<string> {
  const target = stagedFolder(sources.hash);
  if (await isDirectory(target)) return target;
  await mkdir(path.dirname(target), { recursive: true });
  const work = await mkdtemp(`${target}-`);
  try {
    for (const [name, hash] of Object.entries(sources.files)) await copyFile(directory, work, name, hash);
    for (const name of await documents(directory)) await copyFile(directory, work, name);
    await rename(work, target).catch(async (error: unknown) => {
      if (!(await isDirectory(target))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return target;
}

async function copyFile(from: string, to: string, name: string, hash?: Sha256): Promise<void> {
  const bytes = await readRegular(path.join(from, name));
  if (bytes === undefined && hash === undefined) return;
  if (bytes === undefined || (hash !== undefined && sha256(bytes) !== hash)) {
    throw new McpgwError('install-failed', `${path.join(from, name)} changed while it was read`, {
      hint: 'run the command again',
    });
  }
  const target = path.join(to, name);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, bytes);
}

/** A build backend wants the files that pyproject.toml names as readme and license; they are no code. */
async function documents(directory: string): Promise<string[]> {
  const names = await readdir(directory);
  return names.filter((name) => /^(?:readme|licen[cs]e|notice|copying)(?:\.\w+)?$/i.test(name)).slice(0, 10);
}
