/** uv: the machine's own when it is new enough, otherwise the pinned wheel from the user's package index, into the cache. */
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { McpgwError } from '../../plan/errors.ts';
import { cacheDir } from '../../store/paths.ts';
import { runChild } from '../child.ts';
import { installerEnv } from './installer-env.ts';

export const UV_VERSION = '0.13.9';
/** The first that reads lock revision 3 and knows every option used here. */
const OLDEST = [0, 8] as const;

let known: Promise<string> | undefined;

/** Path of a uv that works; found once per process. */
export function ensureUv(onProgress: (line: string) => void = () => {}): Promise<string> {
  known ??= findUv(onProgress).catch((error: unknown) => {
    known = undefined;
    throw error;
  });
  return known;
}

async function findUv(onProgress: (line: string) => void): Promise<string> {
  const env = installerEnv();
  const own = await runChild('uv', ['--version'], { seconds: 20, env }).catch(() => undefined);
  if (own?.code === 0 && isNewEnough(own.stdout)) return 'uv';
  const folder = path.join(cacheDir(), 'uv', UV_VERSION);
  const binary = path.join(folder, 'bin', 'uv');
  if (await exists(binary)) return binary;
  onProgress(`installing uv ${UV_VERSION} into the cache`);
  await installUv(folder);
  return binary;
}

async function installUv(folder: string): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}-`);
  const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:', '--target', work];
  const said: string[] = [];
  try {
    for (const python of ['python3', 'python']) {
      const result = await runChild(python, [...args, `uv==${UV_VERSION}`], {
        seconds: 300,
        env: installerEnv(),
      }).catch(() => undefined);
      if (result?.code === 0) {
        await rename(work, folder).catch(async (error: unknown) => {
          if (!(await exists(path.join(folder, 'bin', 'uv')))) throw error;
        });
        return;
      }
      said.push(`${python}: ${result?.stderr.trim().split('\n').at(-1) ?? 'does not start'}`);
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  throw new McpgwError(
    'tool-missing-on-machine',
    `uv is missing and could not be installed (${said.join('; ')})`,
    {
      hint: `install uv yourself, or a Python with pip that reaches your package index (uv==${UV_VERSION})`,
    },
  );
}

function isNewEnough(text: string): boolean {
  const [, major, minor] = /^uv (\d+)\.(\d+)/.exec(text) ?? [];
  return major !== undefined && (Number(major) > OLDEST[0] || Number(minor) >= OLDEST[1]);
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
