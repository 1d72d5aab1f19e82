/** `mcpgw update`: servers of the manifest to their newest or another version, and back. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isEmptyDiff, type ManifestDiff } from '../../plan/diff/diff.ts';
import { renderMarkdown } from '../../plan/diff/markdown.ts';
import { EXIT, McpgwError } from '../../plan/errors.ts';
import { COMMENT_LIMIT, plain } from '../../plan/markdown.ts';
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
    from: {
      type: 'string',
      value: 'where',
      choices: ['source', 'published'],
      description:
        "the whole: the manifest's source at its newest (default), or every server's newest package",
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
    'mcpgw update --from published --dry-run',
  ],
  async run({ args, options, out, root, cwd }) {
    if (options.to !== undefined && (options.unpin || args.length > 1)) {
      throw new McpgwError('usage', '--to takes one server (or none), and no --unpin', {
        hint: 'update the servers one after another',
      });
    }
    const whole = args.length === 0;
    if (options.from === 'published' && (options.to !== undefined || options.unpin || !whole)) {
      throw new McpgwError('usage', '--from published moves every server: no names, no --to, no --unpin', {
        hint: 'a named server goes to its newest published version anyway',
      });
    }
    const { fromCommit, pinsOf, renew, renewPublished, repin } = await import('../rediscover.ts');
    const { reportDiff } = await import('../diffing.ts');
    const folder = manifestFolder(root, cwd, options.manifest);
    const manifest = await readManifest(folder);
    const ids = args.map((given) => requireServer(given, manifest));
    if (options.unpin && ids.length === 0)
      throw new McpgwError('usage', '--unpin needs the servers to move back');
    const moved = () => {
      if (options.unpin) return fromCommit(folder, ids, out);
      if (!whole) return repin(folder, pinsOf(manifest, ids, options.to), out);
      return options.from === 'published' ? renewPublished(folder, out) : renew(folder, options.to, out);
    };
    const made = await moved();
    try {
      const sides = [
        { manifest: made.before, folder },
        { manifest: made.after, folder: made.folder },
      ] as const;
      const diff = await reportDiff(...sides, out, made.left.length > 0 ? { left: made.left } : {});
      for (const line of leftLines(made)) out.note(line);
      if (options.dryRun) out.note('dry run: nothing was written');
      else if (options.out !== undefined) await writeProposal(resolve(cwd, options.out), folder, made, diff);
      else out.note(`${(await made.apply()).length} files of the manifest changed`);
      // a server that was named was to move; of the whole source some are never published
      return made.left.length > 0 && !whole ? EXIT.failed : EXIT.done;
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
  const left = leftLines(made).map((line) => `* ${plain(line)}\n`);
  const rest = left.length > 0 ? `\n**Not moved**\n\n${left.join('')}` : '';
  await writeFile(join(to, 'body.md'), renderMarkdown(diff, COMMENT_LIMIT - 2000 - rest.length) + rest);
}

function leftLines({ left }: Rediscovery): string[] {
  return left.map(({ id, reason }) => `${id} stays as it is: ${reason}`);
}
