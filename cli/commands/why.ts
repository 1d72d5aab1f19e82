/** `mcpgw why`: who is granted what, because of which code, and the settings line that takes it away. */
import { why as answerWhy, renderWhy } from '../../plan/why.ts';
import { defineCommand } from '../command.ts';
import { MANIFEST, STACK } from '../options.ts';
import { loadProject } from '../project.ts';

export const why = defineCommand({
  name: 'why',
  summary: 'who is granted what, because of which code, and the settings line that takes it away',
  args: [
    { name: '<subject>', description: 'a server, a target, a tool or an IAM action; globs are allowed' },
  ],
  options: { stack: STACK, manifest: MANIFEST },
  examples: ['mcpgw why iam/list_users', "mcpgw why 'iam:Delete*' --stack prod"],
  async run({ args, options, out, root, cwd }) {
    const { plan } = await loadProject({ root, cwd, stack: options.stack, manifest: options.manifest });
    const answer = answerWhy(plan, args[0] ?? '');
    out.document(answer);
    out.print(renderWhy(answer));
    return undefined;
  },
});
