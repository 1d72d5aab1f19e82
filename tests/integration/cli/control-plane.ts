/** AgentCore's control plane, as far as `verify` asks it: the targets of a gateway in pages of one, and one target. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ImitatedTarget {
  name: string;
  status: string;
  statusReasons?: string[];
}

export interface ControlPlane {
  url: string;
  /** By gateway id; any other gateway is not found. */
  targets: Record<string, ImitatedTarget[]>;
  /** Refuses everything, as AWS does to a role without the permission. */
  refuses: boolean;
  close(): void;
}

export async function startControlPlane(): Promise<ControlPlane> {
  const plane: ControlPlane = { url: '', targets: {}, refuses: false, close: () => server.close() };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://plane');
    const [, gateway = '', target] = /^\/gateways\/([^/]+)\/targets\/(?:([^/]+)\/)?$/.exec(pathname) ?? [];
    const all = plane.targets[gateway];
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (!request.headers.authorization?.includes('/bedrock-agentcore/aws4_request'))
      return answer(403, { message: 'not signed' });
    if (plane.refuses) return answer(403, { message: 'not authorized' });
    if (!all) return answer(404, { message: 'no such gateway' });
    if (target !== undefined) return answer(200, all[Number(target.slice(1))] ?? {});
    const at = Number(searchParams.get('nextToken') ?? 0);
    const items = all.slice(at, at + 1).map(({ name, status }) => ({ targetId: `T${at}`, name, status }));
    return answer(200, { items, ...(at + 1 < all.length && { nextToken: String(at + 1) }) });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  plane.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return plane;
}
