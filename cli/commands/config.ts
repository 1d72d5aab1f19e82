/** `mcpgw config`: configuration for an MCP client, through the gateway or straight to the servers. */
import { McpgwError } from '../../plan/errors.ts';
import { CLIENTS, type ClientName, directConfig, directNotes, gatewayConfig } from '../client-config.ts';
import { defineCommand } from '../command.ts';
import { connectionTo } from '../connection.ts';
import { LOCAL, MANIFEST, STACK } from '../options.ts';
import type { Output } from '../output.ts';
import { loadProject } from '../project.ts';

export const config = defineCommand({
  name: 'config',
  summary: 'print the configuration of an MCP client, through the gateway or --direct',
  options: {
    client: { type: 'string', value: 'name', description: 'the client to configure', choices: CLIENTS },
    direct: { type: 'boolean', description: 'straight to the servers of the stack, without any gateway' },
    stack: STACK,
    local: LOCAL,
    manifest: MANIFEST,
  },
  examples: ['mcpgw config --client claude --direct --stack dev', 'mcpgw config --client vscode'],
  async run(invocation) {
    const { options, out, root, cwd } = invocation;
    if (options.client === undefined) {
      throw new McpgwError('usage', 'which client?', { hint: `--client ${CLIENTS.join('|')}` });
    }
    const client = options.client as ClientName;
    let made: Record<string, unknown>;
    if (options.direct) {
      const { plan } = await loadProject({ root, cwd, ...options, sound: true });
      for (const note of directNotes(plan)) out.note(note);
      made = directConfig(client, plan);
    } else made = await throughGateway(client, invocation);
    out.document(made);
    out.print(JSON.stringify(made, null, 2));
    return undefined;
  },
});

async function throughGateway(
  client: ClientName,
  invocation: Parameters<typeof connectionTo>[0] & { out: Output },
) {
  const connection = await connectionTo(invocation);
  const { getToken } = await import('../../gateway/client.ts');
  const token = await getToken(connection);
  invocation.out.note(
    'the token in it ends after its time (an hour by default); run this command again then',
  );
  return gatewayConfig(client, connection.url, connection.stack, token);
}
