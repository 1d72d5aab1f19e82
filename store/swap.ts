/**
 * Replaces a folder as a whole. The new one is built beside it and takes its place by two renames, so that being
 * killed or running out of disk at any moment leaves the old folder, under its own name or under the one that
 * `recoverFolder` puts back. A crash between the two renames is the only case that needs it.
 */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

const missing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Puts back what a killed process left half done, and removes what dead processes left beside `folder`. */
export async function tidyFolder(folder: string): Promise<void> {
  await recoverFolder(folder);
  for (const { path, owner } of await besides(folder)) {
    if (!isAlive(owner)) await rm(path, { recursive: true, force: true });
  }
}

/** A fresh empty folder beside `folder`. */
export async function stageFolder(folder: string): Promise<string> {
  await mkdir(dirname(resolve(folder)), { recursive: true });
  const staged = beside(folder, 'new');
  await rm(staged, { recursive: true, force: true });
  await mkdir(staged);
  return staged;
}

/** Puts `staged` in the place of `folder`. */
export async function swapFolder(folder: string, staged: string): Promise<void> {
  const old = beside(folder, 'old');
  await rm(old, { recursive: true, force: true });
  const existed = await renameIfThere(folder, old);
  try {
    await rename(staged, folder);
  } catch (error) {
    if (existed) await rename(old, folder);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

/** Puts the old folder back when a process died between the two renames. */
export async function recoverFolder(folder: string): Promise<void> {
  const leftovers = (await besides(folder)).filter(({ kind }) => kind === 'old');
  const [last] = leftovers;
  if (last === undefined || (await exists(folder))) return;
  // Its owner may be alive and about to do the second rename: then there is nothing to recover.
  for (let turn = 0; turn < 20 && isAlive(last.owner); turn += 1) {
    await new Promise((done) => setTimeout(done, 25));
    if (await exists(folder)) return;
  }
  await renameIfThere(last.path, folder);
}

function beside(folder: string, kind: 'new' | 'old'): string {
  const whole = resolve(folder);
  return join(dirname(whole), `.${basename(whole)}.${kind}-${process.pid}`);
}

async function besides(folder: string): Promise<{ path: string; kind: string; owner: number }[]> {
  const whole = resolve(folder);
  const start = `.${basename(whole)}.`;
  const names = await readdir(dirname(whole)).catch(() => []);
  return names.sort().flatMap((name) => {
    const match = name.startsWith(start) ? /^(new|old)-(\d+)$/.exec(name.slice(start.length)) : null;
    return match?.[1] && match[2]
      ? [{ path: join(dirname(whole), name), kind: match[1], owner: Number(match[2]) }]
      : [];
  });
}

export function isAlive(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function exists(path: string): Promise<boolean> {
  return readdir(path).then(
    () => true,
    (error) => !missing(error),
  );
}

async function renameIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (missing(error)) return false;
    throw error;
  }
}
