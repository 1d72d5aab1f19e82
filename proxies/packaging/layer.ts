/**
 * Builds the Python layer of a minor version, shared by all functions of it: the interpreter and its standard
 * library, trimmed and compiled. From uv's managed builds, which are made to be moved; from an installed Python
 * only for a try on this machine, marked so, and never deployed.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Architecture } from '../../plan/build.ts';
import { McpgwError } from '../../plan/errors.ts';
import { hashJson, hexOf } from '../../plan/hash.ts';
import { MACHINE } from '../../plan/wheel-tags.ts';
import { TEST_ONLY } from '../../store/artefacts.ts';
import { readElf } from './elf.ts';
import { elfProblems } from './elf-check.ts';
import { listFiles } from './files.ts';
import { type FindOptions, findInterpreter, type Interpreter, installBuild } from './interpreter.ts';
import { LAYER_VERSION, requireLayerPython } from './keys.ts';
import { LAYER_ROOT } from './launch.ts';
import { PYTHON_BUILDS } from './python-builds.ts';
import { pointIntoLayer } from './relocate.ts';
import { compile, trim } from './stage.ts';
import { LAYER_TRIM } from './trim.ts';
import { itemsOf, writeZip } from './zip.ts';

export interface LayerOptions extends FindOptions {
  /** Minor version. */
  python: string;
  architecture: Architecture;
  /** The zip to write. */
  out: string;
  /** Takes this installed Python instead of a managed build; the layer is for tests on this machine only. */
  installed?: Interpreter;
}

export interface LayerReport {
  python: string;
  architecture: Architecture;
  testOnly: boolean;
  zipBytes: number;
  unpackedBytes: number;
  /** What would fail on Lambda; always empty unless testOnly. */
  problems: string[];
}

/** Key of a layer made from an installed Python: the artefact store on AWS refuses it. */
export function testOnlyLayerKey(installed: Interpreter, architecture: Architecture): string {
  const { version, home, minor } = installed;
  const hex = hexOf(hashJson({ layer: LAYER_VERSION, version, home, architecture }));
  return `${TEST_ONLY}layers/python${minor}-${architecture}/${hex}.zip`;
}

export async function buildLayer(options: LayerOptions): Promise<LayerReport> {
  const { python, architecture, out, installed } = options;
  const what = `Python ${python} layer for ${architecture}`;
  await mkdir(dirname(out), { recursive: true });
  const work = await mkdtemp(join(dirname(out), '.building-'));
  try {
    const root = join(work, 'layer');
    const files = await stageLayer({ ...options, root });
    const problems = await elfProblems(root, files, architecture);
    if (problems.length > 0 && installed === undefined) {
      throw new McpgwError('package-failed', `${what}: would not run on Lambda:\n  ${problems.join('\n  ')}`);
    }
    const part = join(work, 'layer.zip');
    const unpackedBytes = await writeZip(part, itemsOf(root, files));
    const zipBytes = (await stat(part)).size;
    await rename(part, out);
    return { python, architecture, testOnly: installed !== undefined, zipBytes, unpackedBytes, problems };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Lays the layer out in a folder, as it will lie below /opt. */
export async function stageLayer(options: Omit<LayerOptions, 'out'> & { root: string }) {
  const { python, architecture, installed, root } = options;
  const what = `Python ${python} layer for ${architecture}`;
  const { version, build } = PYTHON_BUILDS[requireLayerPython(python)];
  const from =
    installed?.home ??
    (await installBuild(`cpython-${version}-linux-${MACHINE[architecture]}-gnu`, build, options));
  const home = join(root, `python${python}`);
  await copyPython(from, home, python);
  await trim(home, LAYER_TRIM);
  if (installed !== undefined) {
    await pointIntoLayer(home, from);
    await writeFile(join(root, 'TEST-ONLY'), `Made from the Python ${installed.version} of one machine.\n`);
  }
  await forgetInstallation(join(home, 'lib', `python${python}`), from, `${LAYER_ROOT}/python${python}`);
  const compiler = installed ?? (await findInterpreter(python, options));
  await compile(home, compiler, `${LAYER_ROOT}/python${python}`, what);
  return listFiles(root);
}

/** uv writes the folder it installs to into the files that describe the build: elsewhere they would be other bytes. */
async function forgetInstallation(library: string, from: string, to: string): Promise<void> {
  for (const name of await readdir(library)) {
    if (!/^_sysconfig(?:data|_vars)_|^build-details\.json$/.test(name)) continue;
    const text = await readFile(join(library, name), 'utf8');
    await writeFile(join(library, name), text.replaceAll(from, to));
  }
}

/** The interpreter, its library, and libpython where the interpreter is linked to it. */
async function copyPython(from: string, home: string, python: string): Promise<void> {
  const binary = join('bin', `python${python}`);
  const needed = readElf(await readFile(join(from, binary))).needed;
  const libraries = (await readdir(join(from, 'lib'))).filter((name) => needed.includes(name));
  for (const name of [
    binary,
    join('lib', `python${python}`),
    ...libraries.map((name) => join('lib', name)),
  ]) {
    await cp(join(from, name), join(home, name), {
      recursive: true,
      dereference: true,
      // Large and not wanted: not even copied.
      filter: (path) => !/^lib\/python3\.\d+\/(?:test|(?:site|dist)-packages)\//.test(relative(from, path)),
    });
  }
}
