/** `mcpgw init`: makes a clone of this repository a team's own, or brings a team's up to a newer upstream. */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, McpgwError } from '../../plan/errors.ts';
import { newStackFile, ownStackFile } from '../../plan/init-stack.ts';
import { replaceFile } from '../../store/edit-stackfile.ts';
import { takeUpstream } from '../../store/team.ts';
import { defineCommand } from '../command.ts';
import { DRY_RUN } from '../options.ts';

export const init = defineCommand({
  name: 'init',
  summary:
    "make a clone of this repository a team's own: stack files, committed definitions; or --upgrade it",
  options: {
    stack: { type: 'strings', value: 'name', description: 'stacks to have (default: dev staging prod)' },
    name: {
      type: 'string',
      value: 'text',
      description: "gateways' name before the stack: acme gives acme-dev",
    },
    region: { type: 'string', value: 'region', description: 'AWS region of the stacks' },
    account: { type: 'string', value: 'id', description: 'the only account these stacks may be deployed to' },
    upgrade: {
      type: 'string',
      value: 'revision',
      description: "take upstream's files of a revision, keep the team's own",
    },
    dryRun: DRY_RUN,
  },
  examples: ['mcpgw init --name acme --region eu-central-1', 'mcpgw init --upgrade upstream/main'],
  async run({ options, out, root }) {
    if (options.upgrade !== undefined) {
      const { commit, files } = await takeUpstream(root, options.upgrade);
      out.document({ commit, files });
      out.print(
        `${files.length} files of ${commit.slice(0, 12)} taken; your stacks, manifest and .github are as they were`,
      );
      out.print('look at `git diff --cached`, run `npm ci` and `mcpgw plan`, then `git commit`');
      return EXIT.done;
    }
    if (!(await exists(join(root, 'Pulumi.yaml')))) {
      throw new McpgwError('usage', `${root} is no clone of this repository (there is no Pulumi.yaml)`, {
        hint: 'in a clone of it: git clone URL acme && cd acme && npm ci && npx mcpgw init --name acme',
      });
    }
    const changes: string[] = [];
    for (const stack of options.stack ?? ['dev', 'staging', 'prod']) {
      const file = `Pulumi.${stack}.yaml`;
      const present = await readFile(join(root, file), 'utf8').catch(() => undefined);
      const made = ownStackFile(present ?? newStackFile(stack, stack === 'prod'), stack, options, file);
      changes.push(...(present === undefined ? [`${file}: new`] : []), ...made.changes);
      if (!options.dryRun && made.text !== present) await replaceFile(join(root, file), made.text);
    }
    const ignore = join(root, 'manifest', '.gitignore');
    if ((await readFile(ignore, 'utf8').catch(() => '')) !== COMMIT_DEFINITIONS) {
      changes.push(
        'manifest/.gitignore: definitions are committed, so that a reviewer sees the words that moved',
      );
      if (!options.dryRun) await replaceFile(ignore, COMMIT_DEFINITIONS);
    }
    out.document({ dryRun: options.dryRun, changes });
    for (const change of changes) out.print(change);
    if (options.dryRun && changes.length > 0) {
      out.note('dry run: nothing was written');
      return EXIT.done;
    }
    out.print(
      changes.length === 0
        ? 'nothing to do'
        : 'next: npx mcpgw discover (fills manifest/tools/), npx mcpgw plan --stack dev, then commit Pulumi.*.yaml and manifest/',
    );
    return EXIT.done;
  },
});

/** Upstream ignores the folder; a nearer .gitignore has the last word. */
const COMMIT_DEFINITIONS = '# Definitions are part of what is reviewed here.\n!/tools/\n';

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
