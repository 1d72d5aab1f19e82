/** DNS rebinding: no page in the user's browser reaches the gateway, under whatever name. */
import { ORIGIN, type TestGateway, testGateway } from './support.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await testGateway();
});

const METADATA = '/.well-known/oauth-protected-resource';

test.each(['127.0.0.1:4127', 'localhost:4127', '[::1]:4127', 'LOCALHOST:4127'])(
  'Host %s is ours',
  async (host) => {
    expect((await gateway.request(METADATA, { headers: { host } })).status).toBe(200);
  },
);

test.each([
  'evil.example.com',
  'evil.example.com:4127',
  '127.0.0.1',
  'localhost:80',
  '127.0.0.1.nip.io:4127',
  '',
])('Host %j is refused', async (host) => {
  expect((await gateway.request(METADATA, { headers: { host } })).status).toBe(403);
});

test('Origin: our own page or none; the guard stands before the token endpoint too', async () => {
  const status = async (origin: string, path = METADATA) =>
    (await gateway.request(path, { headers: { origin }, ...(path !== METADATA && { method: 'POST' }) }))
      .status;
  expect(await status(ORIGIN)).toBe(200);
  expect(await status('http://localhost:4127')).toBe(200);
  for (const origin of ['http://evil.example.com', 'null', 'https://127.0.0.1:4127', 'http://localhost:80']) {
    expect(await status(origin)).toBe(403);
    expect(await status(origin, '/oauth2/token')).toBe(403);
    expect(await status(origin, '/mcp')).toBe(403);
  }
});
