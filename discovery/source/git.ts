/** What a checkout is of: commit and https remote. Plumbing only, with everything off that a hostile repository could make git run. */
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { McpgwError } from '../../plan/errors.ts';
import { cacheDir } from '../../store/paths.ts';
import { type ChildResult, runChild } from '../child.ts';
import { isDirectory } from '../files.ts';

export const DEFAULT_REPOSITORY = 'https://github.com/awslabs/mcp';

const SAFE = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'protocol.ext.allow=never',
];

async function git(args: readonly string[], seconds = 30, cwd?: string): Promise<ChildResult> {
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0' };
  try {
    return await runChild('git', [...SAFE, ...args], {
      seconds,
      env,
      keepBytes: 64_000_000,
      ...(cwd !== undefined && { cwd }),
    });
  } catch (cause) {
    throw new McpgwError('tool-missing-on-machine', 'git does not start', { hint: 'install git', cause });
  }
}

export interface GitFacts {
  commit: string;
  repository: string;
  /** Blob ids of the commit by path below the checkout, links left out. */
  blobs: ReadonlyMap<string, string>;
}

/** Undefined when the folder is no git work tree of its own. */
export async function gitFacts(checkout: string): Promise<GitFacts | undefined> {
  const top = await git(['-C', checkout, 'rev-parse', '--show-prefix', 'HEAD']).catch(() => undefined);
  const [prefix, commit] = top?.stdout.split('\n') ?? [];
  if (top?.code !== 0 || prefix !== '' || commit === undefined || !/^[0-9a-f]{40}$/.test(commit))
    return undefined;
  const [remote, tree] = await Promise.all([
    git(['-C', checkout, 'config', '--get', 'remote.origin.url']),
    git(['-C', checkout, 'ls-tree', '-r', '-z', commit, 'src/']),
  ]);
  const blobs = new Map<string, string>();
  for (const line of tree.stdout.split('\0')) {
    const match = /^100\d{3} blob ([0-9a-f]{40})\t(.+)$/s.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) blobs.set(match[2], match[1]);
  }
  return { commit, repository: publicUrl(remote.stdout.trim()), blobs };
}

/** The remote as anyone can reach it: https, without credentials; a local path says nothing to others. */
export function publicUrl(remote: string): string {
  const ssh = /^(?:ssh:\/\/)?git@([\w.-]+)[:/](.+)$/.exec(remote);
  const url = ssh === null ? remote : `https://${ssh[1]}/${ssh[2]}`;
  if (!URL.canParse(url)) return DEFAULT_REPOSITORY;
  const { protocol, host, pathname } = new URL(url);
  if (protocol !== 'https:') return DEFAULT_REPOSITORY;
  return `https://${host}${pathname.replace(/\/+$/, '').replace(/\.git$/, '')}`;
}

/** A checkout of one revision (commit, tag or branch) in the cache; a commit is fetched once. */
export async function cloneRevision(
  repository: string,
  revision: string,
): Promise<{ checkout: string; commit: string }> {
  if (revision.startsWith('-')) throw new McpgwError('usage', `${revision} is no revision`, {});
  const root = path.join(cacheDir(), 'checkouts');
  const ready = path.join(root, revision);
  if (/^[0-9a-f]{40}$/.test(revision) && (await isDirectory(ready)))
    return { checkout: ready, commit: revision };
  await mkdir(root, { recursive: true });
  const work = path.join(root, `.fetch-${process.pid}-${Date.now()}`);
  try {
    await must(['init', '-q', work], `a folder for ${repository}`);
    await must(
      ['-C', work, 'fetch', '-q', '--depth', '1', '--no-tags', repository, revision],
      `${repository} at ${revision}`,
    );
    await must(['-C', work, 'checkout', '-q', '--detach', 'FETCH_HEAD'], revision);
    await must(['-C', work, 'remote', 'add', 'origin', repository], repository);
    const commit = (await git(['-C', work, 'rev-parse', 'HEAD'])).stdout.trim();
    const target = path.join(root, commit);
    await rename(work, target).catch(async (error: NodeJS.ErrnoException) => {
      if (!(await isDirectory(target))) throw error;
    });
    return { checkout: target, commit };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function must(args: readonly string[], what: string): Promise<void> {
  const result = await git(args, 600);
  if (result.code === 0) return;
  const said = result.stderr.trim().split('\n').at(-1) ?? '';
  throw new McpgwError(
    'unreachable',
    `git could not fetch ${what}: ${result.timedOut ? 'no answer' : said}`,
    {
      hint: 'check the network and proxy, or name a checkout with --checkout DIR, or published packages with --from-pypi NAME',
    },
  );
}
