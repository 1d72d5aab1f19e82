/** Who may call: every way a token can be wrong is refused, and the refusal says where a right one comes from. */
import { exportJWK, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { judge } from '../../../gateway/authorise.ts';
import { jsonOf, ORIGIN, type TestGateway, testGateway } from './support.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await testGateway();
});

const list = (authorization?: string) =>
  gateway.rpc('tools/list', {}, authorization === undefined ? {} : { authorization });

test('a good token is let in, and the resource metadata tells where to get one', async () => {
  expect((await list(`Bearer ${await gateway.token()}`)).status).toBe(200);
  for (const path of ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp']) {
    expect(await (await gateway.request(path)).json()).toEqual({
      resource: `${ORIGIN}/mcp`,
      authorization_servers: [gateway.issuer],
      scopes_supported: ['tools/invoke'],
      bearer_methods_supported: ['header'],
    });
  }
});

test('no token: 401 and where the metadata is', async () => {
  const answer = await list();
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toBe(
    `Bearer resource_metadata="${ORIGIN}/.well-known/oauth-protected-resource", scope="tools/invoke"`,
  );
  expect(answer.body.error.message).toBe('Missing Bearer token');
});

describe('a wrong token', () => {
  const claims = () => ({
    sub: gateway.identity.clients[0]!.id,
    client_id: gateway.identity.clients[0]!.id,
    token_use: 'access',
    scope: 'tools/invoke',
    iss: gateway.issuer,
    exp: Math.floor(Date.now() / 1000) + 600,
  });
  const publicSecret = () => new TextEncoder().encode(JSON.stringify(gateway.identity.publicKey));

  test.each<[string, number, string, () => Promise<string>]>([
    ['expired', 401, 'the token has expired', () => gateway.token({ lifetime: -1 })],
    [
      "another client's",
      401,
      'the token belongs to another client',
      () => gateway.token({ clientId: 'somebody-else' }),
    ],
    [
      "another issuer's (same key)",
      401,
      'the token is of another issuer',
      () => gateway.token({ issuer: `${ORIGIN}/us-east-1_Another` }),
    ],
    [
      'signed by another key under our key id',
      401,
      "the token's signature is wrong",
      async () => {
        const { privateKey } = await generateKeyPair('RS256');
        return new SignJWT(claims())
          .setProtectedHeader({ alg: 'RS256', kid: gateway.identity.kid })
          .sign(privateKey);
      },
    ],
    [
      'of an unknown key',
      401,
      "the token's key is not one of the issuer's",
      async () => {
        const { privateKey } = await generateKeyPair('RS256');
        return new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid: 'another' }).sign(privateKey);
      },
    ],
    [
      'unsigned (alg none)',
      401,
      "the token's algorithm is not allowed",
      async () => new UnsecuredJWT(claims()).encode(),
    ],
    [
      'forged with the public key as a shared secret (HS256)',
      401,
      "the token's algorithm is not allowed",
      () =>
        new SignJWT(claims())
          .setProtectedHeader({ alg: 'HS256', kid: gateway.identity.kid })
          .sign(publicSecret()),
    ],
    [
      'without an end',
      401,
      'the token is not valid',
      async () => {
        const { exp: _, ...endless } = claims();
        return new SignJWT(endless)
          .setProtectedHeader({ alg: 'RS256', kid: gateway.identity.kid })
          .sign(await importJWK(gateway.identity.privateKey, 'RS256'));
      },
    ],
    ['garbage', 401, 'the token is not valid', async () => 'a.b.c'],
  ])('%s: %i', async (_what, status, problem, make) => {
    const token = await make();
    const answer = await list(`Bearer ${token}`);
    expect({ status: answer.status, message: answer.body.error.message }).toEqual({
      status,
      message: `Invalid Bearer token: ${problem}`,
    });
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(JSON.stringify(gateway.lines)).not.toContain(token);
  });

  test('a wrong scope: 403 insufficient_scope, naming the right one', async () => {
    const answer = await list(`Bearer ${await gateway.token({ scopes: ['tools/other'] })}`);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toMatch(
      /error="insufficient_scope".*scope="tools\/invoke"/,
    );
  });

  test('Basic instead of Bearer: 401', async () => {
    expect((await list('Basic abc')).status).toBe(401);
  });

  test('each method of the endpoint is guarded', async () => {
    for (const method of ['GET', 'POST', 'DELETE', 'PUT']) {
      expect((await gateway.request('/mcp', { method })).status).toBe(401);
    }
  });
});

describe('an existing issuer', () => {
  const discoveryUrl = 'https://login.example.com/.well-known/openid-configuration';
  test('its discovery document and keys decide; audiences are checked; ours serve no tokens then', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'theirs' };
    const documents: Record<string, object> = {
      [discoveryUrl]: { issuer: 'https://login.example.com', jwks_uri: 'https://login.example.com/keys' },
      'https://login.example.com/keys': { keys: [jwk] },
    };
    const external = await testGateway({
      config: { auth: { type: 'issuer', discoveryUrl, clients: ['app'], audiences: ['tools'] } },
      fetch: async (url) => (documents[url] ? Response.json(documents[url]) : Response.error()),
    });
    const sign = (given: object) =>
      new SignJWT({ client_id: 'app', aud: 'tools', iss: 'https://login.example.com', ...given })
        .setProtectedHeader({ alg: 'ES256', kid: 'theirs' })
        .setExpirationTime('5m')
        .sign(privateKey);
    const status = async (given: object) =>
      (await external.rpc('tools/list', {}, { authorization: `Bearer ${await sign(given)}` })).status;
    expect(await status({})).toBe(200);
    expect(await status({ aud: 'another' })).toBe(401);
    expect(await status({ client_id: 'another' })).toBe(401);
    expect(await status({ iss: 'https://evil.example.com' })).toBe(401);
    expect((await external.request('/oauth2/token', { method: 'POST' })).status).toBe(404);
    const metadata = await jsonOf(await external.request('/.well-known/oauth-protected-resource'));
    expect(metadata.authorization_servers).toEqual(['https://login.example.com']);
  });

  test('one that is away is 503, not a refusal, and is asked again', async () => {
    let asked = 0;
    const external = await testGateway({
      config: { auth: { type: 'issuer', discoveryUrl, clients: ['app'] } },
      fetch: async () => {
        asked += 1;
        return new Response('', { status: 500 });
      },
    });
    const authorization = `Bearer ${await external.token()}`;
    expect((await external.rpc('tools/list', {}, { authorization })).status).toBe(503);
    expect((await external.rpc('tools/list', {}, { authorization })).status).toBe(503);
    expect(asked).toBe(2);
  });
});

test('all that is configured is checked; a scope may come as a list', () => {
  const rule = { discoveryUrl: '', allowedClients: ['a'], allowedScopes: ['s'], allowedAudience: ['x'] };
  expect(judge({ client_id: 'a', scp: ['t', 's'], aud: ['y', 'x'] }, rule).ok).toBe(true);
  expect(judge({ client_id: 'a', scope: 's' }, rule).ok).toBe(false);
  expect(judge({ client_id: 'a', scope: 't', aud: 'x' }, rule)).toMatchObject({ status: 403 });
  expect(judge({ aud: 'x', scope: 's' }, rule)).toMatchObject({ status: 401 });
});
