/**
 * Stands in for the page of AWS that aws-api-mcp-server reads when it starts (which services there are): the server is
 * led there by HTTPS_PROXY, as in a company's network. The certificate is made for the occasion, by openssl.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const HOST = 'servicereference.us-east-1.amazonaws.com';

export interface ServiceReference {
  /** What a server needs to be led here. */
  environment: Record<string, string>;
  close(): Promise<void>;
}

/** `work`: a folder that the server reaches. */
export async function startServiceReference(work: string): Promise<ServiceReference> {
  const folder = await mkdtemp(join(work, 'reference-'));
  await chmod(folder, 0o755);
  const [key, ca] = [join(folder, 'key.pem'), join(folder, 'ca.pem')];
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', ca],
    ...['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`],
  ]);
  const pages = createHttps({ key: await readFile(key), cert: await readFile(ca) }, (request, response) => {
    const url = `https://${HOST}/v1/s3/s3.json`;
    const body = request.url === '/' ? [{ service: 's3', url }] : { Name: 's3', Actions: [] };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  const proxy = createServer();
  proxy.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => {});
    if (request.url !== `${HOST}:443`) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    socket.unshift(head);
    pages.emit('connection', socket);
  });
  await new Promise<void>((ready) => {
    proxy.listen(0, '127.0.0.1', ready);
  });
  const { port } = proxy.address() as AddressInfo;
  return {
    environment: { HTTPS_PROXY: `http://127.0.0.1:${port}`, REQUESTS_CA_BUNDLE: ca },
    async close() {
      proxy.closeAllConnections();
      proxy.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
