/** Files of a git revision laid out in a folder: the base of a pull request, or a manifest as it once was. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { McpgwError, messageOf } from '../plan/errors.ts';

const run = promisify(execFile);

/** The full commit hash that `revision` names. Throws revision-unknown. */
export async function resolveRevision(root: string, revision: string): Promise<string> {
  return (
    await git(
      root,
      ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`],
      revision,
    )
  ).trim();
}

/**
 * Writes `path` (of the project folder `root`; '' for all of it) at `revision` into a new temporary folder.
 * Links are written as plain files: what another's branch holds must not point out of the folder.
 */
export async function exportRevision(
  root: string,
  revision: string,
  path: string,
): Promise<{ folder: string; dispose(): Promise<void> }> {
  const commit = await resolveRevision(root, revision);
  const prefix = (await git(root, ['rev-parse', '--show-prefix'], revision)).trim();
  const made = await mkdtemp(join(tmpdir(), 'mcpgw-revision-'));
  const dispose = () => rm(made, { recursive: true, force: true });
  try {
    const folder = join(made, 'tree');
    await mkdir(folder);
    const env = { ...process.env, GIT_INDEX_FILE: join(made, 'index') };
    await git(root, ['read-tree', `${commit}:${`${prefix}${path}`.replace(/\/$/, '')}`], revision, env);
    // from the top of the work tree, as checkout-index writes only what is under the current folder
    const top = (await git(root, ['rev-parse', '--show-toplevel'], revision)).trim();
    await git(
      top,
      ['-c', 'core.symlinks=false', 'checkout-index', '--all', `--prefix=${folder}/`],
      revision,
      env,
    );
    return { folder, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function git(cwd: string, args: string[], revision: string, env = process.env): Promise<string> {
  try {
    return (await run('git', args, { cwd, env, maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ENOENT') {
      throw new McpgwError('tool-missing-on-machine', 'there is no git on PATH', {
        hint: 'install git',
        cause,
      });
    }
    const said = (cause as { stderr?: string }).stderr?.trim() || messageOf(cause);
    throw new McpgwError('revision-unknown', `git cannot give ${revision}: ${said}`, {
      hint: 'name a commit, branch or tag of this repository; a shallow clone holds only its last commits',
      cause,
    });
  }
}
