/**
 * Results remembered in the cache by everything they were made of, so that equal input is worked on once.
 * The readers' own code is part of the key: a changed reader reads again.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashJson, hexOf } from '../plan/hash.ts';
import { cacheDir } from '../store/paths.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface Memory<T> {
  recall(): Promise<T | undefined>;
  remember(value: T): Promise<void>;
}

export function memory<T>(kind: string, key: unknown): Memory<T> {
  const file = path.join(cacheDir(), kind, `${hexOf(hashJson(key))}.json`);
  return {
    recall: async () => {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      return text === undefined ? undefined : (JSON.parse(text) as T);
    },
    // A cache that cannot be written costs time, not the result.
    remember: (value) => writeWhole(file, JSON.stringify(value)).catch(() => {}),
  };
}

async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const work = `${file}.${process.pid}`;
  await writeFile(work, text);
  await rename(work, file);
}

export async function remembered<T>(kind: string, key: unknown, make: () => Promise<T>): Promise<T> {
  const place = memory<T>(kind, key);
  const known = await place.recall();
  if (known !== undefined) return known;
  const value = await make();
  await place.remember(value);
  return value;
}

let code: Promise<string> | undefined;

/** Hash of the program text that turns sources and listings into manifest entries. */
export function readersHash(): Promise<string> {
  code ??= hashFolders(['discovery', 'plan', 'store']);
  return code;
}

async function hashFolders(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const names = await readdir(path.join(ROOT, folder), { recursive: true });
    for (const name of names.filter((each) => /\.(?:ts|json|yaml)$/.test(each)).sort()) {
      hash.update(`${folder}/${name}\0`).update(await readFile(path.join(ROOT, folder, name)));
    }
  }
  return hash.digest('hex');
}
