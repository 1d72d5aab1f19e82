/** What a server gets of AWS, seen by botocore itself, with moto in AWS's place. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { ProxySettings } from '../../../plan/types.ts';
import type { Credentials } from '../../../proxies/credentials.ts';
import type { HandlerDependencies } from '../../../proxies/handler.ts';
import { cacheDir } from '../../../store/paths.ts';
import { type Moto, startMoto } from '../s3-question/moto.ts';
import { closeRigs, rig } from './support.ts';

const SERVER = new URL('../../fixtures/boto-server.py', import.meta.url).pathname;
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
let moto: Moto;

beforeAll(async () => {
  moto = await startMoto();
}, 300_000);
afterAll(() => moto.close());
afterEach(closeRigs);
jest.setTimeout(60_000);

function botoRig(change: Partial<ProxySettings> = {}, more: Partial<HandlerDependencies> = {}) {
  const launch = {
    command: join(cacheDir(), 'moto-5.2.5', 'bin', 'python'),
    args: [SERVER],
    env: { STAND_IN: moto.url },
  };
  return rig(
    { server: 'boto-mcp-server', allow: ['identity', 'call', 'variable'], ...change },
    { launch, region: 'us-east-1', ...more },
  );
}
const source =
  (keys: Partial<Credentials> = {}) =>
  async () => ({
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey,
    ...keys,
  });

describe('credentials', () => {
  test('none by default, whatever this process has', async () => {
    process.env.AWS_ACCESS_KEY_ID = 'AKIAOFTHEUSER1234567';
    process.env.AWS_SECRET_ACCESS_KEY = secretAccessKey;
    const { call } = botoRig();
    const answers = [await call('identity'), await call('identity', { profile: 'default' })];
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    expect(answers).toEqual(['null', 'null']);
  });

  test('given ones are found with and without naming the default profile', async () => {
    const { call } = botoRig({}, { credentials: source() });
    expect(await call('identity')).toBe('AKIAIOSFODNN7EXAMPLE');
    expect(await call('identity', { profile: 'default' })).toBe('AKIAIOSFODNN7EXAMPLE');
  });

  test('short-lived ones are asked for again by the same session', async () => {
    let asked = 0;
    const credentials = async () => {
      asked += 1;
      const expiration = new Date(Date.now() + 60_000);
      return { accessKeyId: `ASIAROUND${asked}`, secretAccessKey, sessionToken: 'token-of-it', expiration };
    };
    const { call } = botoRig({}, { credentials });
    const first = await call('identity');
    expect(await call('identity')).not.toBe(first);
  });

  test('stand in no file, no variable and no log line', async () => {
    const tmp = await mkdtemp(join(tmpdir(), 'mcpgw-test-'));
    const { call, log } = botoRig({}, { credentials: source({ sessionToken: 'a-session-token' }), tmp });
    await call('identity');
    await call('variable', { name: 'AWS_CONTAINER_AUTHORIZATION_TOKEN' });
    const files = readdirSync(tmp, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(0);
    const texts = files.map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'));
    for (const secret of [secretAccessKey, 'a-session-token']) {
      expect(texts.join('\n') + JSON.stringify(log)).not.toContain(secret);
    }
    expect(await call('variable', { name: 'AWS_SECRET_ACCESS_KEY' })).toBe('null');
    expect(JSON.stringify(log)).toContain('the value is ***');
  });

  test("another account's role is assumed", async () => {
    const role = { arn: 'arn:aws:iam::111122223333:role/reader' };
    const environment = { AWS_ENDPOINT_URL_STS: moto.url };
    const { call } = botoRig({ role, environment }, { credentials: source() });
    expect(await call('identity')).toMatch(/^ASIA/);
    expect(await call('call', { service: 'sts', operation: 'get_caller_identity' })).toMatchObject({
      Account: '111122223333',
    });
  });
});

describe('what a call did on AWS', () => {
  test('stands in its own log line', async () => {
    await moto.createUser('mary');
    const { call, lines } = botoRig({}, { credentials: source() });
    const reply = await call('call', { service: 'iam', operation: 'list_users' });
    expect(reply).toMatchObject({ Users: [{ UserName: 'mary' }] });
    await call('call', { service: 's3', operation: 'list_buckets' });
    await call('variable', { name: 'HOME' });
    expect(lines('call').map(({ aws }) => aws)).toEqual([
      // The id that CloudTrail would have, of each protocol's own header.
      [
        {
          action: 'IAM:ListUsers',
          status: 200,
          ms: expect.any(Number),
          requestId: expect.stringMatching(/./),
        },
      ],
      [
        {
          action: 'S3:ListBuckets',
          status: 200,
          ms: expect.any(Number),
          requestId: expect.stringMatching(/./),
        },
      ],
      undefined,
    ]);
  });

  test('of overlapping calls is given to none of them', async () => {
    const { call, lines } = botoRig({}, { credentials: source() });
    const users = { service: 'iam', operation: 'list_users' };
    await Promise.all([call('call', users), call('call', users), call('call', users)]);
    expect(lines('call').map(({ outcome, aws }) => [outcome, aws])).toEqual(Array(3).fill(['ok', undefined]));
    await call('call', users);
    expect(lines('call').at(-1)?.aws).toHaveLength(1);
  });

  test('a refusal names role, action and the settings line that would grant it', async () => {
    await moto.createUser('joe');
    const { id, secret } = await moto.createAccessKey('joe');
    const credentials = source({ accessKeyId: id, secretAccessKey: secret });
    await moto.enforce(true);
    const { call, lines } = botoRig({}, { credentials });
    const reply = await call('call', { service: 'iam', operation: 'list_roles' });
    await moto.enforce(false);
    expect(reply).toMatchObject({ isError: true, error: expect.stringContaining('iam:ListRoles') });
    expect(lines('call')).toMatchObject([
      {
        outcome: 'tool-error',
        aws: [{ action: 'IAM:ListRoles', status: 403, error: 'AccessDenied' }],
        hint: {
          action: 'iam:ListRoles',
          role: expect.stringContaining('user/joe'),
          grant: expect.stringContaining(
            "mcpgw:servers.settings.boto-mcp-server.statements: [{actions: ['iam:ListRoles']",
          ),
        },
      },
    ]);
  });
});

test('the user agent, which CloudTrail records, names who called', async () => {
  const agents: string[] = [];
  const echo = createServer((request, response) => {
    agents.push(String(request.headers['user-agent']));
    response.writeHead(403).end();
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const STAND_IN = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
  const { call } = botoRig({ environment: { STAND_IN } }, { credentials: source(), appId: 'mcpgw-dev-boto' });
  await call('call', { service: 'sts', operation: 'get_caller_identity' });
  await new Promise((resolve) => echo.close(resolve));
  expect(agents[0]).toMatch(/ app\/mcpgw-dev-boto(?: |$)/);
});

describe('secrets by reference', () => {
  const read = (service: string, target: string, body: object) =>
    fetch(moto.url, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': target,
      },
      body: JSON.stringify(body),
    }).then((response) => response.json() as Promise<Record<string, string>>);

  test('reach the server and are masked where it prints them', async () => {
    const SecretString = JSON.stringify({ user: 'app', password: 'hunter2-hunter2' });
    const { ARN } = await read('secretsmanager', 'secretsmanager.CreateSecret', { Name: 'db', SecretString });
    await read('ssm', 'AmazonSSM.PutParameter', {
      Name: '/app/key',
      Value: 'parameter-value',
      Type: 'SecureString',
    });
    const { call, log } = botoRig(
      { secrets: { DB_PASSWORD: `${ARN}#password`, APP_KEY: 'ssm:/app/key' } },
      { credentials: source(), secretsEndpoint: moto.url },
    );
    expect(await call('variable', { name: 'DB_PASSWORD' })).toBe('hunter2-hunter2');
    expect(await call('variable', { name: 'APP_KEY' })).toBe('parameter-value');
    expect(JSON.stringify(log)).not.toMatch(/hunter2|parameter-value/);
    expect(log.filter(({ line }) => line === 'the value is ***')).toHaveLength(2);
  });

  test('a rotated one reaches the server with the next call', async () => {
    const put = (Value: string) =>
      read('ssm', 'AmazonSSM.PutParameter', {
        Name: '/rotated',
        Value,
        Type: 'SecureString',
        Overwrite: true,
      });
    await put('first-value');
    const more = { credentials: source(), secretsEndpoint: moto.url, secretLifeMs: 0 };
    const { call, lines } = botoRig({ secrets: { KEY: 'ssm:/rotated' } }, more);
    expect(await call('variable', { name: 'KEY' })).toBe('first-value');
    expect(await call('variable', { name: 'KEY' })).toBe('first-value');
    expect(lines('started')).toHaveLength(1);
    await put('second-value');
    expect(await call('variable', { name: 'KEY' })).toBe('second-value');
    expect(lines('ended')).toMatchObject([{ reason: 'a secret changed' }]);
  });

  test('a member of a secret that was rotated as well, once its value may be old', async () => {
    const json = (password: string) => JSON.stringify({ password });
    const { ARN } = await read('secretsmanager', 'secretsmanager.CreateSecret', {
      Name: 'rotated',
      SecretString: json('before-the-rotation'),
    });
    const secrets = { PASSWORD: `${ARN}#password` };
    const kept = botoRig({ secrets }, { credentials: source(), secretsEndpoint: moto.url });
    const fresh = botoRig({ secrets }, { credentials: source(), secretsEndpoint: moto.url, secretLifeMs: 0 });
    const ask = (rig: typeof kept) => rig.call('variable', { name: 'PASSWORD' });
    expect([await ask(kept), await ask(fresh)]).toEqual(['before-the-rotation', 'before-the-rotation']);
    await read('secretsmanager', 'secretsmanager.PutSecretValue', {
      SecretId: ARN,
      SecretString: json('after-the-rotation'),
    });
    expect([await ask(kept), await ask(fresh)]).toEqual(['before-the-rotation', 'after-the-rotation']);
    expect(JSON.stringify([kept.log, fresh.log])).not.toMatch(/-the-rotation/);
  });

  test('one that does not exist, or no credentials: the call says so', async () => {
    const secrets = { X: 'ssm:/nowhere' };
    const more = { credentials: source(), secretsEndpoint: moto.url };
    expect(await botoRig({ secrets }, more).call('identity')).toMatchObject({
      error: expect.stringMatching(/did not start: parameter \/nowhere: ParameterNotFound/),
    });
    expect(await botoRig({ secrets }).call('identity')).toMatchObject({
      error: expect.stringMatching(/needs AWS credentials/),
    });
  });
});
