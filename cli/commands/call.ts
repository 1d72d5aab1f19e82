/** `mcpgw call`: one tool call through the gateway, its result on stdout. */
import { text } from 'node:stream/consumers';
import { EXIT, McpgwError } from '../../plan/errors.ts';
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
  options: { stack: STACK, local: LOCAL },
  examples: [
    "mcpgw call aws-documentation/search_documentation search_phrase='lambda limits' limit=3",
    `mcpgw call iam/list_users '{"path_prefix": "/"}'`,
  ],
  async run(invocation) {
    const { callTool, listTools } = await import('../../gateway/client.ts');
    const [reference = '', ...given] = invocation.args;
    const connection = await connectionTo(invocation);
    const tool = resolveTool(reference, await listTools(connection));
    const input = given[0] === '-' && given.length === 1 ? [await text(process.stdin)] : given;
    const result = await callTool(connection, tool.name, parseCallArguments(input, tool.inputSchema));
    const { out } = invocation;
    out.document({ tool: tool.name, result: result.value, isError: result.isError });
    if (result.isError) {
      if (out.json) return EXIT.toolError;
      throw new McpgwError('tool-error', `${tool.name}: ${readable(result.value)}`);
    }
    out.print(readable(result.value));
    return EXIT.done;
  },
});

function readable(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
