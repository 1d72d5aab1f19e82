/** `mcpgw review`: what a branch changes for each stack, as the comments of its pull request. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EXIT, type ExitCode, McpgwError } from '../../plan/errors.ts';
import { unescaped } from '../../plan/markdown.ts';
import { defineCommand } from '../command.ts';
import type { ResourceMode } from '../reviewing.ts';

const MODES = ['none', 'offline', 'live'] as const;

export const review = defineCommand({
  name: 'review',
  summary: 'what this branch changes for each stack, checked by rules; `mcpgw post` makes comments of it',
  options: {
    base: {
      type: 'string',
      value: 'revision',
      description: 'the revision to compare with (default: origin/main)',
    },
    stack: { type: 'strings', value: 'name', description: 'only these stacks (default: all but local)' },
    resources: {
      type: 'string',
      value: 'how',
      description: 'preview of resources: none, offline (an imitation, no credentials) or live',
      choices: MODES,
    },
    probe: { type: 'boolean', description: 'install and ask servers whose words are not committed' },
    noTools: { type: 'boolean', description: 'resources only' },
    out: {
      type: 'string',
      value: 'dir',
      description: 'write <stack>.md for `mcpgw post`, each cut to fit a comment',
    },
  },
  examples: ['mcpgw review --base main', 'mcpgw review --base main --stack prod --resources offline'],
  async run({ options, out, root, cwd, env }) {
    const { reviewBranch } = await import('../reviewing.ts');
    const { obtainByProbing } = await import('../diffing.ts');
    const resources = (options.resources ?? 'none') as ResourceMode;
    if (options.noTools && resources === 'none') {
      throw new McpgwError('usage', '--no-tools and no resources leave nothing to review', {
        hint: 'add --resources offline or live',
      });
    }
    const reviews = await reviewBranch({
      root,
      base: options.base ?? 'origin/main',
      stacks: options.stack,
      resources,
      tools: !options.noTools,
      ...(options.probe ? { obtain: obtainByProbing(out) } : {}),
      env,
      say: (text) => out.note(text),
    });
    if (options.out !== undefined) {
      const folder = resolve(cwd, options.out);
      await mkdir(folder, { recursive: true });
      for (const { stack, text } of reviews) await writeFile(join(folder, `${stack}.md`), `${text}\n`);
    }
    out.document(reviews.map(({ text: _, whole: __, ...rest }) => rest));
    for (const { whole } of reviews) out.print(unescaped(whole));
    return worst(reviews.map(({ exitCode }) => exitCode));
  },
});

/** What needs a hand first decides: a failure, a problem, a rule, a drift. */
const ORDER: readonly ExitCode[] = [EXIT.failed, EXIT.usage, EXIT.refused, EXIT.drift];

export function worst(codes: readonly ExitCode[]): ExitCode {
  return ORDER.find((code) => codes.includes(code)) ?? codes.find((code) => code !== EXIT.done) ?? EXIT.done;
}
