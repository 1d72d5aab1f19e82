/**
 * The token issuer of the local gateway, shaped like a Cognito user pool with a machine client: the same discovery
 * document, token endpoint, errors and access token claims, so that a client set up here works on AWS unchanged.
 */
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { importJWK, SignJWT } from 'jose';
import type { Identity, MachineClient } from './identity.ts';

/** Seconds; Cognito's default for access tokens. */
export const TOKEN_LIFETIME = 3600;

/** Cognito knows these too, but no client here may use them; anything else is no grant type at all. */
const GRANTS_OF_PEOPLE = ['authorization_code', 'refresh_token'];

/** Routes under `/<poolId>` (discovery, keys) and `/oauth2` (tokens). `origin` is the gateway's own, asked late: it holds the port. */
export function issuerRoutes(identity: Identity, origin: () => string): Hono {
  const routes = new Hono();
  routes.get(`/${identity.poolId}/.well-known/openid-configuration`, (c) =>
    c.json(discoveryDocument(issuerUrl(identity, origin()), origin())),
  );
  routes.get(`/${identity.poolId}/.well-known/jwks.json`, (c) =>
    c.json({ keys: [{ ...identity.publicKey, alg: 'RS256', kid: identity.kid, use: 'sig' }] }),
  );
  routes.post('/oauth2/token', async (c) => {
    const type = c.req.header('content-type') ?? '';
    if (!/^application\/x-www-form-urlencoded(;|$)/i.test(type))
      return c.json({ error: 'invalid_request' }, 400);
    const form = new URLSearchParams(await c.req.text());
    const answer = decide(form, c.req.header('authorization'), identity);
    c.header('Cache-Control', 'no-store');
    if ('error' in answer) return c.json({ error: answer.error }, 400);
    const token = await signAccessToken(identity, {
      issuer: issuerUrl(identity, origin()),
      client: answer.client,
      scopes: answer.scopes,
    });
    return c.json({ access_token: token, expires_in: TOKEN_LIFETIME, token_type: 'Bearer' });
  });
  routes.all('/oauth2/token', (c) => c.json({ error: 'invalid_request' }, 405, { Allow: 'POST' }));
  return routes;
}

export function issuerUrl(identity: Identity, origin: string): string {
  return `${origin}/${identity.poolId}`;
}

function discoveryDocument(issuer: string, origin: string) {
  return {
    authorization_endpoint: `${origin}/oauth2/authorize`,
    end_session_endpoint: `${origin}/logout`,
    id_token_signing_alg_values_supported: ['RS256'],
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ['code', 'token'],
    revocation_endpoint: `${origin}/oauth2/revoke`,
    scopes_supported: ['openid', 'email', 'phone', 'profile'],
    subject_types_supported: ['public'],
    token_endpoint: `${origin}/oauth2/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    userinfo_endpoint: `${origin}/oauth2/userInfo`,
  };
}

type TokenError =
  | 'invalid_request'
  | 'invalid_client'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope';
type Decision = { error: TokenError } | { client: MachineClient; scopes: string[] };

/** What the token endpoint answers to a form, in Cognito's order: grant type, client, scopes. */
export function decide(
  form: URLSearchParams,
  authorization: string | undefined,
  identity: Identity,
): Decision {
  const grant = form.get('grant_type');
  if (grant === null || grant === '') return { error: 'invalid_request' };
  if (grant !== 'client_credentials' && !GRANTS_OF_PEOPLE.includes(grant)) {
    return { error: 'unsupported_grant_type' };
  }
  const given = authorization === undefined ? fromForm(form) : fromBasic(authorization);
  const client = given && identity.clients.find((candidate) => candidate.id === given.id);
  if (!given || !client || !sameSecret(given.secret, client.secret)) return { error: 'invalid_client' };
  if (grant !== 'client_credentials') return { error: 'unauthorized_client' };
  const asked = (form.get('scope') ?? '').split(' ').filter(Boolean);
  if (asked.some((scope) => !client.scopes.includes(scope))) return { error: 'invalid_scope' };
  return { client, scopes: asked.length === 0 ? client.scopes : [...new Set(asked)] };
}

function fromForm(form: URLSearchParams): { id: string; secret: string } | undefined {
  const [id, secret] = [form.get('client_id'), form.get('client_secret')];
  return id === null || secret === null ? undefined : { id, secret };
}

/** RFC 6749 section 2.3.1: both halves are form-encoded before they are joined. */
function fromBasic(authorization: string): { id: string; secret: string } | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(authorization)?.[1];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  try {
    return {
      id: decodeURIComponent(text.slice(0, colon)),
      secret: decodeURIComponent(text.slice(colon + 1)),
    };
  } catch {
    return undefined; // not form-encoded after all
  }
}

function sameSecret(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

/** An access token with the claims of Cognito's: `client_id`, no `aud`. */
export async function signAccessToken(
  identity: Identity,
  token: { issuer: string; client: Pick<MachineClient, 'id'>; scopes: readonly string[]; lifetime?: number },
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    sub: token.client.id,
    token_use: 'access',
    scope: token.scopes.join(' '),
    auth_time: now,
    iss: token.issuer,
    exp: now + (token.lifetime ?? TOKEN_LIFETIME),
    iat: now,
    version: 2,
    jti: randomUUID(),
    client_id: token.client.id,
  })
    .setProtectedHeader({ kid: identity.kid, alg: 'RS256' })
    .sign(await importJWK(identity.privateKey, 'RS256'));
}
