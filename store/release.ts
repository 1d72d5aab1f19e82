/** The commit that a project's files are of, and how it stands to another one. A stack remembers which it was deployed from. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Stack output `release`. */
export interface Release {
  commit: string;
  /** When it was committed, as ISO 8601. */
  committed: string;
}

/** How the commit of a folder stands to an earlier deployed one. */
export type Standing =
  /** The same, or one that contains it. */
  | 'follows'
  /** The deployed one contains it. */
  | 'precedes'
  /** Neither contains the other. */
  | 'apart'
  /** The clone does not hold the deployed one. */
  | 'unknown';

/** Undefined where there is no git, no repository or no commit. */
export async function releaseOf(folder: string): Promise<Release | undefined> {
  const said = await git(folder, ['show', '--no-patch', '--format=%H %cI', 'HEAD']);
  const [commit, committed] = said?.trim().split(' ') ?? [];
  return commit && committed ? { commit, committed } : undefined;
}

export async function standingTo(folder: string, deployed: string): Promise<Standing> {
  if ((await git(folder, ['cat-file', '-e', `${deployed}^{commit}`])) === undefined) return 'unknown';
  const contains = (one: string, other: string) => git(folder, ['merge-base', '--is-ancestor', other, one]);
  if ((await contains('HEAD', deployed)) !== undefined) return 'follows';
  return (await contains(deployed, 'HEAD')) === undefined ? 'apart' : 'precedes';
}

const run = promisify(execFile);

/** Undefined when git says no, or is not there. */
async function git(cwd: string, args: string[]): Promise<string | undefined> {
  return run('git', args, { cwd }).then(
    ({ stdout }) => stdout,
    () => undefined,
  );
}
