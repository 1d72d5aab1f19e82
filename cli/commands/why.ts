/** `mcpgw why`: who is granted what, because of which code, and the settings line that takes it away; and what was used of it. */
import { McpgwError } from '../../plan/errors.ts';
import { renderWhy } from '../../plan/why/text.ts';
import { why as answerWhy } from '../../plan/why/why.ts';
import { defineCommand } from '../command.ts';
import { MANIFEST, STACK } from '../options.ts';
import { loadProject, type Project } from '../project.ts';

export const why = defineCommand({
  name: 'why',
  summary: 'who is granted what, because of which code, and the settings line that takes it away',
  args: [
    { name: '[subject]', description: 'a server, a target, a tool or an IAM action; globs are allowed' },
  ],
  options: {
    stack: STACK,
    manifest: MANIFEST,
    fromLog: {
      type: 'string',
      value: 'file',
      description:
        'what was granted and never used, or used and not granted, by a log (- for standard input)',
    },
  },
  examples: [
    'mcpgw why iam/list_users',
    "mcpgw why 'iam:Delete*' --stack prod",
    'mcpgw why --from-log .mcpgw/gateway.log',
    'aws logs tail /aws/lambda/mcpgw-prod-iam --since 30d | mcpgw why iam-mcp-server --stack prod --from-log -',
  ],
  async run({ args, options, out, root, cwd }) {
    const [subject] = args;
    const { fromLog, stack, manifest } = options;
    if (subject === undefined && fromLog === undefined) {
      throw new McpgwError('usage', 'which server, tool or IAM action?', {
        hint: '`mcpgw plan` lists them; with --from-log FILE the whole stack is asked about',
      });
    }
    const project = await loadProject({ root, cwd, stack, manifest });
    if (fromLog === undefined) {
      const answer = answerWhy(project.plan, subject ?? '');
      out.document(answer);
      out.print(renderWhy(answer));
    } else {
      const { usageOf, renderUsage } = await import('../usage.ts');
      const usage = await usageOf(project.plan, { file: fromLog, cwd, servers: serversOf(project, subject) });
      out.document(usage);
      out.print(renderUsage(usage));
    }
    return undefined;
  },
});

/** Of a log only a server can be asked about. */
function serversOf({ plan }: Project, subject: string | undefined): string[] | undefined {
  if (subject === undefined) return undefined;
  const found = plan.targets.filter(({ server, name }) => server === subject || name === subject);
  if (found.length > 0) return found.map(({ server }) => server);
  throw new McpgwError('usage', `${subject} is no server of this stack`, {
    hint: 'with --from-log the subject is a server or a target, or is left out for all of them',
  });
}
