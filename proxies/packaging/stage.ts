/**
 * Lays a package out in a folder, as Lambda will unpack it: the server and its locked dependencies, trimmed and
 * compiled, the handler, and how to start it.
 */
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { McpgwError } from '../../plan/errors.ts';
import { sha256 } from '../../plan/hash.ts';
import type { ServerEntry } from '../../plan/manifest.ts';
import { elfProblems } from './elf-check.ts';
import { type FoundFile, listFiles } from './files.ts';
import { bundleHandler } from './handler-bundle.ts';
import { addHookFiles } from './hook-files.ts';
import { type BuiltSdist, install } from './install.ts';
import { bootstrapText, installServer } from './install-server.ts';
import type { Interpreter } from './interpreter.ts';
import { readRequirements } from './requirements.ts';
import { run } from './run.ts';
import { PACKAGE_FILES, serverFileOf } from './server-file.ts';
import { isTrimmed, PACKAGE_TRIM, type TrimRule } from './trim.ts';

export interface StageOptions {
  entry: ServerEntry;
  /** Folder with the server's pyproject.toml, uv.lock and package. */
  source: string;
  uv: string;
  /** A Python of the package's minor version. */
  interpreter: Interpreter;
  /** Folder to lay it out in. */
  root: string;
  /** Folder for what is needed on the way. */
  work: string;
}

export interface Staged {
  /** Everything below root. */
  files: FoundFile[];
  built: BuiltSdist[];
  notes: string[];
}

/** Tracebacks name files as they lie on Lambda, so bytes do not depend on where a package is built. */
const TASK_ROOT = '/var/task';
const COMPILER = join(dirname(fileURLToPath(import.meta.url)), 'compile.py');

export async function stagePackage(options: StageOptions): Promise<Staged> {
  const { entry, interpreter, root } = options;
  const file = serverFileOf(entry);
  const { architecture = 'arm64', repairs = [], files = {} } = entry.build ?? {};
  const platform = { python: file.python, architecture };
  const what = entry.id;
  const lockText = await readLockText(options.source, entry);
  const requirements = await readRequirements({ ...options, lockText, platform, repairs, what });
  const python = join(root, PACKAGE_FILES.python);
  const built = await install({ ...options, requirements, platform, target: python, what });
  await trim(python, PACKAGE_TRIM);
  const hooks = await installServer(options.source, python, file);
  const notes = await addHookFiles(hooks, files, { ...options, platform, target: python, what });
  await makeRelocatable(python, file.python);
  await compile(python, interpreter, `${TASK_ROOT}/${PACKAGE_FILES.python}`, what);

  const packages = await listFiles(python);
  // What a wheel says of its builder's folders does no harm: the loader finds nothing there.
  const problems = await elfProblems(python, packages, architecture, { buildPaths: 'allow' });
  if (problems.length > 0) {
    throw new McpgwError('package-failed', `${what}: would not load on Lambda:\n  ${problems.join('\n  ')}`);
  }
  const contents = {
    packages: packages.flatMap(({ path }) => /^([^/]+)\.dist-info\/METADATA$/.exec(path)?.[1] ?? []),
    built,
  };
  await writeFile(join(root, PACKAGE_FILES.handler), (await bundleHandler()).code);
  await writeFile(join(root, PACKAGE_FILES.serverFile), `${JSON.stringify(file, null, 1)}\n`);
  await writeFile(join(root, PACKAGE_FILES.bootstrap), bootstrapText(file));
  await writeFile(join(root, PACKAGE_FILES.contents), `${JSON.stringify(contents, null, 1)}\n`);
  return { files: await listFiles(root), built, notes };
}

/** The lock, checked against the manifest. */
async function readLockText(source: string, entry: ServerEntry): Promise<string> {
  const text = await readFile(join(source, 'uv.lock'), 'utf8');
  if (sha256(text) !== entry.lock) {
    throw new McpgwError('package-failed', `${entry.id}: its uv.lock is not the one that the manifest pins`, {
      hint: `run \`mcpgw discover --servers ${entry.id}\` on this source, or package from the pinned one`,
    });
  }
  return text;
}

/** Deletes what the rules name. */
export async function trim(folder: string, rules: readonly TrimRule[]): Promise<void> {
  for (const { path } of await listFiles(folder)) {
    if (isTrimmed(path, rules)) await rm(join(folder, path));
  }
}

/** Takes this machine out of what uv wrote: scripts name its Python, and RECORD the hashes of those scripts. */
async function makeRelocatable(folder: string, python: string): Promise<void> {
  const files = await listFiles(folder);
  const present = new Set(files.map((file) => file.path));
  for (const { path } of files) {
    if (path.startsWith('bin/')) {
      const bytes = await readFile(join(folder, path));
      const first = bytes.subarray(0, bytes.indexOf(10)).toString('latin1');
      if (!/^#!.*python/.test(first)) continue;
      const rest = bytes.subarray(bytes.indexOf(10));
      await writeFile(
        join(folder, path),
        Buffer.concat([Buffer.from(`#!/usr/bin/env python${python}`), rest]),
      );
      await chmod(join(folder, path), 0o755);
    } else if (path.endsWith('.dist-info/RECORD')) {
      const lines = (await readFile(join(folder, path), 'utf8')).split('\n');
      const names = lines.map((line) => line.replace(/,[^,]*,[^,]*$/, '').replaceAll('"', ''));
      const kept = [...new Set(names)].filter((name) => present.has(name)).sort();
      await writeFile(join(folder, path), kept.map((name) => `${quoted(name)},,\n`).join(''));
    }
  }
}

function quoted(name: string): string {
  return name.includes(',') ? `"${name}"` : name;
}

/** Compiles every .py below a folder that will lie at `prefix`; checks that the bytecode is the layer's. */
export async function compile(
  folder: string,
  interpreter: Interpreter,
  prefix: string,
  what: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  // Isolated and without site: nothing of the machine's Python takes part; the seed orders what is a set.
  await run(interpreter.path, ['-I', '-S', '-W', 'ignore', COMPILER, folder, prefix], {
    cwd: folder,
    env: { PYTHONHASHSEED: '0' },
    what: `${what}: compiling`,
  });
}
