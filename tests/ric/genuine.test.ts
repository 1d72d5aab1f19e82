/**
 * What only the genuine Lambda runtime can show, with the package of a published server in the test bed's sandbox: that
 * it is the genuine one, how it hands over a client context, and that it survives a thrown error. The test bed's own
 * suites run under it as well.
 */
import { encodeProxySettings, PROXY_VARIABLE } from '../../proxies/settings.ts';
import { type PackagedServer, packagedServer } from '../integration/proxies/packaged-server.ts';
import { settingsOf } from '../integration/proxies/support.ts';

const servers: PackagedServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

async function bed(more?: Parameters<typeof packagedServer>[0]) {
  const server = await packagedServer(more);
  servers.push(server);
  return server.lambda;
}

test('this is not our own runtime program', () => {
  expect(process.env.MCPGW_TEST_RUNTIME).toMatch(/aws-lambda-ric\/index\.mjs$/);
});

test('an invocation without a gateway is refused; an umlaut in context and arguments arrives', async () => {
  const lambda = await bed();
  expect((await lambda.invoke({})).payload).toMatchObject({ error: expect.stringContaining('no tool name') });
  const { payload } = await lambda.call('docs___büro', { grüße: '✓' });
  expect(payload).toMatchObject({ error: expect.stringContaining('büro') });
});

test('a thrown error is a function error with its message, and the environment lives on', async () => {
  const proxy = settingsOf({
    server: 'aws-documentation-mcp-server',
    target: 'docs',
    allow: ['read_documentation'],
    onToolError: 'throw',
  });
  const lambda = await bed((work) => ({
    environment: { [PROXY_VARIABLE]: encodeProxySettings(proxy), MCPGW_LAYER_ROOT: `${work}/opt` },
  }));
  const wanted = {
    functionError: 'Unhandled',
    payload: { errorType: 'ToolError', errorMessage: expect.stringContaining('url') },
  };
  expect(await lambda.call('docs___read_documentation', {})).toMatchObject(wanted);
  expect(await lambda.call('docs___read_documentation', {})).toMatchObject(wanted);
  expect(lambda.inits).toHaveLength(1);
});

test('nothing is left of it', async () => {
  const lambda = await bed();
  await lambda.call('docs___read_documentation', { url: 'https://example.com/' });
  expect(lambda.processes().length).toBeGreaterThanOrEqual(2);
  await lambda.close();
  expect(lambda.processes()).toEqual([]);
});
