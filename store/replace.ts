/** Changes files of a folder as one step: all of them or none, the untouched ones carried over by hard links. */
import { copyFile, link, mkdir, open, readdir, readFile, readlink, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stageFolder, swapFolder } from './swap.ts';

/** `wanted` by path inside the folder; files in neither list stay. Nothing is touched when nothing differs. */
export async function replaceFiles(
  folder: string,
  wanted: ReadonlyMap<string, string>,
  removed: readonly string[],
): Promise<{ written: string[]; removed: string[] }> {
  const written: string[] = [];
  for (const [path, text] of wanted) {
    const present = await readFile(join(folder, path), 'utf8').catch(() => undefined);
    if (present !== text) written.push(path);
  }
  if (written.length > 0 || removed.length > 0) {
    const staged = await stageFolder(folder);
    try {
      await carryOver(folder, staged, '', new Set([...written, ...removed]));
      for (const path of written) await writeThrough(join(staged, path), wanted.get(path) ?? '');
      await swapFolder(folder, staged);
    } catch (error) {
      await rm(staged, { recursive: true, force: true });
      throw error;
    }
  }
  return { written: written.sort(), removed: [...removed].sort() };
}

async function carryOver(
  from: string,
  to: string,
  inside: string,
  except: ReadonlySet<string>,
): Promise<void> {
  const entries = await readdir(join(from, inside), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
    if (except.has(path)) continue;
    if (entry.isDirectory()) {
      await mkdir(join(to, path));
      await carryOver(from, to, path, except);
    } else if (entry.isSymbolicLink()) {
      await symlink(await readlink(join(from, path)), join(to, path));
    } else if (entry.isFile()) {
      await link(join(from, path), join(to, path)).catch(() => copyFile(join(from, path), join(to, path)));
    }
  }
}

/** On the disk before the folder takes its place, so that a full disk is met here. */
async function writeThrough(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
