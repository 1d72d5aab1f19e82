/** One environment a server, content-addressed in the cache: sources, lock, Python, repairs and this installer's version. */
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { McpgwError } from '../../plan/errors.ts';
import { hashJson, hexOf, type Sha256 } from '../../plan/hash.ts';
import type { HookFiles } from '../../plan/hook-files.ts';
import type { LaunchSpec } from '../../plan/types.ts';
import { cacheDir } from '../../store/paths.ts';
import { type ChildResult, runChild } from '../child.ts';
import { printable } from '../text.ts';
import { addHookFiles } from './hook-files.ts';
import { installerEnv } from './installer-env.ts';
import { choosePython } from './interpreter.ts';
import { ensureUv } from './uv.ts';

/** Goes up when an environment would come out differently. */
const INSTALLER = 1;
const INSTALL_SECONDS = 900;

export interface EnvironmentInputs {
  id: string;
  source: Sha256;
  lock: Sha256 | undefined;
  script: string;
  requiresPython: string | undefined;
  /** Minor version, or `any`. */
  python: string;
  noHooks: boolean;
  /** What the hooks would have made, from published wheels. */
  files: HookFiles;
  extra: readonly string[];
}

export interface Environment extends LaunchSpec {
  /** Minor version it was made with. */
  python: string;
}

/** Key of an environment: the same inputs, the same folder. */
export function environmentKey(inputs: EnvironmentInputs): string {
  const { id, files, ...rest } = inputs;
  const made = Object.keys(files).length > 0 && { files };
  const key = {
    ...rest,
    ...made,
    installer: INSTALLER,
    platform: process.platform,
    architecture: process.arch,
  };
  return `${id}-${hexOf(hashJson(key)).slice(0, 16)}`;
}

function folderOf(inputs: EnvironmentInputs): string {
  return path.join(cacheDir(), 'environments', environmentKey(inputs));
}

/** The environment if it is there; no process is started to find out. */
export async function existingEnvironment(inputs: EnvironmentInputs): Promise<Environment | undefined> {
  const folder = folderOf(inputs);
  const text = await readFile(path.join(folder, 'ready.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { python } = JSON.parse(text) as { python: string };
  const command = path.join(folder, 'bin', inputs.script);
  const there = await stat(command).catch(() => undefined);
  return there === undefined ? undefined : { command, args: [], env: {}, python };
}

/** Installs from the staged sources' own uv.lock. Throws install-failed with what the installer said. */
export async function createEnvironment(inputs: EnvironmentInputs, staged: string): Promise<Environment> {
  const existing = await existingEnvironment(inputs);
  if (existing !== undefined) return existing;
  const folder = folderOf(inputs);
  const uv = await ensureUv();
  const python = await choosePython(inputs.requiresPython, inputs.python);
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.dirname(folder), { recursive: true });
  const env = {
    ...installerEnv(),
    UV_PROJECT_ENVIRONMENT: folder,
    UV_NO_PROGRESS: '1',
    ...(inputs.noHooks && { HATCH_BUILD_NO_HOOKS: 'true' }),
  };
  const run = (args: string[]): Promise<ChildResult> =>
    runChild(uv, args, { seconds: INSTALL_SECONDS, env, cwd: staged });
  const sync = ['sync', '--frozen', '--no-dev', '--no-editable', '--quiet', '--python', python.path];
  check(inputs.id, await run(sync));
  const pip = ['pip', 'install', '--quiet', '--python', path.join(folder, 'bin', 'python')];
  const script = path.join(folder, 'bin', inputs.script);
  // Without a build-system table uv sync ends well and leaves the project itself out.
  if (!(await isFile(script))) check(inputs.id, await run([...pip, '--no-deps', staged]));
  if (inputs.extra.length > 0) check(inputs.id, await run([...pip, ...inputs.extra]));
  const sitePackages = path.join(folder, 'lib', `python${python.minor}`, 'site-packages');
  const install = async (args: string[]) => check(inputs.id, await run([...pip, ...args]));
  await addHookFiles(inputs.files, sitePackages, install);
  if (!(await isFile(script))) {
    throw new McpgwError('install-failed', `${inputs.id}: installed without its script ${inputs.script}`, {
      hint: 'the package does not contain what its pyproject.toml promises; report it upstream',
    });
  }
  const marker = path.join(folder, 'ready.json');
  await writeFile(`${marker}.new`, JSON.stringify({ python: python.minor }));
  await rename(`${marker}.new`, marker);
  return { command: script, args: [], env: {}, python: python.minor };
}

function check(id: string, result: ChildResult): void {
  if (result.code === 0) return;
  const said = result.timedOut ? `no end after ${INSTALL_SECONDS} s` : lastWords(result.stderr);
  throw new McpgwError('install-failed', `${id}: ${said}`, {
    hint: 'check the network, proxy and package index; `mcpgw doctor` tells what is missing',
  });
}

/** uv prints the cause last; machine paths would make the manifest differ from machine to machine. */
function lastWords(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return printable(
    (lines.slice(-3).join(' ') || 'the installer said nothing').replace(/(?:\/[\w.@+-]+){2,}/g, '<path>'),
    300,
  );
}

async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() ?? false;
}
