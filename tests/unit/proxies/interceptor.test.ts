/** The gateway's interceptor: the subject reaches our targets, nobody can write it himself, and nothing else changes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { intercept, SUBJECT_ARGUMENT, subjectOf } from '../../../proxies/interceptor.ts';
import { interceptorKey, interceptorZip } from '../../../proxies/packaging/interceptor-package.ts';

const leave = ['aws-knowledge'];
const token = (claims: object) =>
  `Bearer eyJhbGciOiJSUzI1NiJ9.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
const eventOf = (
  body: unknown,
  headers: Record<string, string> = { Authorization: token({ sub: 'ann' }) },
) => ({
  interceptorInputVersion: '1.0',
  mcp: {
    rawGatewayRequest: { body: '' },
    gatewayRequest: { path: '/mcp', httpMethod: 'POST', headers, body },
  },
});
const bodyOf = (body: unknown, headers?: Record<string, string>) =>
  intercept(eventOf(body, headers), { leave }).mcp.transformedGatewayRequest.body;
const call = (name: string, given?: object) => ({
  jsonrpc: '2.0',
  id: 7,
  method: 'tools/call',
  params: { name, ...(given ? { arguments: given } : {}) },
});

test('the subject stands beside the arguments of a call, and only there', () => {
  expect(intercept(eventOf(call('iam___list_users', { limit: 5 })), { leave })).toEqual({
    interceptorOutputVersion: '1.0',
    mcp: {
      transformedGatewayRequest: {
        body: call('iam___list_users', { limit: 5, [SUBJECT_ARGUMENT]: 'ann' }),
      },
    },
  });
  expect(bodyOf(call('iam___list_users'))).toEqual(call('iam___list_users', { [SUBJECT_ARGUMENT]: 'ann' }));
});

test('what a caller writes under its name is overwritten, or taken away', () => {
  const forged = call('iam___list_users', { [SUBJECT_ARGUMENT]: 'root' });
  expect(bodyOf(forged)).toEqual(call('iam___list_users', { [SUBJECT_ARGUMENT]: 'ann' }));
  expect(bodyOf(forged, {})).toEqual(call('iam___list_users', {}));
  expect(bodyOf(call('aws-knowledge___read', { [SUBJECT_ARGUMENT]: 'root', q: 1 }))).toEqual(
    call('aws-knowledge___read', { q: 1 }),
  );
});

test("somebody else's servers and the gateway's own search learn nothing", () => {
  for (const name of ['aws-knowledge___read', 'x_amz_bedrock_agentcore_search'])
    expect(bodyOf(call(name, { query: 'x' }))).toEqual(call(name, { query: 'x' }));
});

test('several messages in one body, each by itself', () => {
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
  expect(bodyOf([list, call('iam___a', {})])).toEqual([list, call('iam___a', { [SUBJECT_ARGUMENT]: 'ann' })]);
});

test.each([
  ['its subject', { Authorization: token({ sub: 'ann', client_id: 'c' }) }, 'ann'],
  ['a machine without one', { authorization: token({ client_id: 'c' }) }, 'c'],
  ['letters of any case', { AUTHORIZATION: token({ sub: 'ann' }).replace('Bearer', 'bearer') }, 'ann'],
  ['a subject that is no text', { Authorization: token({ sub: { a: 1 } }) }, undefined],
  ['no token', { Authorization: 'Basic abc' }, undefined],
  ['a token that is none', { Authorization: 'Bearer a.!!.c' }, undefined],
  ['nonsense within', { Authorization: `Bearer a.${Buffer.from('{').toString('base64url')}.c` }, undefined],
])('subject: %s', (_what, headers, wanted) => expect(subjectOf(headers)).toBe(wanted));

test('whatever is sent, it answers, and leaves what is no call as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (body) => {
      const answer = bodyOf(body);
      expect(JSON.stringify(answer)).toBe(JSON.stringify(body));
    }),
  );
  for (const event of [undefined, null, 5, {}, { mcp: {} }])
    expect(intercept(event, { leave }).interceptorOutputVersion).toBe('1.0');
});

test('as a package: equal bytes for equal code, and the file in it answers', async () => {
  const zip = await interceptorZip();
  expect(Buffer.compare(zip, await interceptorZip())).toBe(0);
  expect(await interceptorKey()).toMatch(/^interceptor\/[0-9a-f]{64}\.zip$/);
  const files = unzipSync(zip);
  expect(Object.keys(files)).toEqual(['index.mjs']);
  const folder = await mkdtemp(join(tmpdir(), 'mcpgw-interceptor-'));
  try {
    await writeFile(join(folder, 'index.mjs'), files['index.mjs'] ?? '');
    const module = (await import(pathToFileURL(join(folder, 'index.mjs')).href)) as {
      handler(event: unknown): Promise<unknown>;
    };
    expect(await module.handler(eventOf(call('iam___a', {})))).toEqual(
      intercept(eventOf(call('iam___a', {})), { leave: [] }),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
