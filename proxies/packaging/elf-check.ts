/** Will the compiled files of a package or layer load on Lambda (Amazon Linux 2023)? Every ELF file is asked. */
import { open, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Architecture } from '../../plan/build.ts';
import { GLIBC } from '../../plan/wheel-tags.ts';
import { type Elf, isElf, readElf } from './elf.ts';
import type { FoundFile } from './files.ts';

/** Libraries that Lambda's Amazon Linux 2023 images have; anything else must come with the files. */
const SYSTEM = new Set([
  'ld-linux-aarch64.so.1',
  'ld-linux-x86-64.so.2',
  'libc.so.6',
  'libdl.so.2',
  'libgcc_s.so.1',
  'libm.so.6',
  'libpthread.so.0',
  'libresolv.so.2',
  'librt.so.1',
  'libstdc++.so.6',
  'libutil.so.1',
  'libz.so.1',
]);

/** What would fail, a sentence each. A layer must name no folder of its builder; a wheel may, if it needs nothing there. */
export async function elfProblems(
  folder: string,
  files: readonly FoundFile[],
  architecture: Architecture,
  { buildPaths = 'refuse' }: { buildPaths?: 'refuse' | 'allow' } = {},
): Promise<string[]> {
  const carried = new Set(files.map((file) => basename(file.path)));
  const problems: string[] = [];
  for (const file of files) {
    const path = join(folder, file.path);
    // Smaller than an ELF header, or the first bytes say no: most files are not read.
    if (file.bytes < 64 || !isElf(await head(path))) continue;
    const elf = parse(await readFile(path));
    if (elf === undefined) {
      problems.push(`${file.path}: a broken ELF file`);
      continue;
    }
    problems.push(
      ...problemsOf(file.path, buildPaths === 'allow' ? { ...elf, paths: [] } : elf, architecture, carried),
    );
  }
  return problems;
}

function parse(bytes: Uint8Array): Elf | undefined {
  try {
    return readElf(bytes);
  } catch {
    return undefined;
  }
}

async function head(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    return (await file.read(Buffer.alloc(4), 0, 4, 0)).buffer;
  } finally {
    await file.close();
  }
}

function problemsOf(
  path: string,
  elf: Elf,
  architecture: Architecture,
  carried: ReadonlySet<string>,
): string[] {
  if (elf.machine !== architecture) return [`${path}: built for ${elf.machine}, not ${architecture}`];
  const problems: string[] = [];
  for (const entry of elf.paths) {
    if (!/^\$(?:ORIGIN|\{ORIGIN\})(?:\/|$)/.test(entry)) {
      problems.push(`${path}: looks for libraries in ${entry}, a folder of the machine it was built on`);
    }
  }
  for (const version of elf.versions) {
    const match = /^GLIBC_(\d+)\.(\d+)/.exec(version);
    if (match && (Number(match[1]) !== GLIBC.major || Number(match[2]) > GLIBC.minor)) {
      problems.push(`${path}: needs ${version}, Lambda has GLIBC_${GLIBC.major}.${GLIBC.minor}`);
    }
  }
  for (const library of elf.needed) {
    if (!SYSTEM.has(library) && !carried.has(library)) {
      problems.push(`${path}: needs ${library}, which Amazon Linux 2023 lacks`);
    }
  }
  return problems;
}
