/** The handler over a real process that misbehaves: what a caller sees, and what is left afterwards. */
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../../plan/hash.ts';
import { SUBJECT_ARGUMENT } from '../../../proxies/interceptor.ts';
import { closeRigs, contextFor, faultLaunch, isRunning, rig } from './support.ts';

afterEach(closeRigs);

const errorOf = (reply: unknown) => (reply as { isError: true; error: string }).error;

describe('a warm session', () => {
  test('answers many calls from one process', async () => {
    const { call } = rig();
    const first = (await call('count')) as JsonObject;
    const second = (await call('count')) as JsonObject;
    expect(second.pid).toBe(first.pid);
    expect([first.calls, second.calls]).toEqual([1, 2]);
  });

  test('a fresh process for every call when isolated', async () => {
    const { call } = rig({ isolation: 'per-call' });
    const first = (await call('count')) as JsonObject;
    const second = (await call('count')) as JsonObject;
    expect(second.pid).not.toBe(first.pid);
    expect(second.calls).toBe(1);
    expect([isRunning(Number(first.pid)), isRunning(Number(second.pid))]).toEqual([false, false]);
  });

  test('concurrent calls get their own answers', async () => {
    const { call } = rig();
    const answers = await Promise.all([60, 5, 30, 0].map((ms) => call('slow', { ms })));
    expect(answers).toEqual([{ ms: 60 }, { ms: 5 }, { ms: 30 }, { ms: 0 }]);
  });

  test('null and absent arguments stay apart', async () => {
    const { call } = rig();
    expect(await call('echo', { a: null, b: 1 })).toEqual({ a: null, b: 1 });
    expect(await call('echo', {})).toEqual({});
  });

  test('a parameter demanded for nothing is filled, a given one is not', async () => {
    const { call } = rig({ fill: { echo: { ctx: { content: [] } } } });
    expect(await call('echo', { a: 1 })).toEqual({ ctx: { content: [] }, a: 1 });
    expect(await call('echo', { ctx: null })).toEqual({ ctx: null });
  });

  test('who calls is logged and kept from the server; without the interceptor nobody can claim it', async () => {
    const given = { a: 1, [SUBJECT_ARGUMENT]: 'ann' };
    const told = rig({ subject: true });
    expect(await told.call('echo', given)).toEqual({ a: 1 });
    const untold = rig();
    expect(await untold.call('echo', given)).toEqual({ a: 1 });
    expect([told, untold].map(({ lines }) => lines('call')[0]?.subject)).toEqual(['ann', undefined]);
  });

  test('arguments of the settings reach the command line, its environment the server', async () => {
    const { call } = rig({ arguments: ['--allow-write', 'a b'], environment: { MY_SETTING: 'x' } });
    const { args, env } = (await call('environment')) as { args: string[]; env: Record<string, string> };
    expect(args).toEqual(['--allow-write', 'a b']);
    expect(env.MY_SETTING).toBe('x');
  });
});

