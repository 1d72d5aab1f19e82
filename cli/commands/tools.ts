/** `mcpgw tools`: what the gateway lists, all pages. */
import { splitToolName } from '../../plan/names.ts';
import { defineCommand } from '../command.ts';
import { accessByTool, connectionTo } from '../connection.ts';
import { LOCAL, STACK } from '../options.ts';
import { table } from '../output.ts';

export const tools = defineCommand({
  name: 'tools',
  summary: 'list the tools of the gateway',
  options: { stack: STACK, local: LOCAL },
  async run(invocation) {
    const { getToken, listTools } = await import('../../gateway/client.ts');
    const connection = await connectionTo(invocation);
    const access = await accessByTool(connection, invocation.root);
    const listed = (await listTools({ url: connection.url, token: await getToken(connection) })).map(
      (tool) => {
        const { target, tool: own } = splitToolName(tool.name) ?? { target: '', tool: tool.name };
        return {
          name: tool.name,
          target,
          tool: own,
          description: tool.description ?? '',
          access: access[tool.name] ?? 'unknown',
        };
      },
    );
    const { out } = invocation;
    out.document(listed);
    out.print(table([['TOOL', 'ACCESS', 'DESCRIPTION'], ...listed.map(row)]));
    out.note(`${listed.length} tools at ${connection.url}`);
    return undefined;
  },
});

function row(tool: { target: string; tool: string; access: string; description: string }): string[] {
  const firstLine = tool.description.trim().split('\n', 1)[0] ?? '';
  const short = firstLine.length > 72 ? `${firstLine.slice(0, 71)}…` : firstLine;
  return [tool.target ? `${tool.target}/${tool.tool}` : tool.tool, tool.access, short];
}
