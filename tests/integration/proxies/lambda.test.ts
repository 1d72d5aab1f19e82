/** The bundled entry in a Lambda-like sandbox: init, freeze and thaw, time-outs, limits, nothing writable but /tmp. */
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { ProxySettings } from '../../../plan/types.ts';
import { bundleHandler } from '../../../proxies/packaging/handler-bundle.ts';
import { encodeProxySettings, PROXY_VARIABLE } from '../../../proxies/settings.ts';
import { Testbed, type TestbedOptions } from '../../lambda-testbed/testbed.ts';
import { isRunning, settingsOf } from './support.ts';

jest.setTimeout(60_000);
const beds: Testbed[] = [];
afterEach(() => Promise.all(beds.splice(0).map((bed) => bed.close())));

/** A package as the packaging lays it out, with the fault server as its server. */
async function packageOf(): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'task-'));
  const { code } = await bundleHandler();
  writeFileSync(join(root, 'index.mjs'), code);
  mkdirSync(join(root, 'python'));
  cpSync(
    new URL('../../fixtures/fault-server.mjs', import.meta.url).pathname,
    join(root, 'python', 'server.mjs'),
  );
  const server = {
    command: process.execPath,
    args: ['{root}/python/server.mjs'],
    env: { PACKAGE: '{root}', LAYER: '{layer}', PLAYWRIGHT_NODEJS_PATH: '{node}' },
  };
  writeFileSync(join(root, 'server.json'), JSON.stringify(server));
  return root;
}

async function bed(
  change: Partial<ProxySettings> = {},
  more: Partial<TestbedOptions> = {},
): Promise<Testbed> {
  const environment = { [PROXY_VARIABLE]: encodeProxySettings(settingsOf(change)), ...more.environment };
  const made = new Testbed({ taskRoot: await packageOf(), ...more, environment });
  beds.push(made);
  return made;
}

test('starts the server during init, keeps it through freezes, answers from one process', async () => {
  const lambda = await bed();
  await lambda.start();
  expect(lambda.log('started')).toHaveLength(1);
  expect(lambda.processes()).toHaveLength(2);
  const first = await lambda.call('fault___count');
  await new Promise((resolve) => setTimeout(resolve, 300));
  const second = await lambda.call('fault___count');
  expect([first.payload, second.payload]).toMatchObject([{ calls: 1 }, { calls: 2 }]);
  expect((second.payload as { pid: number }).pid).toBe((first.payload as { pid: number }).pid);
  expect(lambda.inits).toHaveLength(1);
});

test('the server sees a writable HOME and cwd, its package and layer, and none of the keys', async () => {
  const lambda = await bed({}, { environment: { MCPGW_LAYER_ROOT: '/somewhere' } });
  const { payload } = await lambda.call('fault___environment');
  const { env, cwd } = payload as { env: Record<string, string>; cwd: string };
  expect(env).toMatchObject({
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    LAYER: '/somewhere',
  });
  // Playwright's own Node is left out of packages: this one stands in.
  expect(env.PLAYWRIGHT_NODEJS_PATH).toMatch(/^\/.*\b(node|program)$/);
  expect(cwd.startsWith(tmpdir())).toBe(true);
  expect(env.HOME?.startsWith(tmpdir())).toBe(true);
  expect(JSON.stringify(env)).not.toMatch(/testbed-secret|testbed-session/);
  expect(env.AWS_SDK_UA_APP_ID).toBe('testbed');
  expect(env.AWS_CONTAINER_CREDENTIALS_FULL_URI).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
});

test('the task root cannot be written (else this test bed would prove nothing)', async () => {
  const taskRoot = mkdtempSync(join(tmpdir(), 'task-'));
  writeFileSync(
    join(taskRoot, 'index.mjs'),
    `import { writeFileSync } from 'node:fs';
     export const handler = async () => {
       try { writeFileSync(process.env.LAMBDA_TASK_ROOT + '/x', ''); return 'written'; } catch (error) { return error.code; }
     };`,
  );
  const lambda = new Testbed({ taskRoot });
  beds.push(lambda);
  expect((await lambda.invoke({})).payload).toMatch(/^(EACCES|EROFS|EPERM)$/);
});

test('a server that takes longer than init goes on starting in the first call', async () => {
  const lambda = await bed({ environment: { FAULT_START: 'slow:9000' } });
  await lambda.start();
  expect(lambda.inits).toMatchObject([{ complete: true }]);
  expect(lambda.log('started')).toHaveLength(0);
  expect((await lambda.call('fault___echo', { n: 1 })).payload).toEqual({ n: 1 });
  expect(lambda.log('started')).toHaveLength(1);
});

test('a server that cannot start does not break init; the call says why', async () => {
  const lambda = await bed({ environment: { FAULT_START: 'crash' } });
  const { payload, functionError } = await lambda.call('fault___echo');
  expect(functionError).toBeUndefined();
  expect(payload).toMatchObject({ isError: true, error: expect.stringMatching(/exit code 3.*ImportError/s) });
  expect(lambda.inits).toHaveLength(1);
});

