/** `mcpgw propose`: the pull request of a refreshed manifest (`mcpgw update --out`). */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EXIT } from '../../plan/errors.ts';
import { defineCommand } from '../command.ts';
import { MANIFEST } from '../options.ts';
import { manifestFolder } from '../project.ts';

export const propose = defineCommand({
  name: 'propose',
  summary: 'open the pull request of a refreshed manifest, or bring the open one up to date',
  args: [{ name: '<folder>', description: 'what `mcpgw update --out` wrote' }],
  options: { manifest: MANIFEST },
  async run({ args: [given = ''], options, out, root, cwd, env }) {
    const { githubFrom } = await import('../github.ts');
    const { changedFiles, headCommit, openPullRequest } = await import('../proposing.ts');
    const folder = resolve(cwd, given);
    const body = await readFile(join(folder, 'body.md'), 'utf8').catch(() => undefined);
    const changes =
      body === undefined
        ? []
        : await changedFiles(root, manifestFolder(root, cwd, options.manifest), join(folder, 'manifest'));
    if (body === undefined || changes.length === 0) {
      out.document({ pullRequest: null, changes: 0 });
      out.print('nothing changed: no pull request');
      return EXIT.done;
    }
    const github = githubFrom(env);
    const { default_branch: base } = (await github.request('GET', '')) as { default_branch?: string };
    const servers = new Set(
      changes.map(({ path }) => /servers\/(.*)\.yaml$/.exec(path)?.[1]).filter(Boolean),
    );
    const title = `Refresh the manifest: ${servers.size} server${servers.size === 1 ? '' : 's'}`;
    const commit = await headCommit(root);
    const { number, was } = await openPullRequest(github, {
      base: base ?? 'main',
      commit,
      changes,
      title,
      body,
    });
    out.document({ pullRequest: number, was, changes: changes.length });
    out.print(`#${number} ${was}: ${changes.length} files`);
    return EXIT.done;
  },
});
