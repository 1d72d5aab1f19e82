/** Who gets keys from the loopback endpoint, and which. */
import { CredentialEndpoint, functionCredentials } from '../../../proxies/credentials.ts';

const keys = {
  accessKeyId: 'AKID',
  secretAccessKey: 'secret',
  sessionToken: 'token',
  expiration: new Date(0),
};
const open: CredentialEndpoint[] = [];
afterEach(() => Promise.all(open.splice(0).map((endpoint) => endpoint.close())));

async function endpointOf(source: () => Promise<typeof keys>, log: (line: object) => void = () => {}) {
  const endpoint = new CredentialEndpoint(source, log);
  open.push(endpoint);
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url = '', AWS_CONTAINER_AUTHORIZATION_TOKEN: token = '' } =
    await endpoint.variables();
  return { url, token };
}

test('keys for the token only, on loopback only', async () => {
  const { url, token } = await endpointOf(async () => keys);
  expect(new URL(url).hostname).toBe('127.0.0.1');
  const good = await fetch(url, { headers: { authorization: token } });
  expect(await good.json()).toEqual({
    AccessKeyId: 'AKID',
    SecretAccessKey: 'secret',
    Token: 'token',
    Expiration: '1970-01-01T00:00:00.000Z',
  });
  for (const authorization of ['', `${token}x`, 'x'.repeat(token.length), `Bearer ${token}`]) {
    const bad = await fetch(url, { headers: { authorization } });
    expect([bad.status, await bad.text()]).toEqual([403, '']);
  }
});

test('a source that fails is a failed request, told in the log', async () => {
  const lines: object[] = [];
  const { url, token } = await endpointOf(
    async () => {
      throw new Error('signed out');
    },
    (line) => lines.push(line),
  );
  expect((await fetch(url, { headers: { authorization: token } })).status).toBe(500);
  expect(lines).toEqual([{ event: 'credentials-failed', error: 'signed out' }]);
});

test("a function's keys come from its variables", async () => {
  const env = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };
  expect(await functionCredentials(env)()).toEqual({
    accessKeyId: 'AKID',
    secretAccessKey: 'secret',
    sessionToken: 'token',
  });
  await expect(functionCredentials({})()).rejects.toThrow(/no credentials/);
});

test('or, where Lambda gives one, from an endpoint that renews them', async () => {
  const { url, token } = await endpointOf(async () => keys);
  const env = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
    AWS_ACCESS_KEY_ID: 'old',
  };
  expect(await functionCredentials(env)()).toEqual(keys);
});
