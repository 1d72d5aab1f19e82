/** `mcpgw call`: one tool call through the gateway, its result on stdout. */
import { text } from 'node:stream/consumers';
import type { AwsReport } from '../../gateway/aws-report.ts';
import { McpgwError } from '../../plan/errors.ts';
import { renderAwsReport } from '../aws-report.ts';
import { parseCallArguments } from '../call-arguments.ts';
import { defineCommand } from '../command.ts';
import { connectionTo } from '../connection.ts';
import { LOCAL, STACK } from '../options.ts';
import { resolveTool } from '../tool-reference.ts';

export const call = defineCommand({
  name: 'call',
  summary: 'call a tool through the gateway',
  args: [
    {
      name: '<tool>',
      description: 'read_documentation, aws-documentation/read_documentation or the full name',
    },
    {
      name: '[arguments...]',
      description: 'one JSON object, key=value pairs, or - for JSON on standard input',
    },
  ],
  options: {
    stack: STACK,
    local: LOCAL,
    aws: {
      type: 'boolean',
      description: 'the AWS calls that this one led to (local gateway only), on stderr',
    },
  },
  examples: [
    "mcpgw call aws-documentation/search_documentation search_phrase='lambda limits' limit=3",
    `mcpgw call iam/list_users '{"path_prefix": "/"}'`,
    'mcpgw call iam/list_users --aws',
  ],
  async run(invocation) {
    const { connect, getToken } = await import('../../gateway/client.ts');
    const { aws: withAws, stack } = invocation.options;
    if (withAws && stack !== undefined) {
      throw new McpgwError('usage', '--aws asks the local gateway; the AgentCore gateway does not tell', {
        hint: "the call's line in the function's log group has them: export it, then mcpgw why --from-log FILE",
      });
    }
    const [reference = '', ...given] = invocation.args;
    const to = await connectionTo(invocation);
    const gateway = await connect({ url: to.url, token: await getToken(to) });
    try {
      const tool = resolveTool(reference, await gateway.listTools());
      const input = given[0] === '-' && given.length === 1 ? [await text(process.stdin)] : given;
      let aws: AwsReport | undefined;
      const onAws = (report: AwsReport | undefined) => {
        aws = report;
        invocation.out.note(renderAwsReport(report));
      };
      const result = await gateway.callTool(
        tool.name,
        parseCallArguments(input, tool.inputSchema),
        withAws ? { onAws } : {},
      );
      invocation.out.document({ tool: tool.name, result, ...(aws && { aws }) });
      invocation.out.print(typeof result === 'string' ? result : JSON.stringify(result, null, 2));
      return undefined;
    } finally {
      await gateway.close();
    }
  },
});