describe('what a server prints', () => {
  test('lines that are no messages are dropped and logged', async () => {
    const { call, lines } = rig({ environment: { FAULT_START: 'noise' } });
    expect(await call('garbage')).toBe('clean');
    const dropped = lines('stdout').map(({ line }) => line);
    expect(dropped).toEqual(expect.arrayContaining(['Welcome!', '{"not": "a message"}', 'not json', 'null']));
  });

  test('a message behind text without a newline is still read', async () => {
    const { call, lines } = rig();
    expect(await call('prefix')).toBe('behind a prefix');
    expect(lines('stdout').map(({ line }) => line)).toEqual(['progress 50% ']);
  });

  test('a printed reply with a guessed id is not taken for the answer', async () => {
    const { call } = rig();
    expect(await call('forge', { real: true })).toEqual({ real: true });
    expect(await call('twice', { n: 1 })).toEqual({ n: 1 });
    expect(await call('echo', { n: 2 })).toEqual({ n: 2 });
  });

  test('a flood is bounded in the log and counted', async () => {
    const { call, lines } = rig();
    expect(await call('flood', { lines: 5000 })).toBe('after the flood');
    const logged = lines('stdout').length;
    expect(logged).toBeLessThanOrEqual(100);
    expect(lines('output-dropped')).toEqual([expect.objectContaining({ lines: 5000 - logged })]);
  });

  test('an endless line ends the server, not the handler', async () => {
    const { call } = rig();
    expect(errorOf(await call('endless-line'))).toMatch(
      /^the server ended during the call \(it sent a line of more/,
    );
    expect(await call('echo', { n: 1 })).toEqual({ n: 1 });
  });

  test('a question of the server to its client is answered with a refusal', async () => {
    const { call } = rig();
    expect(await call('ask', { method: 'elicitation/create' })).toMatchObject({ code: -32601 });
    expect(await call('ask', { method: 'ping' })).toEqual({});
  });
});

describe('errors', () => {
  test("a tool's error is data by default and thrown by setting", async () => {
    expect(await rig().call('fail', { message: 'no' })).toEqual({ isError: true, error: 'no' });
    await expect(rig({ onToolError: 'throw' }).call('fail', { message: 'no' })).rejects.toThrow(/^no$/);
  });

  test('a result is whole by setting, an error with it, but for one that is thrown', async () => {
    const { call } = rig({ results: 'whole' });
    expect(await call('echo', { n: 1 })).toEqual({
      content: [{ type: 'text', text: expect.stringMatching(/"n": ?1/) }],
      isError: false,
    });
    const failed = { content: [{ type: 'text', text: 'no' }], isError: true };
    expect(await call('fail', { message: 'no' })).toEqual(failed);
    const thrown = rig({ results: 'whole', onToolError: 'throw' });
    await expect(thrown.call('fail', { message: 'no' })).rejects.toThrow(/^no$/);
  });

  test('a protocol error names what the server said', async () => {
    const { call, lines } = rig();
    expect(errorOf(await call('rpc-error'))).toContain('Invalid params: nope');
    expect(lines('call')).toEqual([expect.objectContaining({ outcome: 'protocol-error' })]);
  });

  test('a crash is told with the last words, not repeated, and the next call gets a new process', async () => {
    const { call, lines } = rig();
    const before = (await call('count')) as JsonObject;
    const reply = errorOf(await call('crash', { code: 7, say: 'ValueError: x' }));
    expect(reply).toMatch(/exit code 7.*not tried again.*ValueError: x/s);
    const after = (await call('count')) as JsonObject;
    expect(after.pid).not.toBe(before.pid);
    expect(after.calls).toBe(1);
    expect(lines('call').map(({ outcome }) => outcome)).toEqual(['ok', 'crashed', 'ok']);
  });

  test('a process that ended between two calls is replaced without an error', async () => {
    const { call } = rig();
    const { pid } = (await call('count')) as JsonObject;
    process.kill(Number(pid), 'SIGKILL');
    // Without a turn of the event loop: the handler has not heard of it when it writes.
    while (isRunning(Number(pid)));
    expect(await call('echo', { n: 1 })).toEqual({ n: 1 });
  });

  test('a call that could not be written is tried again with a new process', async () => {
    const { call, lines } = rig();
    await call('close-input');
    expect(await call('echo', { n: 1 })).toEqual({ n: 1 });
    expect(lines('call').map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
    expect(lines('started')).toHaveLength(2);
  });

  test('an answer given just before the end counts', async () => {
    expect(await rig().call('answer-then-exit')).toBe('last words');
  });

  test('a server that does not start says why, again and again, and nothing is left', async () => {
    const { call, handler } = rig({ environment: { FAULT_START: 'crash' } });
    await expect(handler.start()).rejects.toThrow(/exit code 3/);
    expect(errorOf(await call('echo'))).toMatch(/did not start: exit code 3.*ImportError/s);
  });

  test('a command that does not exist is an error of the call', async () => {
    const { call } = rig({}, { launch: { ...faultLaunch, command: '/nowhere/python' } });
    expect(errorOf(await call('echo'))).toMatch(/did not start: .*ENOENT/);
  });
});

describe('secrets that a server repeats', () => {
  const environment = { DB_PASSWORD: 'tr0ub4dor&3' };

  test('are masked in a thrown error, which the runtime writes into the log', async () => {
    const { call } = rig({ onToolError: 'throw', environment });
    await expect(call('fail', { message: 'no login with tr0ub4dor&3' })).rejects.toThrow(
      /^no login with \*\*\*$/,
    );
  });

  test('and in what the log says of a start that failed', async () => {
    const { call, log } = rig({ environment: { ...environment, FAULT_START: 'refuse:tr0ub4dor&3' } });
    expect(errorOf(await call('echo'))).toMatch(/did not start: MCP error -32000: no \*\*\*/);
    expect(JSON.stringify(log)).not.toContain('tr0ub4dor');
  });
});

describe('deadlines', () => {
  let store: Server | undefined;
  afterEach(() => {
    store?.closeAllConnections();
    store?.close();
  });

  test('a hanging tool is cancelled and killed, the answer comes before the time-out', async () => {
    const { call, handler, lines } = rig();
    await call('echo');
    const context = contextFor('fault___hang', { ms: 1500 });
    const reply = await call('hang', {}, context);
    expect(context.getRemainingTimeInMillis()).toBeGreaterThan(0);
    expect(errorOf(reply)).toMatch(/did not answer before the deadline/);
    expect(lines('stderr').map(({ line }) => line)).toContain('cancelled true');
    expect(await call('echo', { n: 1 })).toEqual({ n: 1 });
    await handler.close();
    expect(isRunning(Number(lines('started')[0]?.pid))).toBe(false);
    expect(lines('ended')[0]).toMatchObject({ reason: 'a call outlived its deadline' });
  });

  test('a busy server that ignores SIGTERM is killed too', async () => {
    const { call, handler, lines } = rig({ environment: { FAULT_DEAF: '1' } });
    await call('echo');
    const context = contextFor('fault___block', { ms: 1500 });
    expect(errorOf(await call('block', { ms: 60_000 }, context))).toMatch(/deadline/);
    expect(context.getRemainingTimeInMillis()).toBeGreaterThan(0);
    expect(await call('echo', { n: 1 })).toEqual({ n: 1 });
    await handler.close();
    expect(isRunning(Number(lines('started')[0]?.pid))).toBe(false);
  });

  test('a late answer reaches nobody', async () => {
    const { call } = rig();
    await call('echo');
    await call('late', { ms: 5000 }, { ms: 700 });
    expect(await call('slow', { ms: 50 })).toEqual({ ms: 50 });
  });

  test('without time left the tool is not called, and the server lives on', async () => {
    const { call } = rig();
    await call('count');
    expect(errorOf(await call('count', {}, { ms: 300 }))).toMatch(/was not called/);
    expect(await call('count')).toMatchObject({ calls: 2 });
  });

  test('a secret that takes too long to be read again does not hold the answer back, and the tool is not called late', async () => {
    let asked = 0;
    store = createServer((_request, response) => {
      asked += 1;
      if (asked !== 2) response.end(JSON.stringify({ Parameter: { Value: 'the-value' } }));
    });
    store.listen(0, '127.0.0.1');
    await once(store, 'listening');
    const { port } = store.address() as AddressInfo;
    const { call } = rig(
      { secrets: { KEY: 'ssm:/key' } },
      {
        credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'of-the-example' }),
        secretsEndpoint: `http://127.0.0.1:${port}/`,
        secretLifeMs: 0,
      },
    );
    await call('count');
    const context = contextFor('fault___count', { ms: 1000 });
    expect(errorOf(await call('count', {}, context))).toMatch(/before the deadline/);
    expect(context.getRemainingTimeInMillis()).toBeGreaterThan(0);
    expect(await call('count', {}, { ms: 30_000 })).toMatchObject({ calls: 2 });
  });

  test('a server still starting at the deadline is not killed: the next call has it', async () => {
    const { call, lines } = rig({ environment: { FAULT_START: 'slow:1200' } });
    expect(errorOf(await call('echo', {}, { ms: 700 }))).toMatch(/still starting/);
    expect(await call('echo', { n: 1 })).toEqual({ n: 1 });
    expect(lines('started')).toHaveLength(1);
  });
});

