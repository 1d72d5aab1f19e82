/** The served gateway with a real server process behind it: client, guards, life and end of processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { callTool, connect, type GatewayConnection, getToken, listTools } from '../../../gateway/client.ts';
import { type LocalGateway, startGateway } from '../../../gateway/index.ts';
import { type RunningGateway, readRunning } from '../../../gateway/running.ts';
import { compareTools } from '../../../gateway/verify.ts';
import type { JsonObject } from '../../../plan/hash.ts';
import { fixtureOptions, isAlive, until } from './support.ts';

jest.setTimeout(60_000); // real processes, on machines that do other things as well

let gateway: LocalGateway;
let running: RunningGateway;
let session: GatewayConnection;
let stateDir: string;
const lines: Record<string, unknown>[] = [];

const tokenRequest = ({ tokenUrl = '', clientId = '', clientSecret = '', scope = '' }: RunningGateway) => ({
  tokenUrl,
  clientId,
  clientSecret,
  scope,
});

beforeAll(async () => {
  process.env.AWS_ACCESS_KEY_ID = 'AKIAUSERSOWN';
  process.env.AWS_SECRET_ACCESS_KEY = 'users-own-secret';
  process.env.AWS_PROFILE = 'users-own';
  const options = await fixtureOptions();
  stateDir = options.stateDir;
  gateway = await startGateway({
    ...options,
    behaviour: { pageSize: 4 },
    signals: false,
    log: (line) => lines.push(line),
  });
  running = (await readRunning(stateDir))!;
  session = await connect({ url: gateway.url, token: await getToken(tokenRequest(running)) });
});
afterAll(async () => {
  await session?.close();
  await gateway?.close();
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) delete process.env[name];
});

test('no server runs before the first call; the process stays warm after it', async () => {
  expect(lines.filter(({ event }) => event === 'started')).toEqual([]);
  const first = (await session.callTool('fixture___count', {})) as { calls: number; pid: number };
  const second = await session.callTool('fixture___count', {});
  expect(first.calls).toBe(1);
  expect(second).toEqual({ calls: 2, pid: first.pid });
});

test('the client lists every page and decodes values', async () => {
  const token = await getToken(tokenRequest(running));
  const names = (await listTools({ url: gateway.url, token })).map(({ name }) => name);
  expect(names).toEqual(
    ['echo', 'count', 'environment', 'spawn', 'crash', 'refuse'].map((name) => `fixture___${name}`),
  );
  expect(await callTool({ url: gateway.url, token }, 'fixture___echo', { text: 'ü "x"' })).toEqual({
    text: 'ü "x"',
  });
});

test('what is served is what was planned', async () => {
  const { plan, definitions } = await fixtureOptions();
  expect(compareTools(plan, await session.listTools(), definitions)).toEqual([]);
});

test('a server gets nothing of the user: no credentials, no profile, no home', async () => {
  const { env, cwd } = (await session.callTool('fixture___environment', {})) as {
    env: Record<string, string>;
    cwd: string;
  };
  expect(JSON.stringify(env)).not.toMatch(/users-own|AKIAUSERSOWN/);
  expect(env).toMatchObject({
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  expect(Object.keys(env).filter((name) => /KEY|SECRET|TOKEN|PROFILE|CONTAINER/.test(name))).toEqual([]);
  expect(env.HOME).not.toBe(process.env.HOME);
  expect(cwd).not.toBe(process.cwd());
});

describe('errors of the client', () => {
  const call = (name: string, given: JsonObject) => session.callTool(name, given);

  test('arguments that do not fit, an unknown tool, an error of the tool', async () => {
    await expect(call('fixture___echo', {})).rejects.toMatchObject({
      code: 'arguments-invalid',
      exitCode: 2,
      message: expect.stringContaining("Missing required field(s): 'text'"),
    });
    await expect(call('fixture___nothing', {})).rejects.toMatchObject({ code: 'tool-unknown', exitCode: 2 });
    await expect(call('fixture___refuse', {})).rejects.toMatchObject({
      code: 'tool-error',
      exitCode: 5,
      message: expect.stringContaining('s3:ListAllMyBuckets'),
    });
  });

  test('a server that crashes is an error of that call only; the next one has a new process', async () => {
    const before = (await call('fixture___count', {})) as { pid: number };
    await expect(call('fixture___crash', {})).rejects.toMatchObject({ code: 'tool-error' });
    const after = (await call('fixture___count', {})) as { pid: number; calls: number };
    expect(after.calls).toBe(1);
    expect(after.pid).not.toBe(before.pid);
    expect(isAlive(before.pid)).toBe(false);
  });

  test('wrong secret, wrong scope, wrong token, nobody there', async () => {
    const good = tokenRequest(running);
    await expect(getToken({ ...good, clientSecret: 'wrong' })).rejects.toMatchObject({
      code: 'not-authorised',
      exitCode: 3,
      message: expect.stringContaining('invalid_client'),
    });
    await expect(getToken({ ...good, scope: 'tools/admin' })).rejects.toMatchObject({
      code: 'not-authorised',
    });
    await expect(connect({ url: gateway.url, token: 'a.b.c' })).rejects.toMatchObject({
      code: 'not-authorised',
      message: expect.stringContaining('the token is not valid'),
    });
    await expect(connect({ url: 'http://127.0.0.1:9/mcp', token: 'x' })).rejects.toMatchObject({
      code: 'unreachable',
      exitCode: 4,
    });
    await expect(getToken({ ...good, tokenUrl: 'http://127.0.0.1:9/oauth2/token' })).rejects.toMatchObject({
      code: 'unreachable',
    });
  });

  test('a token is asked for once', async () => {
    expect(await getToken(tokenRequest(running))).toBe(await getToken(tokenRequest(running)));
  });
});

test('the socket refuses another Host, and listens on 127.0.0.1 only', async () => {
  const { port } = new URL(gateway.url);
  const status = (hostname: string, host: string) =>
    new Promise((resolve, reject) => {
      httpRequest(
        { hostname, port, path: '/.well-known/oauth-protected-resource', headers: { host } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      )
        .on('error', reject)
        .end();
    });
  expect(await status('127.0.0.1', `127.0.0.1:${port}`)).toBe(200);
  expect(await status('127.0.0.1', `evil.example.com:${port}`)).toBe(403);
  await expect(status('127.0.0.2', `127.0.0.1:${port}`)).rejects.toThrow('ECONNREFUSED');
});

test('a port in use is named, with a mend; nothing is left behind', async () => {
  const port = Number(new URL(gateway.url).port);
  const options = await fixtureOptions();
  await expect(startGateway({ ...options, port, signals: false })).rejects.toMatchObject({
    code: 'port-in-use',
    exitCode: 2,
    message: `port ${port} is in use`,
    hint: expect.stringContaining('--port'),
  });
  expect(await readdir(options.stateDir)).toEqual(['issuer-test.json']);
});

test('the running file names the issuer, and a client that the first gateway admits', async () => {
  expect(running.issuer).toBe(gateway.issuer);
  const options = await fixtureOptions({
    toolsets: { first: { include: ['*'] }, second: { include: ['*'] } },
    auth: {
      type: 'cognito',
      clients: { later: { scopes: ['invoke'], toolsets: ['second'] }, sooner: { scopes: ['look'] } },
    },
  });
  const several = await startGateway({ ...options, signals: false });
  try {
    const own = (await readRunning(options.stateDir))!;
    expect(own.scope).toBe('tools/look');
    const listed = await listTools({ url: several.url, token: await getToken(tokenRequest(own)) });
    expect(listed).toHaveLength(6);
  } finally {
    await several.close();
  }
});

test('the running file is private, and no log line holds a secret or a token', async () => {
  expect((await stat(join(stateDir, 'gateway.json'))).mode & 0o777).toBe(0o600);
  const log = JSON.stringify(lines);
  expect(log).not.toContain(running.clientSecret);
  expect(log).not.toContain(await getToken(tokenRequest(running)));
  expect(lines).toContainEqual(
    expect.objectContaining({ event: 'call', tool: 'fixture___echo', outcome: 'ok' }),
  );
});

describe('the end', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  test('close ends servers and their helpers, frees the port, removes the file', async () => {
    const options = await fixtureOptions();
    const short = await startGateway({ ...options, signals: false });
    const token = await getToken(tokenRequest((await readRunning(options.stateDir))!));
    const { pid, helper } = (await callTool({ url: short.url, token }, 'fixture___spawn', {})) as Record<
      string,
      number
    >;
    expect([isAlive(pid!), isAlive(helper!)]).toEqual([true, true]);
    await short.close();
    expect([isAlive(pid!), isAlive(helper!)]).toEqual([false, false]);
    expect(await readdir(options.stateDir)).toEqual(['issuer-test.json']);
    await expect(connect({ url: short.url, token })).rejects.toMatchObject({ code: 'unreachable' });
  });

  async function servedApart() {
    const folder = await mkdtemp(join(tmpdir(), 'mcpgw-test-'));
    const script = fileURLToPath(new URL('serve.ts', import.meta.url));
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, folder], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(child);
    const [url = ''] = String((await once(child.stdout!, 'data'))[0]).split('\n');
    const token = await getToken(tokenRequest((await readRunning(folder))!));
    const { pid = 0, helper = 0 } = (await callTool({ url, token }, 'fixture___spawn', {})) as Record<
      string,
      number
    >;
    expect([isAlive(pid), isAlive(helper)]).toEqual([true, true]);
    return { child, folder, gone: () => until(() => !isAlive(pid) && !isAlive(helper)) };
  }

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends everything, the helpers of servers too',
    async (signal) => {
      const { child, folder, gone } = await servedApart();
      const ended = once(child, 'exit');
      child.kill(signal);
      expect(await ended).toEqual([null, signal]);
      await gone();
      expect(await readdir(folder)).toEqual(['issuer-test.json']);
      expect(await readFile(join(folder, 'issuer-test.json'), 'utf8')).toContain('privateKey');
    },
  );

  test('a crash of the gateway takes the servers with it', async () => {
    const { child, folder, gone } = await servedApart();
    const ended = once(child, 'exit');
    child.kill('SIGUSR2');
    expect((await ended)[0]).not.toBe(0);
    await gone();
    expect(await readRunning(folder)).toBeUndefined();
  });
});
