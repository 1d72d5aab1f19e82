/** `mcpgw update`: servers of the manifest to their newest or another version, and back. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isEmptyDiff, type ManifestDiff } from '../../plan/diff.ts';
import { renderMarkdown } from '../../plan/diff-markdown.ts';
import { EXIT, McpgwError } from '../../plan/errors.ts';
import { COMMENT_LIMIT } from '../../plan/markdown.ts';
import { readManifest } from '../../store/manifest.ts';
import { defineCommand } from '../command.ts';
import { DRY_RUN, MANIFEST } from '../options.ts';
import { manifestFolder } from '../project.ts';
import type { Rediscovery } from '../rediscover.ts';
import { requireServer } from '../server-reference.ts';

export const update = defineCommand({
  name: 'update',
  summary: "move servers to their newest or another version, or back to the manifest's commit",
  args: [{ name: '[servers...]', description: 'ids or packages; none: the whole source' }],
  options: {
    to: {
      type: 'string',
      value: 'version',
      description: 'a version of one server, or a commit of the whole source',
    },
    unpin: { type: 'boolean', description: "back to what the manifest's commit holds" },
    manifest: MANIFEST,
    out: { type: 'string', value: 'dir', description: 'write a proposal for `mcpgw propose` instead' },
    dryRun: DRY_RUN,
  },
  examples: [
    'mcpgw update --dry-run',
    'mcpgw update aws-documentation --to 1.1.29',
    'mcpgw update aws-documentation --unpin',
  ],
  async run({ args, options, out, root, cwd }) {
    if (options.to !== undefined && (options.unpin || args.length > 1)) {
      throw new McpgwError('usage', '--to takes one server (or none), and no --unpin', {
        hint: 'update the servers one after another',
      });
    }
    const { fromCommit, pinsOf, renew, repin } = await import('../rediscover.ts');
    const { reportDiff } = await import('../diffing.ts');
    const folder = manifestFolder(root, cwd, options.manifest);
    const manifest = await readManifest(folder);
    const ids = args.map((given) => requireServer(given, manifest));
    if (options.unpin && ids.length === 0)
      throw new McpgwError('usage', '--unpin needs the servers to move back');
    const made = options.unpin
      ? await fromCommit(folder, ids, out)
      : ids.length === 0
        ? await renew(folder, options.to, out)
        : await repin(folder, pinsOf(manifest, ids, options.to), out);
    try {
      const sides = [
        { manifest: made.before, folder },
        { manifest: made.after, folder: made.folder },
      ] as const;
      const diff = await reportDiff(...sides, out);
      if (options.dryRun) out.note('dry run: nothing was written');
      else if (options.out !== undefined) await writeProposal(resolve(cwd, options.out), folder, made, diff);
      else out.note(`${(await made.apply()).length} files of the manifest changed`);
      return EXIT.done;
    } finally {
      await made.dispose();
    }
  },
});

/** What `mcpgw propose` makes a pull request of; nothing when no server changed, a newer commit alone is no news. */
async function writeProposal(
  to: string,
  folder: string,
  made: Rediscovery,
  diff: ManifestDiff,
): Promise<void> {
  await mkdir(to, { recursive: true });
  if (isEmptyDiff(diff)) return;
  await cp(folder, join(to, 'manifest'), { recursive: true });
  await made.apply(join(to, 'manifest'));
  await writeFile(join(to, 'body.md'), renderMarkdown(diff, COMMENT_LIMIT - 2000));
}
