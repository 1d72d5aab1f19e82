/** Installs what a lock pins into a folder, for Lambda's platform, from wheels; pure sdists are built first. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { McpgwError } from '../../plan/errors.ts';
import { hashJson, type Sha256, sha256 } from '../../plan/hash.ts';
import { GLIBC, MACHINE, type Platform } from '../../plan/wheel-tags.ts';
import { listFiles } from './files.ts';
import type { Interpreter } from './interpreter.ts';
import type { Requirements } from './requirements.ts';
import { run } from './run.ts';

/** What builds sdists, pinned: the same wheel today and next year. */
const BUILD_CONSTRAINTS = ['setuptools==80.9.0', 'wheel==0.45.1', 'hatchling==1.27.0', 'flit-core==3.12.0'];
/** 1980-01-01, the earliest date of a zip. */
const SOURCE_DATE_EPOCH = '315532800';

export interface BuiltSdist {
  name: string;
  version: string;
  /** Over the files of the wheel that was built. */
  hash: Sha256;
}

export interface InstallOptions {
  uv: string;
  /** Runs build backends and answers uv; nothing is installed into it. */
  interpreter: Interpreter;
  requirements: Requirements;
  platform: Platform;
  /** Made by this. */
  target: string;
  work: string;
  what: string;
}

export async function install(options: InstallOptions): Promise<BuiltSdist[]> {
  const { requirements, platform, target, work, what } = options;
  await mkdir(target, { recursive: true });
  // A folder without pyproject.toml: uv would apply its overrides and take other versions than the lock's.
  const neutral = join(work, 'neutral');
  await mkdir(neutral, { recursive: true });
  await writeFile(join(neutral, 'requirements.txt'), `${requirements.wheels.join('\n')}\n`);
  await run(
    options.uv,
    [
      ...pip(options, target),
      ...['--only-binary', ':all:', '--python-version', platform.python],
      ...['--python-platform', `${MACHINE[platform.architecture]}-manylinux_${GLIBC.major}_${GLIBC.minor}`],
      ...['-r', 'requirements.txt'],
    ],
    {
      cwd: neutral,
      env: uvEnvironment,
      what: `${what}: installing wheels`,
      hint: 'run `mcpgw discover` again if the lock changed: it decides which platform has wheels',
    },
  );
  const built: BuiltSdist[] = [];
  for (const [name, line] of requirements.sdists) built.push(await buildSdist(name, line, neutral, options));
  await rm(join(target, '.lock'), { force: true });
  return built;
}

const uvEnvironment = { UV_PYTHON_DOWNLOADS: 'never', UV_NO_PROGRESS: '1', VIRTUAL_ENV: undefined };

function pip(options: InstallOptions, target: string): string[] {
  return [
    ...['pip', 'install', '--quiet', '--no-deps', '--require-hashes', '--no-compile-bytecode'],
    ...['--link-mode', 'copy', '--python', options.interpreter.path, '--target', target],
  ];
}

async function buildSdist(
  name: string,
  line: string,
  neutral: string,
  options: InstallOptions,
): Promise<BuiltSdist> {
  const target = join(options.work, `built-${name}`);
  await writeFile(join(neutral, 'sdist.txt'), `${line}\n`);
  await writeFile(join(neutral, 'constraints.txt'), `${BUILD_CONSTRAINTS.join('\n')}\n`);
  await run(
    options.uv,
    [
      ...pip(options, target),
      ...['--no-binary', name, '--build-constraints', 'constraints.txt', '-r', 'sdist.txt'],
    ],
    {
      cwd: neutral,
      env: { ...uvEnvironment, SOURCE_DATE_EPOCH },
      what: `${options.what}: building ${name}`,
      hint: 'the lock has no wheel of it; its build needs the package index for its build tools',
    },
  );
  const info = (await readdir(target)).find((folder) => folder.endsWith('.dist-info'));
  const wheel = info === undefined ? '' : await readFile(join(target, info, 'WHEEL'), 'utf8');
  if (!/^Root-Is-Purelib: true$/m.test(wheel) || !/^Tag: py\d?[^-]*-none-any$/m.test(wheel)) {
    throw new McpgwError(
      'package-failed',
      `${options.what}: ${name} is compiled and has no wheel for Lambda`,
      {
        hint: 'a build on this machine would not run there; exclude the server or have upstream lock another version',
      },
    );
  }
  // Who installed it, from where and when differs from machine to machine.
  const files = (await listFiles(target)).filter((file) => !/\.dist-info\/|^bin\/|^\.lock$/.test(file.path));
  const hashes = await Promise.all(
    files.map(async (file) => [file.path, sha256(await readFile(join(target, file.path)))]),
  );
  await rm(join(target, '.lock'), { force: true });
  await cp(target, options.target, { recursive: true });
  return { name, version: /==([^\s;]+)/.exec(line)?.[1] ?? '', hash: hashJson(hashes) };
}
