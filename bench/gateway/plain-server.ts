/** The peer: the SDK's own stateless streamable-HTTP server with one echo tool, no token, no second process. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';

const listener = createServer(async (request, response) => {
  const server = new McpServer({ name: 'plain', version: '1' });
  server.registerTool(
    'echo',
    { description: 'Echoes a text.', inputSchema: { text: z.string() } },
    (given) => ({
      content: [{ type: 'text', text: JSON.stringify(given) }],
    }),
  );
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport as Parameters<typeof server.connect>[0]);
  response.on('close', () => void server.close());
  await transport.handleRequest(request, response);
});
listener.listen(0, '127.0.0.1', () =>
  console.log(`http://127.0.0.1:${(listener.address() as AddressInfo).port}/mcp`),
);
