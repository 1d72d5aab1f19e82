/** The user's own package index: a mirror on this machine, with credentials, that serves good, false and hostile sdists. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { layOutPackages } from '../../../discovery/source/pypi.ts';
import { pythonServer } from '../../unit/discovery/python-server.ts';
import {
  removeTemporaryFolders,
  type TarEntry,
  tarGz,
  temporaryFolder,
} from '../../unit/discovery/support.ts';

const USER = 'reader:s3cr:t';
const expected = `Basic ${Buffer.from(USER).toString('base64')}`;
const FILES = Object.entries(pythonServer('x-mcp-server', ['get_x'])).map(
  ([name, content]): TarEntry => ({
    name: name.replace('src/x-mcp-server', 'awslabs_x_mcp_server-1.0.0'),
    content,
  }),
);

let server: Server;
let archive = tarGz(FILES);
let announced: string | undefined;
let asked: string[] = [];
const before = { ...process.env };

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.headers.authorization !== expected) return void response.writeHead(401).end();
    if (request.url === '/simple/awslabs-x-mcp-server/') {
      const hash = announced ?? createHash('sha256').update(archive).digest('hex');
      const name = 'awslabs_x_mcp_server-1.0.0.tar.gz';
      response.writeHead(200, { 'content-type': 'text/html' });
      return void response.end(`<a href="../../files/${name}#sha256=${hash}">${name}</a>`);
    }
    if (request.url?.startsWith('/files/')) return void response.end(archive);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

beforeEach(async () => {
  const { port } = server.address() as AddressInfo;
  process.env.MCPGW_CACHE = await temporaryFolder();
  delete process.env.UV_INDEX_URL;
  delete process.env.UV_DEFAULT_INDEX;
  process.env.PIP_INDEX_URL = `http://${USER.split(':').map(encodeURIComponent)[0]}:${encodeURIComponent('s3cr:t')}@127.0.0.1:${port}/simple`;
  archive = tarGz(FILES);
  announced = undefined;
  asked = [];
});

afterAll(async () => {
  process.env = before;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await removeTemporaryFolders();
});

const layOut = (wish = 'awslabs.x-mcp-server') => layOutPackages([wish], () => {}, false);

test("an HTML mirror named in pip's settings, with credentials, gives a checkout", async () => {
  const { checkout, packages, notes } = await layOut();
  expect([packages, notes]).toEqual([{ 'awslabs.x-mcp-server': '1.0.0' }, []]);
  const folder = path.join(checkout, 'src/x-mcp-server');
  expect((await readdir(folder)).sort()).toEqual(['awslabs', 'pyproject.toml', 'uv.lock']);
});

test('a pinned version that is in the cache is not asked for again', async () => {
  await layOut();
  asked = [];
  await layOut('awslabs.x-mcp-server==1.0.0');
  expect(asked).toEqual([]);
});

test('other bytes than announced are refused, and nothing of them is kept', async () => {
  announced = '0'.repeat(64);
  await expect(layOut()).rejects.toThrow(/not what the index announced/);
  expect(await readdir(process.env.MCPGW_CACHE ?? '')).toEqual([]);
});

test.each([
  ['a path that leaves', { name: 'awslabs_x_mcp_server-1.0.0/../../../evil', content: 'x' }],
  ['an absolute path', { name: '/tmp/evil', content: 'x' }],
])('%s is refused, and nothing of it is written', async (_, entry) => {
  archive = tarGz([...FILES, entry]);
  await expect(layOut()).rejects.toMatchObject({
    code: 'install-failed',
    message: expect.stringContaining('holds the path'),
  });
  expect(await readdir(process.env.MCPGW_CACHE ?? '')).toEqual([]);
});

test('a link in the archive leads nowhere', async () => {
  const link = { name: 'awslabs_x_mcp_server-1.0.0/awslabs/passwd', type: '2', link: '/etc/passwd' };
  archive = tarGz([...FILES, link]);
  const { checkout } = await layOut();
  await expect(readFile(path.join(checkout, 'src/x-mcp-server/awslabs/passwd'))).rejects.toThrow(/ENOENT/);
});

test('an unknown package is bad input, wrong credentials are unreachable', async () => {
  await expect(layOut('awslabs.y-mcp-server')).rejects.toMatchObject({ code: 'usage', exitCode: 2 });
  process.env.PIP_INDEX_URL = (process.env.PIP_INDEX_URL ?? '').replace('reader', 'writer');
  await expect(layOut()).rejects.toMatchObject({ code: 'unreachable', exitCode: 4 });
});
