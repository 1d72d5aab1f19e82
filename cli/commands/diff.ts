/** `mcpgw diff`: what changed between two manifests, as a reviewer wants to know it. */
import { resolve } from 'node:path';
import { isEmptyDiff, type ManifestDiff } from '../../plan/diff/diff.ts';
import { renderMarkdown } from '../../plan/diff/markdown.ts';
import { renderText } from '../../plan/diff/text.ts';
import { EXIT } from '../../plan/errors.ts';
import { COMMENT_LIMIT } from '../../plan/markdown.ts';
import { defineCommand } from '../command.ts';

const FORMATS = ['text', 'markdown', 'json'] as const;

export const diff = defineCommand({
  name: 'diff',
  summary: 'what changed between two manifests: tools, parameters, words, access, permissions, tokens',
  args: [
    { name: '<old>', description: 'a manifest folder, or git:REVISION' },
    { name: '<new>', description: 'a manifest folder, or git:REVISION' },
  ],
  options: {
    format: {
      type: 'string',
      value: 'form',
      description: 'text, markdown (fits a comment) or json',
      choices: FORMATS,
    },
    exitCode: { type: 'boolean', description: 'exit 6 when they differ, or when words cannot be shown' },
    probe: {
      type: 'boolean',
      description: 'where definitions are not there, install and ask the servers for them',
    },
    clone: {
      type: 'string',
      value: 'dir',
      description: 'with --probe: a clone of the repository that has the commits of both sides',
    },
  },
  examples: ['mcpgw diff git:main manifest', 'mcpgw diff git:HEAD~1 git:HEAD --format markdown --exit-code'],
  async run({ args: [before = '', after = ''], options, out, root, cwd }) {
    const { compare, obtainByProbing, openSide } = await import('../diffing.ts');
    const at = { root, folder: (path: string) => resolve(cwd, path) };
    const clone = options.clone === undefined ? undefined : resolve(cwd, options.clone);
    const old = await openSide(before, at);
    try {
      const made = await openSide(after, at);
      try {
        const found = await compare(old, made, options.probe ? obtainByProbing(out, clone) : undefined);
        out.document(found);
        out.print(render(found, options.format));
        if (found.wordsUnknown.length > 0) {
          out.note(
            `words changed that cannot be shown (definitions missing${options.probe ? '' : '; --probe gets them'}): ${found.wordsUnknown.join(', ')}`,
          );
        }
        return options.exitCode && !isEmptyDiff(found) ? EXIT.drift : EXIT.done;
      } finally {
        await made.dispose();
      }
    } finally {
      await old.dispose();
    }
  },
});

function render(found: ManifestDiff, format: string | undefined): string {
  if (format === 'json') return JSON.stringify(found, null, 2);
  if (isEmptyDiff(found)) return 'nothing changed';
  return format === 'markdown' ? renderMarkdown(found, COMMENT_LIMIT) : renderText(found);
}