describe('afterwards', () => {
  test('no process of the group and no folder is left, whatever the server started', async () => {
    const tmp = await mkdtemp(join(tmpdir(), 'mcpgw-test-'));
    const { call, handler, lines } = rig({ environment: { FAULT_DEAF: '1' } }, { tmp });
    const { pid } = (await call('child')) as JsonObject;
    expect(isRunning(Number(pid))).toBe(true);
    await handler.close();
    expect(isRunning(Number(pid))).toBe(false);
    expect(isRunning(Number(lines('started')[0]?.pid))).toBe(false);
    expect(readdirSync(tmp)).toEqual([]);
  });

  test('helpers of a server that crashed are ended as well, whatever their environment', async () => {
    const { call } = rig();
    const { pid } = (await call('child', { quiet: true, clean: true })) as JsonObject;
    await call('crash');
    expect(isRunning(Number(pid))).toBe(false);
  });

  // Needs /proc to find them.
  (existsSync('/proc/self/environ') ? test : test.skip)(
    'helpers in a session of their own are ended too',
    async () => {
      const { call, handler } = rig();
      const { pid } = (await call('child', { quiet: true, detached: true })) as JsonObject;
      await handler.close();
      expect(isRunning(Number(pid))).toBe(false);
    },
  );

  test('closing while the server starts leaves nothing', async () => {
    const { handler, lines } = rig({ environment: { FAULT_START: 'hang' } });
    const starting = handler.start();
    const refused = expect(starting).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await handler.close();
    await refused;
    expect(lines('ended')).toHaveLength(1);
    expect(isRunning(Number(lines('ended')[0]?.pid))).toBe(false);
  });
});
