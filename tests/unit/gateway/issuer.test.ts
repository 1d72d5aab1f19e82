/** The token issuer: a client cannot tell it from a Cognito user pool with a machine client. */
import { createRemoteJWKSet, customFetch, decodeProtectedHeader, jwtVerify } from 'jose';
import { jsonOf, type TestGateway, testGateway } from './support.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await testGateway({
    config: {
      auth: {
        type: 'cognito',
        clients: { agent: { scopes: ['invoke', 'search'] }, other: { scopes: ['search'] } },
      },
    },
  });
});

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

async function ask(form: Record<string, string>, authorization?: string) {
  const response = await gateway.request('/oauth2/token', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization !== undefined && { authorization }),
    },
    body: new URLSearchParams(form).toString(),
  });
  return { status: response.status, body: await jsonOf(response), headers: response.headers };
}

test('the discovery document leads to the keys, and a token is signed by one of them', async () => {
  const { identity, issuer } = gateway;
  const document = await jsonOf(
    await gateway.request(`/${identity.poolId}/.well-known/openid-configuration`),
  );
  expect(document).toMatchObject({
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  });
  const client = identity.clients[0]!;
  const { body, headers } = await ask({ grant_type: 'client_credentials' }, basic(client.id, client.secret));
  expect(body).toEqual({ access_token: expect.any(String), expires_in: 3600, token_type: 'Bearer' });
  expect(headers.get('cache-control')).toBe('no-store');
  const keys = createRemoteJWKSet(new URL(document.jwks_uri), {
    [customFetch]: async (url: string) => gateway.request(new URL(url).pathname),
  });
  const { payload } = await jwtVerify(body.access_token, keys, { issuer });
  expect(Object.keys(payload).sort()).toEqual(
    ['sub', 'token_use', 'scope', 'auth_time', 'iss', 'exp', 'iat', 'version', 'jti', 'client_id'].sort(),
  );
  expect(payload).toMatchObject({
    sub: client.id,
    client_id: client.id,
    token_use: 'access',
    scope: 'tools/invoke tools/search',
    version: 2,
  });
  expect(decodeProtectedHeader(body.access_token)).toEqual({ alg: 'RS256', kid: identity.kid });
});

test('the key set holds no private part', async () => {
  const text = await (await gateway.request(`/${gateway.identity.poolId}/.well-known/jwks.json`)).text();
  expect(Object.keys(JSON.parse(text).keys[0]).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
});

test('credentials in the body do as well, and a scope narrows the token', async () => {
  const client = gateway.identity.clients[0]!;
  const { body } = await ask({
    grant_type: 'client_credentials',
    client_id: client.id,
    client_secret: client.secret,
    scope: 'tools/search',
  });
  const claims = JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString());
  expect(claims.scope).toBe('tools/search');
});

describe('refusals', () => {
  const good = () => gateway.identity.clients[0]!;
  test.each([
    ['an unknown client', 'invalid_client', () => ({ id: 'nobody', secret: good().secret, form: {} })],
    ['a wrong secret', 'invalid_client', () => ({ id: good().id, secret: 'wrong', form: {} })],
    [
      "another client's secret",
      'invalid_client',
      () => ({ id: good().id, secret: gateway.identity.clients[1]!.secret, form: {} }),
    ],
    [
      'a scope that the client lacks',
      'invalid_scope',
      () => ({ ...gateway.identity.clients[1]!, form: { scope: 'tools/invoke' } }),
    ],
    [
      'a scope that nobody has',
      'invalid_scope',
      () => ({ ...good(), form: { scope: 'tools/search tools/admin' } }),
    ],
    [
      'a grant that people use',
      'unauthorized_client',
      () => ({ ...good(), form: { grant_type: 'refresh_token' } }),
    ],
    ['an unknown grant', 'unsupported_grant_type', () => ({ ...good(), form: { grant_type: 'password' } })],
    ['no grant', 'invalid_request', () => ({ ...good(), form: { grant_type: '' } })],
  ])('%s: %s', async (_what, error, make) => {
    const { id, secret, form } = make();
    const answer = await ask({ grant_type: 'client_credentials', ...form }, basic(id, secret));
    expect(answer).toMatchObject({ status: 400, body: { error } });
  });

  test('no client at all, a broken header, a form that is none, and a wrong method', async () => {
    expect((await ask({ grant_type: 'client_credentials' })).body).toEqual({ error: 'invalid_client' });
    expect((await ask({ grant_type: 'client_credentials' }, 'Basic !')).body).toEqual({
      error: 'invalid_client',
    });
    const json = await gateway.request('/oauth2/token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(json.status).toBe(400);
    expect((await gateway.request('/oauth2/token')).status).toBe(405);
  });
});
