/** A Python of one minor version: what uv finds, what pyenv holds, or what uv can bring. */
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { DEFAULT_PYTHON } from '../../plan/build.ts';

import { McpgwError } from '../../plan/errors.ts';
import { allows } from '../../plan/lock.ts';
import { runChild } from '../child.ts';
import { installerEnv } from './installer-env.ts';
import { ensureUv } from './uv.ts';

/** Minor versions that servers run on, the preferred one first. */
const FITTING = [DEFAULT_PYTHON, '3.12', '3.11', '3.10', '3.14'] as const;

export interface Interpreter {
  /** `3.13` */
  minor: string;
  path: string;
}

const found = new Map<string, Promise<string | undefined>>();

/**
 * The Python for a server. `wanted`: a minor version, or `any` for whatever fitting one is here already.
 * The default is 3.13, an older one where the server demands it.
 */
export async function choosePython(
  requires: string | undefined,
  wanted: string = DEFAULT_PYTHON,
): Promise<Interpreter> {
  const admitted = FITTING.filter((minor) => requires === undefined || allows(requires, minor));
  if (wanted === 'any') {
    for (const minor of admitted) {
      const here = await locate(minor, false);
      if (here !== undefined) return { minor, path: here };
    }
  }
  const minor = admitted.includes(wanted as (typeof FITTING)[number]) ? wanted : admitted[0];
  if (minor === undefined) throw missing(`that fits requires-python ${requires ?? ''}`, wanted);
  const here = await locate(minor, true);
  if (here === undefined) throw missing(minor, wanted);
  return { minor, path: here };
}

function missing(what: string, wanted: string): McpgwError {
  const other = wanted === 'any' ? '' : ', or take another fitting Python with --python any';
  return new McpgwError('tool-missing-on-machine', `no Python ${what}, and uv could not bring one`, {
    hint: `install it, or allow uv to download Python builds${other}`,
  });
}

function locate(minor: string, bring: boolean): Promise<string | undefined> {
  const key = `${minor} ${bring}`;
  const known = found.get(key) ?? search(minor, bring);
  found.set(key, known);
  return known;
}

async function search(minor: string, bring: boolean): Promise<string | undefined> {
  const uv = await ensureUv();
  return (
    (await uvFind(uv, minor)) ?? (await pyenvFind(minor)) ?? (bring ? await uvBring(uv, minor) : undefined)
  );
}

async function uvFind(uv: string, minor: string): Promise<string | undefined> {
  // From the file system's root, so that no project's .python-version has a say.
  const result = await runChild(uv, ['python', 'find', '--no-project', '--no-config', minor], {
    seconds: 60,
    env: { ...installerEnv(), UV_PYTHON_DOWNLOADS: 'never' },
    cwd: '/',
  });
  const file = result.stdout.trim();
  return result.code === 0 && file !== '' ? file : undefined;
}

/** pyenv's shims on PATH refuse versions that are not selected, which hides them from uv. */
async function pyenvFind(minor: string): Promise<string | undefined> {
  const root = path.join(process.env.PYENV_ROOT ?? path.join(homedir(), '.pyenv'), 'versions');
  const versions = (await readdir(root).catch(() => [])).filter((name) => name.startsWith(`${minor}.`));
  for (const version of versions.sort().reverse()) {
    const file = path.join(root, version, 'bin', `python${minor}`);
    const result = await runChild(file, ['-c', ''], { seconds: 20, env: installerEnv() }).catch(
      () => undefined,
    );
    if (result?.code === 0) return file;
  }
  return undefined;
}

async function uvBring(uv: string, minor: string): Promise<string | undefined> {
  const result = await runChild(uv, ['python', 'install', '--no-progress', minor], {
    seconds: 300,
    env: installerEnv(),
    cwd: '/',
  });
  return result.code === 0 ? uvFind(uv, minor) : undefined;
}
