/** Toolsets locally: each is a gateway of its own, with its path, its tools, its clients and its metadata. */
import { jsonOf, ORIGIN, type TestGateway, testGateway } from './support.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await testGateway({
    targets: ['reader', 'writer'],
    config: {
      toolsets: {
        reading: { include: ['reader-*'] },
        all: { include: ['*'], tools: { 'writer-mcp-server': { exclude: ['add'] } } },
      },
      auth: {
        type: 'cognito',
        clients: { admin: { scopes: ['invoke'] }, guest: { scopes: ['look'], toolsets: ['reading'] } },
      },
    },
  });
});

async function as(client: 'admin' | 'guest') {
  const { id, scopes } = gateway.identity.clients.find(({ name }) => name === client)!;
  return { authorization: `Bearer ${await gateway.token({ clientId: id, scopes })}` };
}

async function targetsAt(path: string, client: 'admin' | 'guest') {
  const { status, body } = await gateway.rpc('tools/list', {}, await as(client), path);
  if (status !== 200) return status;
  return [...new Set(body.result.tools.map((tool: { name: string }) => tool.name.split('___')[0]))];
}

test('each path lists its own servers; /mcp is the first', async () => {
  expect(await targetsAt('/reading/mcp', 'admin')).toEqual(['reader']);
  expect(await targetsAt('/all/mcp', 'admin')).toEqual(['reader', 'writer']);
  expect(await targetsAt('/mcp', 'admin')).toEqual(['reader']);
});

test('a client of one toolset is refused by the others, and its scope counts only there', async () => {
  expect(await targetsAt('/reading/mcp', 'guest')).toEqual(['reader']);
  expect(await targetsAt('/all/mcp', 'guest')).toBe(401);
});

test('a toolset offers the tools that it chooses', async () => {
  const list = async (path: string) =>
    (await gateway.rpc('tools/list', {}, await as('admin'), path)).body.result.tools.map(
      (tool: { name: string }) => tool.name,
    );
  const names = await list('/all/mcp');
  expect(names).toContain('reader___add');
  expect(names).not.toContain('writer___add');
  const call = { name: 'writer___add', arguments: { a: 1, b: 2 } };
  expect((await gateway.rpc('tools/call', call, await as('admin'), '/all/mcp')).body.error.code).toBe(-32602);
});

test('a tool outside the toolset cannot be called, only named', async () => {
  const call = { name: 'writer___add', arguments: { a: 1, b: 2 } };
  const { body } = await gateway.rpc('tools/call', call, await as('admin'), '/reading/mcp');
  expect(body.error).toMatchObject({ code: -32602, message: expect.stringContaining('Unknown tool') });
});

test('metadata and refusal are of the path asked', async () => {
  const path = '/.well-known/oauth-protected-resource/all/mcp';
  expect(await jsonOf(await gateway.request(path))).toMatchObject({
    resource: `${ORIGIN}/all/mcp`,
    scopes_supported: ['tools/invoke'],
  });
  const { headers } = await gateway.rpc('tools/list', {}, {}, '/all/mcp');
  expect(headers.get('www-authenticate')).toContain(`resource_metadata="${ORIGIN}${path}"`);
});

test('the page names every gateway', async () => {
  const html = await (await gateway.request('/')).text();
  expect(html).toContain(`${ORIGIN}/reading/mcp`);
  expect(html).toContain(`${ORIGIN}/all/mcp`);
});
