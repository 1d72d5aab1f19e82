/**
 * A stand-in for AWS on loopback while servers are probed: answers sts:GetCallerIdentity, refuses everything else at once.
 * Servers get no way to AWS and no credentials, and those that call it at start go on without waiting for time-outs.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** AWS's documentation uses this account in examples. */
const ACCOUNT = '123456789012';
const MAX_BODY = 100_000;

export interface StandIn {
  url: string;
  close(): Promise<void>;
}

export async function startStandIn(): Promise<StandIn> {
  const server = createServer(async (request, response) => {
    const body = await readBody(request).catch(() => '');
    const query = request.url?.split('?')[1] ?? '';
    const identity = `${query}&${body}`.includes('Action=GetCallerIdentity');
    if (identity) {
      response.writeHead(200, { 'content-type': 'text/xml' }).end(callerIdentity());
    } else {
      const json = { __type: 'AccessDeniedException', message: 'refused while probing' };
      response
        .writeHead(403, { 'content-type': 'application/json', 'x-amzn-errortype': 'AccessDeniedException' })
        .end(JSON.stringify(json));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function callerIdentity(): string {
  const result = `<Arn>arn:aws:iam::${ACCOUNT}:user/probe</Arn><UserId>AIDAPROBE</UserId><Account>${ACCOUNT}</Account>`;
  return (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' +
    `<GetCallerIdentityResult>${result}</GetCallerIdentityResult>` +
    '<ResponseMetadata><RequestId>probe</RequestId></ResponseMetadata></GetCallerIdentityResponse>'
  );
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    if (text.length < MAX_BODY) text += String(chunk);
  }
  return text;
}
