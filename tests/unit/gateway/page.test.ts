/** The human page: what it says, and that nothing in a plan can make it run or load something. */
import { testGateway } from './support.ts';

test('shows address, issuer and tools, without a token, and no secret', async () => {
  const gateway = await testGateway();
  const response = await gateway.request('/');
  const html = await response.text();
  expect(response.status).toBe(200);
  for (const text of [
    'http://127.0.0.1:4127/mcp',
    gateway.issuer,
    'list_<wbr>buckets',
    'Lists the buckets of an account.',
    '1 server',
    '3 tools',
  ]) {
    expect(html).toContain(text);
  }
  const { clients, kid } = gateway.identity;
  for (const secret of [clients[0]!.secret, clients[0]!.id, kid]) expect(html).not.toContain(secret);
});

test('words of a tool stay words; the headers forbid scripts and loading', async () => {
  const description = '<script>alert(1)</script><img src=x onerror="alert(2)"> & \'more\'';
  const gateway = await testGateway({
    tools: [{ name: 'evil', description, inputSchema: { type: 'object' } }],
  });
  const response = await gateway.request('/');
  const html = await response.text();
  expect(html).not.toMatch(/<script|<img/);
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(response.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'unsafe-inline'/,
  );
});

test('is guarded against other hosts', async () => {
  const gateway = await testGateway();
  expect((await gateway.request('/', { headers: { host: 'evil.example.com' } })).status).toBe(403);
});
