/**
 * A remote MCP server on loopback that, as AWS's own, answers only requests signed for its service: it recomputes
 * every signature. Its two tools tell where a call worked, and write.
 */
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { z } from 'zod';

export const KEY = { id: 'AKIASIGNED', secret: 'signing-secret' };

export interface Remote {
  url: string;
  /** Regions of the signatures that were found good, and what was refused. */
  signed: string[];
  refused: string[];
  close(): Promise<void>;
}

export async function startRemote(service: string): Promise<Remote> {
  const remote: Pick<Remote, 'signed' | 'refused'> = { signed: [], refused: [] };
  const server = createServer(async (request, response) => {
    const body = await read(request);
    const region = regionOfGoodSignature(request, body, service);
    if (region === undefined) {
      remote.refused.push(`${request.method} ${request.headers.authorization ?? 'unsigned'}`);
      response.writeHead(403, { 'content-type': 'application/json' }).end('{"message":"not signed"}');
      return;
    }
    remote.signed.push(region);
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    response.on('close', () => void transport.close());
    await makeServer().connect(transport as Transport);
    await transport.handleRequest(request, response, body.length > 0 ? JSON.parse(body) : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...remote,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function makeServer(): McpServer {
  const server = new McpServer({ name: 'remote', version: '1' });
  const inputSchema = { topic: z.string() };
  server.registerTool(
    'aws___look_up',
    { description: 'Looks something up.', inputSchema, annotations: { readOnlyHint: true } },
    ({ topic }, { _meta }) => ({
      content: [{ type: 'text', text: JSON.stringify({ topic, region: _meta?.AWS_REGION }) }],
    }),
  );
  server.registerTool(
    'aws___call_aws',
    { description: 'Calls anything.', inputSchema, annotations: { readOnlyHint: false } },
    () => ({ content: [{ type: 'text', text: 'written' }] }),
  );
  return server;
}

/** The region of the signature's scope, when the signature is what the secret gives for this request. */
function regionOfGoodSignature(request: IncomingMessage, body: string, service: string): string | undefined {
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z-]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    );
  const [, key, day = '', region = '', scope = '', names = '', signature] = parts ?? [];
  if (key !== KEY.id || scope !== service) return undefined;
  const headers = names.split(';').map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`);
  const canonical = [request.method, request.url, '', headers.join(''), names, hash(body)].join('\n');
  const stamp = String(request.headers['x-amz-date']);
  const text = ['AWS4-HMAC-SHA256', stamp, `${day}/${region}/${scope}/aws4_request`, hash(canonical)].join(
    '\n',
  );
  const chain = [day, region, scope, 'aws4_request', text];
  const made = chain.reduce<Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    Buffer.from(`AWS4${KEY.secret}`),
  );
  return made.toString('hex') === signature ? region : undefined;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
