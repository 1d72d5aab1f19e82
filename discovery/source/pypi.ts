/** Published sdists laid out as a checkout: src/<id>, one folder a package. */
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { McpgwError } from '../../plan/errors.ts';
import { hashJson, hexOf } from '../../plan/hash.ts';
import { cacheDir } from '../../store/paths.ts';
import { type ChildResult, runChild } from '../child.ts';
import { isDirectory, readRegular } from '../files.ts';
import { mapPool } from '../pool.ts';
import { installerEnv } from '../python/installer-env.ts';
import { ensureUv } from '../python/uv.ts';
import { printable } from '../text.ts';
import type { AbsentPackage } from '../types.ts';
import { openIndex, type PackageIndex } from './index-client.ts';
import { obtainSdist, parseWish, type Sdist } from './sdist.ts';

export interface LaidOut {
  checkout: string;
  /** Name, as pyproject.toml has it, to version. */
  packages: Record<string, string>;
  notes: string[];
  /** Left out, because the index has nothing that could be laid out. */
  absent: AbsentPackage[];
}

export async function layOutPackages(
  wanted: readonly string[],
  onProgress: (message: string) => void,
  /** Whether a dependency's build backend may run where its metadata cannot be had otherwise. */
  mayBuild: boolean,
  /** A package that cannot be laid out is left out; without this it ends the run. */
  leaveOut = false,
): Promise<LaidOut> {
  const wishes = wanted.map(parseWish);
  let opened: Promise<PackageIndex> | undefined;
  const index = (): Promise<PackageIndex> => {
    opened ??= openIndex();
    return opened;
  };
  const refused: { name: string; error: McpgwError }[] = [];
  const orAbsent = async <T>(name: string, work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (!leaveOut || !isOfOnePackage(error)) throw error;
      refused.push({ name, error });
      return undefined;
    }
  };
  const obtained = await mapPool(wishes, 4, (wish) => orAbsent(wish.name, obtainSdist(wish, index)));
  const sdists: Sdist[] = [];
  const notes: string[] = [];
  for (const sdist of obtained.filter((each) => each !== undefined)) {
    const note = await orAbsent(sdist.name, ensureLock(sdist, mayBuild, onProgress));
    if (note === undefined) continue;
    if (note !== '') notes.push(note);
    sdists.push(sdist);
  }
  const [first] = refused;
  if (first !== undefined && sdists.length === 0) throw first.error;
  const packages: Record<string, string> = {};
  for (const { name, version } of sdists) {
    if (packages[name] !== undefined) throw new McpgwError('usage', `${name} is named twice`, {});
    packages[name] = version;
  }
  const key = hexOf(hashJson(packages)).slice(0, 16);
  const checkout = path.join(cacheDir(), 'published', key);
  if (!(await isDirectory(checkout))) await layOut(checkout, sdists);
  const absent = refused.map(({ name, error: { message, hint } }) => {
    return { name, reason: hint === undefined ? message : `${message}; ${hint}` };
  });
  return { checkout, packages, notes, absent };
}

/** No sdist, no lock, not what was announced; an index that nobody reaches concerns all. */
function isOfOnePackage(error: unknown): error is McpgwError {
  return error instanceof McpgwError && ['usage', 'install-failed'].includes(error.code);
}

/** What to say of a lock that was made here, '' of a published one. */
async function ensureLock(
  sdist: Sdist,
  mayBuild: boolean,
  onProgress: (message: string) => void,
): Promise<string> {
  const locked = await readRegular(path.join(sdist.folder, 'uv.lock'));
  if (locked !== undefined && !(await wasResolvedHere(sdist))) return '';
  if (locked === undefined) await resolveLock(sdist, mayBuild, onProgress);
  const when =
    sdist.uploaded === undefined ? 'as of now' : `as of its publication on ${sdist.uploaded.slice(0, 10)}`;
  return `${sdist.name} ${sdist.version} was published without uv.lock: its dependencies were resolved here, ${when}`;
}

/** The directory a server has in the repository: its package's name without the prefix. */
export function idOfPackage(name: string): string {
  return name.replace(/^awslabs[.-]/, '').toLowerCase();
}

async function layOut(checkout: string, sdists: readonly Sdist[]): Promise<void> {
  const work = `${checkout}.${process.pid}`;
  await rm(work, { recursive: true, force: true });
  await mkdir(path.join(work, 'src'), { recursive: true });
  for (const sdist of sdists) {
    await cp(sdist.folder, path.join(work, 'src', idOfPackage(sdist.name)), { recursive: true });
  }
  await rename(work, checkout).catch(async (error: unknown) => {
    if (!(await isDirectory(checkout))) throw error;
  });
}

const RESOLVED_MARK = 'resolved-here';

async function wasResolvedHere(sdist: Sdist): Promise<boolean> {
  return (await readFile(`${sdist.folder}.${RESOLVED_MARK}`).catch(() => undefined)) !== undefined;
}

/**
 * Resolved as of the sdist's publication, so that every machine at every time gets the same lock.
 * First without running anything; a dependency published without usable metadata needs its build backend.
 */
async function resolveLock(
  sdist: Sdist,
  mayBuild: boolean,
  onProgress: (message: string) => void,
): Promise<void> {
  onProgress(`${sdist.name} ${sdist.version} has no uv.lock: resolving its dependencies`);
  const until = sdist.uploaded === undefined ? [] : ['--exclude-newer', sdist.uploaded];
  const uv = await ensureUv();
  const work = `${sdist.folder}.lock-${process.pid}`;
  await cp(sdist.folder, work, { recursive: true });
  const lock = (options: string[]): Promise<ChildResult> =>
    runChild(uv, ['lock', '--quiet', ...options, ...until], { seconds: 300, cwd: work, env: installerEnv() });
  try {
    let result = await lock(['--no-build']);
    if (result.code !== 0 && mayBuild) result = await lock([]);
    if (result.code !== 0) {
      const hint = mayBuild
        ? ''
        : ', or leave --no-probe away: a dependency must be built to learn its metadata';
      throw new McpgwError('install-failed', `${sdist.name}: no lock: ${printable(result.stderr, 300)}`, {
        hint: `name a version that was published with uv.lock, or discover from a checkout${hint}`,
      });
    }
    await writeFile(`${sdist.folder}.${RESOLVED_MARK}`, '');
    await rename(path.join(work, 'uv.lock'), path.join(sdist.folder, 'uv.lock'));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
