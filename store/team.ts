/**
 * A team's own repository: a clone of this one whose own files are the stack files (with contract.<stack>.yaml), the
 * manifest and .github/, and nothing else, so that it takes newer versions of the product without conflicts.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { McpgwError } from '../plan/errors.ts';
import { resolveRevision } from './git-revision.ts';

const run = promisify(execFile);

/** Pathspecs of what is the team's; everything else is upstream's. Pulumi.yaml itself is upstream's. */
export const OWN = [':(glob)Pulumi.*.yaml', ':(glob)contract.*.yaml', 'manifest', '.github'];

/**
 * Merges `revision` into the work tree without committing: upstream's files as they are there, the team's as they were.
 * Throws usage when files are changed and not committed, or when files of neither kind conflict.
 */
export async function takeUpstream(
  root: string,
  revision: string,
): Promise<{ commit: string; files: string[] }> {
  const commit = await resolveRevision(root, revision);
  if ((await git(root, ['status', '--porcelain', '--untracked-files=no'])) !== '') {
    throw new McpgwError('usage', 'there are changes that are not committed', {
      hint: 'commit or stash them first',
    });
  }
  await git(root, ['merge', '--no-commit', '--no-ff', '--allow-unrelated-histories', commit]).catch(
    () => undefined,
  );
  await restoreOwn(root);
  const conflicts = lines(await git(root, ['diff', '--name-only', '--diff-filter=U']));
  if (conflicts.length > 0) {
    await git(root, ['merge', '--abort']);
    throw new McpgwError('usage', `changed here and upstream: ${conflicts.join(', ')}`, {
      hint: "these are upstream's files: undo the changes, or propose them upstream",
    });
  }
  return { commit, files: lines(await git(root, ['diff', '--cached', '--name-only'])) };
}

/** The team's files exactly as HEAD has them: changed ones back, new ones of upstream's gone. */
async function restoreOwn(root: string): Promise<void> {
  const ours = lines(await git(root, ['ls-tree', '-r', '--name-only', 'HEAD']));
  await git(root, ['rm', '-r', '--force', '--quiet', '--ignore-unmatch', '--', ...OWN]);
  const own = new Set(
    lines(await git(root, ['ls-tree', '-r', '--name-only', 'HEAD', '--', 'manifest', '.github'])),
  );
  const files = ours.filter((file) => own.has(file) || /^(?:Pulumi|contract)\.[^/]+\.yaml$/.test(file));
  for (let at = 0; at < files.length; at += 500) {
    await git(root, ['checkout', 'HEAD', '--', ...files.slice(at, at + 500)]);
  }
}

export async function git(root: string, args: string[]): Promise<string> {
  return (await run('git', args, { cwd: root, maxBuffer: 64 * 1024 * 1024 })).stdout;
}

const lines = (text: string) => text.split('\n').filter((line) => line !== '');
