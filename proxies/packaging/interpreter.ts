/**
 * Finds the Python that compiles packages: any installed one of the layer's minor version (equal minor versions
 * read each other's .pyc files, which the magic number proves), otherwise the layer's own build, by uv.
 */
import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { LAYER_PYTHONS } from '../../plan/build.ts';
import { McpgwError } from '../../plan/errors.ts';
import { PYTHON_BUILDS } from './python-builds.ts';
import { run } from './run.ts';

export interface Interpreter {
  path: string;
  /** `3.13.18` */
  version: string;
  /** `3.13` */
  minor: string;
  /** Where it is installed (sys.base_prefix). */
  home: string;
  machine: string;
}

const ASK = [
  'import json, platform, sys',
  'print(json.dumps([platform.python_implementation(), platform.python_version(), sys.base_prefix, platform.machine()]))',
].join('\n');

/** What a Python says of itself, or undefined when it does not run, is no release or no CPython. */
export async function askInterpreter(path: string): Promise<Interpreter | undefined> {
  const answer = await run(path, ['-I', '-c', ASK], { cwd: '/', what: path }).catch(() => undefined);
  if (answer === undefined) return undefined;
  const [implementation, version, home, machine] = JSON.parse(answer) as [string, string, string, string];
  const minor = /^(3\.\d+)\.\d+$/.exec(version)?.[1];
  if (implementation !== 'CPython' || minor === undefined) return undefined;
  return { path, version, minor, home, machine };
}

export interface FindOptions {
  uv: string;
  /** Folder for Python builds that uv brings. */
  pythons: string;
}

const found = new Map<string, Promise<Interpreter>>();

/** Asked once a process and minor version. */
export function findInterpreter(minor: string, options: FindOptions): Promise<Interpreter> {
  const key = `${minor} ${options.pythons}`;
  const search = found.get(key) ?? find(minor, options);
  found.set(key, search);
  search.catch(() => found.delete(key));
  return search;
}

async function find(minor: string, options: FindOptions): Promise<Interpreter> {
  for (const path of await candidates(minor, options.pythons)) {
    const interpreter = await askInterpreter(path);
    if (interpreter?.minor === minor) return interpreter;
  }
  const build = PYTHON_BUILDS[minor as (typeof LAYER_PYTHONS)[number]];
  const home = await installBuild(`cpython-${build.version}-${hostPlatform()}`, build.build, options).catch(
    (cause) => {
      throw new McpgwError('tool-missing-on-machine', `no Python ${minor} here, and uv could not bring one`, {
        hint: `install Python ${minor}, or let uv reach its Python builds (UV_PYTHON_INSTALL_MIRROR names a mirror)`,
        cause,
      });
    },
  );
  const interpreter = await askInterpreter(join(home, 'bin', `python${minor}`));
  if (interpreter) return interpreter;
  throw new McpgwError('tool-missing-on-machine', `the Python ${minor} that uv brought does not run here`);
}

/** As uv's builds name it. */
function hostPlatform(): string {
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  return process.platform === 'darwin' ? `macos-${machine}-none` : `linux-${machine}-gnu`;
}

/** On PATH, brought by uv before, or kept by pyenv (whose shims refuse to run unless a version is set). */
async function candidates(minor: string, pythons: string): Promise<string[]> {
  const name = `python${minor}`;
  const onPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const kept = async (folder: string) =>
    (await readdir(folder).catch(() => [])).sort().map((version) => join(folder, version, 'bin'));
  return [...(await kept(pythons)), ...onPath, ...(await kept(pyenv))].map((folder) => join(folder, name));
}

/** Installs one of uv's managed builds (`cpython-3.13.18-linux-aarch64-gnu`) and returns its folder. */
export async function installBuild(request: string, build: string, options: FindOptions): Promise<string> {
  const env = {
    UV_PYTHON_INSTALL_DIR: options.pythons,
    UV_PYTHON_CPYTHON_BUILD: build,
    UV_PYTHON_DOWNLOADS: 'manual',
    UV_NO_PROGRESS: '1',
  };
  const what = `Python build ${request}`;
  const hint =
    'layers are made from uv’s Python builds, which must be reachable (a mirror: UV_PYTHON_INSTALL_MIRROR)';
  await run(options.uv, ['python', 'install', '--no-bin', '--no-config', request], {
    cwd: '/',
    env,
    what,
    hint,
  });
  const folder = join(options.pythons, request);
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) {
    throw new McpgwError('package-failed', `${what}: uv did not install it as ${folder}`, { hint });
  }
  return folder;
}
