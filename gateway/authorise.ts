/**
 * Checks a bearer token by the rule of the AgentCore gateway's customJWTAuthorizer: signature by the keys that the
 * issuer's discovery document names, issuer, expiry, then clients, scopes and audiences.
 */
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { z } from 'zod';
import { messageOf } from '../plan/errors.ts';
import type { JwtRule } from './rule.ts';

export type Verdict =
  | { ok: true; clientId: string; subject: string; claims: JWTPayload }
  /** `problem` is for the log and the WWW-Authenticate header: it never quotes the token. */
  | { ok: false; status: 401 | 403 | 503; error?: 'invalid_token' | 'insufficient_scope'; problem: string };

const discovery = z.object({ issuer: z.string().min(1), jwks_uri: z.url() });

/** Asymmetric only: a token signed with a shared secret or with `none` is refused before any key is looked up. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

interface Keys {
  issuer: string;
  key: JWTVerifyGetKey;
}

/** Makes the check; the issuer's documents are fetched at the first token and kept. */
export function createAuthoriser(
  rule: JwtRule,
  options: { fetch?: Fetch } = {},
): (authorization: string | undefined) => Promise<Verdict> {
  const get = options.fetch ?? fetch;
  let keys: Promise<Keys> | undefined;
  const keysOnce = (): Promise<Keys> => {
    keys ??= fetchKeys(rule.discoveryUrl, get).catch((thrown) => {
      keys = undefined; // an issuer that was away is asked again at the next token
      throw thrown;
    });
    return keys;
  };
  return async (authorization) => {
    const token = /^Bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return { ok: false, status: 401, problem: 'Missing Bearer token' };
    let trusted: Keys;
    try {
      trusted = await keysOnce();
    } catch (thrown) {
      return { ok: false, status: 503, problem: `issuer unreachable: ${messageOf(thrown)}` };
    }
    return verify(token, trusted, rule);
  };
}

async function fetchKeys(discoveryUrl: string, get: Fetch): Promise<Keys> {
  const response = await get(discoveryUrl, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${discoveryUrl} answered ${response.status}`);
  const document = discovery.parse(await response.json());
  return {
    issuer: document.issuer,
    key: createRemoteJWKSet(new URL(document.jwks_uri), { [customFetch]: get }),
  };
}

async function verify(token: string, keys: Keys, rule: JwtRule): Promise<Verdict> {
  let claims: JWTPayload;
  try {
    const verified = await jwtVerify(token, keys.key, {
      issuer: keys.issuer,
      algorithms: ALGORITHMS,
      requiredClaims: ['exp'],
    });
    claims = verified.payload;
  } catch (thrown) {
    if (thrown instanceof errors.JWKSTimeout || !(thrown instanceof errors.JOSEError)) {
      return { ok: false, status: 503, problem: `issuer unreachable: ${messageOf(thrown)}` };
    }
    return { ok: false, status: 401, error: 'invalid_token', problem: problemOf(thrown) };
  }
  return judge(claims, rule);
}

/** The claims part of the rule, after signature, issuer and expiry were found good. */
export function judge(claims: JWTPayload, rule: JwtRule): Verdict {
  const clientId = typeof claims.client_id === 'string' ? claims.client_id : '';
  if (rule.allowedClients && !rule.allowedClients.includes(clientId)) {
    return refused('the token belongs to another client');
  }
  const audience = [claims.aud ?? []].flat();
  if (rule.allowedAudience && !audience.some((value) => rule.allowedAudience?.includes(value))) {
    return refused('the token is for another audience');
  }
  const scopes = scopesOf(claims);
  if (rule.allowedScopes && !scopes.some((scope) => rule.allowedScopes?.includes(scope))) {
    return {
      ok: false,
      status: 403,
      error: 'insufficient_scope',
      problem: 'the token has none of the scopes',
    };
  }
  return { ok: true, clientId, subject: claims.sub ?? clientId, claims };
}

function refused(problem: string): Verdict {
  return { ok: false, status: 401, error: 'invalid_token', problem };
}

/** `scope` is a space-separated text (RFC 9068, Cognito); some issuers send `scp` as a list. */
function scopesOf(claims: JWTPayload): string[] {
  const value = claims.scope ?? claims.scp;
  if (Array.isArray(value)) return value.filter((scope) => typeof scope === 'string');
  return typeof value === 'string' ? value.split(' ').filter(Boolean) : [];
}

function problemOf(thrown: InstanceType<typeof errors.JOSEError>): string {
  if (thrown instanceof errors.JWTExpired) return 'the token has expired';
  if (thrown instanceof errors.JWTClaimValidationFailed && thrown.claim === 'iss') {
    return 'the token is of another issuer';
  }
  if (thrown instanceof errors.JWKSNoMatchingKey) return "the token's key is not one of the issuer's";
  if (thrown instanceof errors.JOSEAlgNotAllowed) return "the token's algorithm is not allowed";
  if (thrown instanceof errors.JWSSignatureVerificationFailed) return "the token's signature is wrong";
  return 'the token is not valid';
}
