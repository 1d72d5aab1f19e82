/**
 * A published server, packaged for this machine and unpacked into the Lambda test bed exactly as it would be deployed:
 * read-only, without HOME, on the packaged Python, with only Lambda's variables.
 */
import { jest } from '@jest/globals';
import type { Testbed } from '../../lambda-testbed/testbed.ts';
import { type PackagedServer, packagedServer } from './packaged-server.ts';

jest.setTimeout(60_000);
let server: PackagedServer;
let lambda: Testbed;

beforeAll(async () => {
  server = await packagedServer();
  lambda = server.lambda;
}, 600_000);
afterAll(() => server?.close());

test('the server starts during init and answers a call that needs no network', async () => {
  await lambda.start();
  const { payload, functionError } = await lambda.call('docs___read_documentation', {
    url: 'https://example.com/',
  });
  expect(functionError).toBeUndefined();
  expect(JSON.stringify(payload)).toMatch(/domain|url/i);
  expect(lambda.log('call')).toMatchObject([{ tool: 'read_documentation' }]);
});

test('its process is the one that init started, frozen and thawed between the calls', async () => {
  await lambda.call('docs___read_documentation', { url: 'https://example.com/' });
  expect(lambda.log('started')).toHaveLength(1);
  expect(lambda.inits).toHaveLength(1);
});

test("arguments that do not fit are the tool's error, a tool that is not allowed is refused", async () => {
  const wrong = await lambda.call('docs___read_documentation', {});
  expect(wrong.payload).toMatchObject({ isError: true, error: expect.stringContaining('url') });
  const refused = await lambda.call('docs___search_documentation', { search_phrase: 's3' });
  expect(refused.payload).toMatchObject({ isError: true, error: expect.stringContaining('not offered') });
});

test("the runtime's own process stays small", () => {
  expect(lambda.memory()).toBeLessThan(100e6);
});
