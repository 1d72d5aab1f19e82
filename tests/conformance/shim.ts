/**
 * The conformance suite sends no token and knows tools by bare names. This stands before the gateway, adds both, and
 * passes everything else on as it came, Host and Origin included.
 */
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { fullToolName } from '../../plan/names.ts';

export interface Shim {
  url: string;
  close(): Promise<void>;
}

export async function startShim(gateway: { url: string; token: string; target: string }): Promise<Shim> {
  const { port, pathname } = new URL(gateway.url);
  const server: Server = createServer(async (incoming, outgoing) => {
    const body = withTarget((await buffer(incoming)).toString(), gateway.target);
    const own = `:${(server.address() as AddressInfo).port}`;
    const headers = {
      ...incoming.headers,
      // A name that was meant for this port is meant for the gateway's.
      host: incoming.headers.host?.replace(own, `:${port}`),
      ...(incoming.headers.origin && { origin: incoming.headers.origin.replace(own, `:${port}`) }),
      authorization: `Bearer ${gateway.token}`,
      'content-length': String(Buffer.byteLength(body)),
    };
    const onward = request(
      { host: '127.0.0.1', port, path: pathname, method: incoming.method, headers },
      (answer: IncomingMessage) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.writeHead(502).end());
    onward.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}${pathname}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function withTarget(body: string, target: string): string {
  const message = body === '' ? undefined : JSON.parse(body);
  if (message?.method !== 'tools/call') return body;
  return JSON.stringify({
    ...message,
    params: { ...message.params, name: fullToolName(target, message.params.name) },
  });
}