test("a hanging tool is answered before Lambda's time-out, and the environment lives on", async () => {
  const lambda = await bed({}, { timeout: 3 });
  await lambda.call('fault___echo');
  const { payload, functionError } = await lambda.call('fault___hang');
  expect(functionError).toBeUndefined();
  expect(payload).toMatchObject({ isError: true, error: expect.stringContaining('deadline') });
  expect((await lambda.call('fault___echo', { n: 2 })).payload).toEqual({ n: 2 });
  expect(lambda.inits).toHaveLength(1);
});

test('by setting an error is thrown, and Lambda reports a function error', async () => {
  const lambda = await bed({ onToolError: 'throw' });
  expect(await lambda.call('fault___fail', { message: 'no such table' })).toMatchObject({
    functionError: 'Unhandled',
    payload: { errorMessage: 'no such table', errorType: 'ToolError' },
  });
});

test('a reply over 6 MB arrives cut, not as a function error', async () => {
  const lambda = await bed();
  const { payload, functionError } = await lambda.call('fault___big', {
    unit: 'a "quoted" word\n',
    count: 900_000,
  });
  expect(functionError).toBeUndefined();
  expect(String(payload)).toContain('[cut: the whole reply would be');
  expect(Buffer.byteLength(JSON.stringify(JSON.stringify(payload)))).toBeLessThan(6 * 1024 * 1024);
});

test('the log holds one JSON line a call with metrics, the trace goes with the call', async () => {
  const lambda = await bed();
  await lambda.call('fault___echo');
  await lambda.call('fault___fail');
  const lines = lambda.log('call');
  expect(lines).toMatchObject([
    { outcome: 'ok', tool: 'echo', server: 'fault-mcp-server', gatewayRequestId: expect.any(String) },
    { outcome: 'tool-error', tool: 'fail', traceId: expect.stringContaining('Root=1-') },
  ]);
  const [{ _aws: emf } = {}] = lines as { _aws?: { CloudWatchMetrics: { Dimensions: string[][] }[] } }[];
  expect(emf?.CloudWatchMetrics[0]?.Dimensions).toEqual([['server', 'outcome']]);
});

test("the trace of each invocation reaches the server with its call, in X-Ray's and in W3C's words", async () => {
  const lambda = await bed();
  await lambda.call('fault___meta');
  const { payload } = await lambda.call('fault___meta');
  const [, line] = lambda.log('call');
  const [, root = '', parent = ''] =
    /^Root=1-([0-9a-f-]+);Parent=([0-9a-f]+);Sampled=1$/.exec(String(line?.traceId)) ?? [];
  expect(payload).toEqual({
    'x-amzn-trace-id': line?.traceId,
    traceparent: `00-${root.replace('-', '')}-${parent}-01`,
  });
});

test('a direct invocation without a gateway is refused', async () => {
  const lambda = await bed();
  expect((await lambda.invoke({ tool: 'echo' })).payload).toMatchObject({
    isError: true,
    error: expect.stringContaining('no tool name'),
  });
});

test('answers over the Invoke API as well', async () => {
  const lambda = await bed();
  await lambda.start();
  const custom = { bedrockAgentCoreToolName: 'fault___echo' };
  const response = await fetch(`${lambda.url}/2015-03-31/functions/testbed/invocations`, {
    method: 'POST',
    headers: { 'x-amz-client-context': Buffer.from(JSON.stringify({ custom })).toString('base64') },
    body: JSON.stringify({ grüße: 'ja' }),
  });
  expect(await response.json()).toEqual({ grüße: 'ja' });
});

describe('the test bed itself', () => {
  async function functionOf(code: string, more: Partial<TestbedOptions> = {}): Promise<Testbed> {
    const taskRoot = mkdtempSync(join(tmpdir(), 'task-'));
    writeFileSync(join(taskRoot, 'index.mjs'), code);
    const made = new Testbed({ taskRoot, ...more });
    beds.push(made);
    return made;
  }

  test('kills what outlives the time-out and initialises again', async () => {
    const lambda = await functionOf(
      'export const handler = ({ ms }) => new Promise((go) => setTimeout(go, ms, ms));',
      { timeout: 1 },
    );
    await lambda.start();
    const before = lambda.processes();
    expect(await lambda.invoke({ ms: 5000 })).toMatchObject({
      functionError: 'Unhandled',
      payload: { errorType: 'Sandbox.Timedout' },
    });
    expect(before.map(isRunning)).toEqual([false]);
    expect((await lambda.invoke({ ms: 1 })).payload).toBe(1);
    expect(lambda.inits).toHaveLength(2);
  });

  test('refuses a response over 6 MB', async () => {
    const lambda = await functionOf("export const handler = async () => 'x'.repeat(7e6);");
    expect(await lambda.invoke({})).toMatchObject({
      payload: { errorType: 'Function.ResponseSizeTooLarge' },
    });
  });

  test('a frozen function does not run', async () => {
    const lambda = await functionOf(
      'let ticks = 0; setInterval(() => { ticks += 1; }, 10); export const handler = async () => ticks;',
    );
    const ticksAfterAPause = async () => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      return Number((await lambda.invoke({})).payload);
    };
    await lambda.start();
    const first = await ticksAfterAPause();
    expect(first).toBeLessThan(15);
    expect((await ticksAfterAPause()) - first).toBeLessThan(15);
  });
});
