/** Builds one server's package: a zip for Lambda, or the folder that becomes its image. Same inputs, same bytes. */
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Architecture } from '../../plan/build.ts';
import type { ServerEntry } from '../../plan/manifest.ts';
import type { BuiltSdist } from './install.ts';
import type { Interpreter } from './interpreter.ts';
import { serverFileOf } from './server-file.ts';
import { type Part, partsOf, requireFits } from './sizes.ts';
import { stagePackage } from './stage.ts';
import { itemsOf, writeZip } from './zip.ts';

export interface PackageOptions {
  entry: ServerEntry;
  /** Folder with the server's pyproject.toml, uv.lock and package. */
  source: string;
  uv: string;
  /** A Python of the package's minor version. */
  interpreter: Interpreter;
  /** The zip to write; form image: the folder. */
  out: string;
  /** Bytes of the layer it runs with, when known. */
  layerBytes?: number;
}

export interface PackageReport {
  server: string;
  python: string;
  architecture: Architecture;
  form: 'zip' | 'image';
  /** 0 for an image. */
  zipBytes: number;
  unpackedBytes: number;
  /** Of these, .pyc files. */
  compiledBytes: number;
  files: number;
  largest: Part[];
  /** Packages that had no wheel and were built here. */
  built: BuiltSdist[];
  /** What the user should know. */
  notes: string[];
}

export async function buildPackage(options: PackageOptions): Promise<PackageReport> {
  const { entry, out } = options;
  const { python } = serverFileOf(entry);
  const { architecture = 'arm64', form = 'zip' } = entry.build ?? {};
  await mkdir(dirname(out), { recursive: true });
  // Beside the result: the last step is a rename, so a broken build leaves nothing that looks like a package.
  const work = await mkdtemp(join(dirname(out), '.building-'));
  try {
    const root = join(work, 'task');
    const { files, built, notes } = await stagePackage({ ...options, root, work });
    const unpackedBytes = total(files);
    const parts = partsOf(files.map((file) => ({ ...file, path: file.path.replace(/^python\//, '') })));
    let zipBytes = 0;
    if (form === 'zip') {
      requireFits(entry.id, unpackedBytes, parts, options.layerBytes);
      const part = join(work, 'package.zip');
      await writeZip(part, itemsOf(root, files));
      zipBytes = (await stat(part)).size;
      await rename(part, out);
    } else {
      await rm(out, { recursive: true, force: true });
      await rename(root, out);
    }
    return {
      server: entry.id,
      python,
      architecture,
      form,
      zipBytes,
      unpackedBytes,
      compiledBytes: total(files.filter((file) => file.path.endsWith('.pyc'))),
      files: files.length,
      largest: parts.slice(0, 8),
      built,
      notes,
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function total(files: readonly { bytes: number }[]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}
