/** One published sdist in the cache, under its name and version: downloaded once, verified against the index's hash. */
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { McpgwError, messageOf } from '../../plan/errors.ts';
import { sha256 } from '../../plan/hash.ts';
import { cacheDir } from '../../store/paths.ts';
import { parsePyproject } from '../classify/pyproject.ts';
import { isDirectory, readRegular } from '../files.ts';
import type { PackageIndex, PublishedFile } from './index-client.ts';
import { readTarGz } from './tar.ts';
import { compareVersions, isRelease } from './version.ts';

export interface PackageWish {
  name: string;
  version?: string;
}

export interface Sdist {
  /** As pyproject.toml says it. */
  name: string;
  version: string;
  folder: string;
  /** When it was published, where the index tells. */
  uploaded: string | undefined;
}

export function parseWish(text: string): PackageWish {
  const match = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:==([A-Za-z0-9][A-Za-z0-9.!+_-]*))?$/.exec(
    text,
  );
  const [, name, version] = match ?? [];
  if (name === undefined) {
    throw new McpgwError('usage', `${JSON.stringify(text)} is not NAME or NAME==VERSION`, {
      hint: 'for example awslabs.aws-documentation-mcp-server==1.1.30',
    });
  }
  return version === undefined ? { name } : { name, version };
}

/** PEP 503. */
export function normaliseName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

export async function obtainSdist(wish: PackageWish, index: () => Promise<PackageIndex>): Promise<Sdist> {
  const name = normaliseName(wish.name);
  if (wish.version !== undefined) {
    const present = await readSdist(folderOf(name, wish.version));
    if (present !== undefined) return present;
  }
  const client = await index();
  const { file, version } = pickSdist(name, await client.files(name), wish.version);
  const folder = folderOf(name, version);
  const present = await readSdist(folder);
  if (present !== undefined) return present;
  const archive = await client.download(file.url);
  if (sha256(archive) !== `sha256:${file.sha256}`) {
    throw new McpgwError(
      'install-failed',
      `${file.filename} is not what the index announced (sha256 differs)`,
      {
        hint: 'try again; if it stays, the index or something between is wrong',
      },
    );
  }
  await unpack(folder, archive, file);
  const laid = await readSdist(folder);
  if (laid === undefined) throw new McpgwError('install-failed', `${file.filename} holds no pyproject.toml`);
  return laid;
}

/** The sdist of that version, or of the newest release that was not withdrawn. */
export function pickSdist(
  name: string,
  files: readonly PublishedFile[],
  version?: string,
): { file: PublishedFile; version: string } {
  const sdists = files.flatMap((file) => {
    const match = /^(.+)-([^-]+)\.tar\.gz$/.exec(file.filename);
    const [, base, found] = match ?? [];
    return base !== undefined && found !== undefined && normaliseName(base) === name
      ? [{ file, version: found }]
      : [];
  });
  const fitting =
    version === undefined
      ? sdists.filter((sdist) => !sdist.file.yanked && isRelease(sdist.version))
      : sdists.filter((sdist) => sdist.version === version);
  const newest = fitting.sort((a, b) => compareVersions(a.version, b.version)).at(-1);
  if (newest !== undefined && newest.file.sha256 !== '') return newest;
  const wanted = version === undefined ? name : `${name}==${version}`;
  const withdrawn = version === undefined && newest === undefined && sdists.length > 0;
  throw new McpgwError(
    'usage',
    withdrawn
      ? `every release of ${name} that has a source distribution was withdrawn or is a pre-release`
      : `the package index has no source distribution of ${wanted}`,
    {
      hint: hintFor(
        name,
        files.length > 0,
        sdists.map((sdist) => sdist.version),
      ),
    },
  );
}

function hintFor(name: string, isPublished: boolean, versions: readonly string[]): string {
  const newest = versions.toSorted(compareVersions).slice(-3);
  if (newest.length > 0)
    return `one of these can be named: ${newest.map((each) => `${name}==${each}`).join(', ')}`;
  return isPublished ? 'it has wheels only: discover it from the repository' : 'check the name';
}

function folderOf(name: string, version: string): string {
  return path.join(cacheDir(), 'sdists', `${name}-${version}`);
}

async function readSdist(folder: string): Promise<Sdist | undefined> {
  const bytes = await readRegular(path.join(folder, 'pyproject.toml')).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const { name, version } = parsePyproject(bytes);
  const uploaded = await readFile(`${folder}.uploaded`, 'utf8').catch(() => undefined);
  return { name, version, folder, uploaded };
}

async function unpack(folder: string, archive: Buffer, file: PublishedFile): Promise<void> {
  let files: Map<string, Buffer>;
  try {
    files = readTarGz(archive);
  } catch (cause) {
    throw new McpgwError('install-failed', `${file.filename} cannot be unpacked: ${messageOf(cause)}`, {
      hint: 'it is not a source distribution as build tools make them; nothing of it was written',
      cause,
    });
  }
  await mkdir(path.dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}.`);
  try {
    for (const [name, content] of files) {
      const target = path.join(work, name);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, content);
    }
    if (file.uploaded !== undefined) await writeFile(`${folder}.uploaded`, file.uploaded);
    await rename(work, folder).catch(async (error: unknown) => {
      if (!(await isDirectory(folder))) throw error;
    });
  } finally {
    if ((await stat(work).catch(() => undefined)) !== undefined)
      await rm(work, { recursive: true, force: true });
  }
}
