/** Where our files lie: the project a command runs in, the user's cache, and a project's own ignored state. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { PROJECT } from '../plan/settings/settings.ts';

/** The nearest folder, from `from` upwards, with a Pulumi.yaml; `from` itself when there is none. */
export function projectRoot(from: string = process.cwd()): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'Pulumi.yaml'))) return folder;
    if (folder === dirname(folder)) return resolve(from);
  }
}

/** Shared by all projects of a user, safe to delete: environments, engines, clones. */
export function cacheDir(environment: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (environment.MCPGW_CACHE) return resolve(environment.MCPGW_CACHE);
  if (environment.XDG_CACHE_HOME) return join(environment.XDG_CACHE_HOME, PROJECT);
  const home = environment.HOME || homedir();
  return platform === 'darwin' ? join(home, 'Library', 'Caches', PROJECT) : join(home, '.cache', PROJECT);
}

/** Ignored by git: the running local gateway's file, local signing keys, offline backends. */
export function stateDir(root: string): string {
  return join(root, `.${PROJECT}`);
}
