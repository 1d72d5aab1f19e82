/**
 * Opens the pull request of a refreshed manifest, or brings the open one up to date, through GitHub's git data API: no
 * push, so no credentials in a work tree. What a job that ran foreign servers left is checked as a manifest first.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { McpgwError } from '../plan/errors.ts';
import type { JsonObject } from '../plan/hash.ts';
import { COMMENT_LIMIT, tame } from '../plan/markdown.ts';
import { readDefinitions, readManifest } from '../store/manifest.ts';
import type { GitHub } from './github.ts';

export const BRANCH = 'mcpgw/refresh';
const MOST_BYTES = 50 * 1024 * 1024;

export interface Change {
  /** Inside the repository. */
  path: string;
  /** undefined: removed. */
  content: string | undefined;
}

/** Files of the proposed manifest that differ from the present one; those that git ignores are left out. */
export async function changedFiles(root: string, present: string, proposed: string): Promise<Change[]> {
  const manifest = await readManifest(proposed);
  const withTools = !(await isIgnored(root, join(present, 'tools', 'x.json')));
  const paths = ['source.yaml', ...Object.keys(manifest.servers).map((id) => `servers/${id}.yaml`)];
  if (withTools) {
    for (const entry of Object.values(manifest.servers)) {
      if ((await readDefinitions(proposed, entry)).length > 0) paths.push(`tools/${entry.id}.json`);
    }
  }
  const prefix = await prefixOf(present);
  const changes: Change[] = [];
  let bytes = 0;
  for (const path of paths) {
    const { size } = await stat(join(proposed, path));
    bytes += size;
    if (bytes > MOST_BYTES) {
      throw new McpgwError('manifest-invalid', `the proposed manifest is larger than ${MOST_BYTES} bytes`);
    }
    const content = await readFile(join(proposed, path), 'utf8');
    const old = await readFile(join(present, path), 'utf8').catch(() => undefined);
    if (old !== content) changes.push({ path: `${prefix}${path}`, content });
  }
  for (const path of await presentFiles(present, withTools)) {
    if (!paths.includes(path)) changes.push({ path: `${prefix}${path}`, content: undefined });
  }
  return changes;
}

/** The number of the pull request, and whether it was there before. */
export async function openPullRequest(
  github: GitHub,
  request: { base: string; commit: string; changes: readonly Change[]; title: string; body: string },
): Promise<{ number: number; was: 'opened' | 'updated' | 'unchanged' }> {
  const { base, commit, changes, title } = request;
  const body = tame(request.body).slice(0, COMMENT_LIMIT - 1000);
  const owner = github.repository.split('/')[0] ?? '';
  const tree = await makeTree(github, commit, changes);
  const [present] = await github.list(`/git/matching-refs/heads/${BRANCH}`);
  const [pull] = await github.list(
    `/pulls?state=open&base=${base}&head=${encodeURIComponent(`${owner}:${BRANCH}`)}`,
  );
  const same = present !== undefined && (await treeOf(github, shaOf(present.object))) === tree;
  if (!same) {
    const made = (await github.request('POST', '/git/commits', {
      message: title,
      tree,
      parents: [commit],
    })) as JsonObject;
    if (present === undefined) {
      await github.request('POST', '/git/refs', { ref: `refs/heads/${BRANCH}`, sha: shaOf(made) });
    } else {
      await github.request('PATCH', `/git/refs/heads/${BRANCH}`, { sha: shaOf(made), force: true });
    }
  }
  if (pull) {
    if (pull.body === body && same) return { number: Number(pull.number), was: 'unchanged' };
    await github.request('PATCH', `/pulls/${String(pull.number)}`, { title, body });
    return { number: Number(pull.number), was: 'updated' };
  }
  const opened = (await github.request('POST', '/pulls', { title, body, head: BRANCH, base })) as JsonObject;
  return { number: Number(opened.number), was: 'opened' };
}

async function makeTree(github: GitHub, commit: string, changes: readonly Change[]): Promise<string> {
  const entries = changes.map(({ path, content }) => ({
    path,
    mode: '100644',
    type: 'blob',
    ...(content === undefined ? { sha: null } : { content }),
  }));
  const made = await github.request('POST', '/git/trees', {
    base_tree: await treeOf(github, commit),
    tree: entries,
  });
  return shaOf(made);
}

async function treeOf(github: GitHub, commit: string): Promise<string> {
  return shaOf(((await github.request('GET', `/git/commits/${commit}`)) as JsonObject).tree);
}

function shaOf(value: unknown): string {
  const sha = (value as { sha?: unknown } | null)?.sha;
  if (typeof sha === 'string' && /^[0-9a-f]{40}$/.test(sha)) return sha;
  throw new McpgwError('unreachable', 'GitHub gave no commit or tree where one was expected');
}

async function presentFiles(manifest: string, withTools: boolean): Promise<string[]> {
  const folders = withTools ? ['servers', 'tools'] : ['servers'];
  const lists = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(manifest, folder)).catch(() => [])).map((name) => `${folder}/${name}`),
    ),
  );
  return lists.flat().filter((path) => /\.(yaml|json)$/.test(path));
}

const run = promisify(execFile);

async function git(cwd: string, args: string[]): Promise<string> {
  return (await run('git', args, { cwd })).stdout;
}

/** Path of the manifest folder inside the repository, with a slash at its end. */
async function prefixOf(manifest: string): Promise<string> {
  return (await git(manifest, ['rev-parse', '--show-prefix'])).trim();
}

export async function headCommit(root: string): Promise<string> {
  return (await git(root, ['rev-parse', 'HEAD'])).trim();
}

async function isIgnored(root: string, path: string): Promise<boolean> {
  try {
    await git(root, ['check-ignore', '--quiet', path]);
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 1) return false;
    throw error;
  }
}
