/** A profile handed through: what a server's SDK gets when it asks, and what happens when the profile gives nothing. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callTool, getToken } from '../../../gateway/client.ts';
import { handCredentials } from '../../../gateway/credentials.ts';
import { startGateway } from '../../../gateway/index.ts';
import { readRunning } from '../../../gateway/running.ts';
import { fixtureOptions } from './support.ts';

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mcpgw-test-'));
  process.env.AWS_CONFIG_FILE = join(folder, 'config');
  process.env.AWS_SHARED_CREDENTIALS_FILE = join(folder, 'credentials');
  await writeFile(
    process.env.AWS_CONFIG_FILE,
    [
      '[profile works]',
      'aws_access_key_id = AKIAHANDED',
      'aws_secret_access_key = handed-secret',
      'endpoint_url = http://127.0.0.1:5000',
      '[profile empty]',
      'region = us-east-1',
      '',
    ].join('\n'),
  );
});
afterAll(() => {
  delete process.env.AWS_CONFIG_FILE;
  delete process.env.AWS_SHARED_CREDENTIALS_FILE;
});

test('a server finds them by the container protocol, only with its token; no variable or log holds them', async () => {
  const options = await fixtureOptions();
  const lines: object[] = [];
  const gateway = await startGateway({
    ...options,
    credentials: { profile: 'works' },
    signals: false,
    log: (line) => lines.push(line),
  });
  try {
    const {
      tokenUrl = '',
      clientId = '',
      clientSecret = '',
      scope = '',
    } = (await readRunning(options.stateDir))!;
    const token = await getToken({ tokenUrl, clientId, clientSecret, scope });
    const { env } = (await callTool({ url: gateway.url, token }, 'fixture___environment', {})) as {
      env: Record<string, string>;
    };
    expect(JSON.stringify(env)).not.toMatch(/AKIAHANDED|handed-secret/);
    expect(env.AWS_ENDPOINT_URL).toBe('http://127.0.0.1:5000');
    expect(env.AWS_PROFILE).toBeUndefined();
    const url = env.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '';
    expect((await fetch(url)).status).toBe(403);
    // What the tool printed is masked; the server itself has the token in its environment.
    expect(env.AWS_CONTAINER_AUTHORIZATION_TOKEN).toBeDefined();
    expect(JSON.stringify(lines)).not.toMatch(/AKIAHANDED|handed-secret/);
  } finally {
    await gateway.close();
  }
});

test('the profile gives what it holds; one that does not exist or gives nothing is named at the start', async () => {
  expect(await (await handCredentials('works')).source()).toMatchObject({
    accessKeyId: 'AKIAHANDED',
    secretAccessKey: 'handed-secret',
  });
  await expect(handCredentials('nope')).rejects.toMatchObject({
    code: 'usage',
    message: "AWS profile 'nope' does not exist",
  });
  await expect(handCredentials('empty')).rejects.toMatchObject({
    code: 'not-authorised',
    hint: expect.stringContaining('aws sso login --profile empty'),
  });
});
