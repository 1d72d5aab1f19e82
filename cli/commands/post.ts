/** `mcpgw post`: the comments of a review onto its pull request, from the files another job left. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EXIT, McpgwError } from '../../plan/errors.ts';
import { defineCommand } from '../command.ts';

export const post = defineCommand({
  name: 'post',
  summary: 'post reviews (`mcpgw review --out`) as comments of a pull request, one a stack',
  args: [{ name: '<folder>', description: 'holds <stack>.md, or a folder of them for each job' }],
  options: {
    pullRequest: {
      type: 'number',
      value: 'n',
      description: 'default: the one of the run that GITHUB_EVENT_PATH tells of',
    },
  },
  async run({ args: [folder = ''], options, out, cwd, env }) {
    const { githubFrom } = await import('../github.ts');
    const { collectParts, pullRequestOf, putComment } = await import('../posting.ts');
    const github = githubFrom(env);
    const pull = options.pullRequest ?? (await pullRequestOf(await readEvent(env.GITHUB_EVENT_PATH), github));
    if (pull === undefined) {
      out.document({ pullRequest: null, comments: {} });
      out.print('the pull request was closed or has newer commits: nothing to post');
      return EXIT.done;
    }
    const comments: Record<string, string> = {};
    for (const [stack, parts] of await collectParts(resolve(cwd, folder))) {
      comments[stack] = await putComment(github, pull, stack, parts);
      out.print(`#${pull}, stack ${stack}: comment ${comments[stack]}`);
    }
    out.document({ pullRequest: pull, comments });
    return EXIT.done;
  },
});

async function readEvent(path: string | undefined): Promise<unknown> {
  if (path !== undefined) return JSON.parse(await readFile(path, 'utf8'));
  throw new McpgwError('usage', 'which pull request?', { hint: '--pull-request N, or GITHUB_EVENT_PATH' });
}
