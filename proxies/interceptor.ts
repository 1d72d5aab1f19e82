/**
 * The gateway's REQUEST interceptor: puts the token's subject into the arguments of a call, because a Lambda target
 * gets nothing else of the caller (facts of the gateway: DG/gateway-interceptors-types). The gateway has checked the
 * token before; the proxy takes the argument out again, so no server and no model sees it. The local gateway runs the same code.
 */
import { isObject } from './context.ts';

/** What a caller gives under this name is overwritten, or taken away. */
export const SUBJECT_ARGUMENT = '__mcpgw_subject';

export interface InterceptorSettings {
  /** Targets whose servers are somebody else's: they learn nothing of the caller. */
  leave: readonly string[];
}

/** Variable that holds the settings as JSON. */
export const INTERCEPTOR_VARIABLE = 'MCPGW_INTERCEPTOR';

/** Its answer to the gateway's event: the request's body, with the subject where it belongs. */
export function intercept(event: unknown, settings: InterceptorSettings) {
  const request = memberOf(memberOf(event, 'mcp'), 'gatewayRequest');
  const subject = subjectOf(memberOf(request, 'headers'));
  return {
    interceptorOutputVersion: '1.0',
    // Headers are left out: the token goes no further than it would have gone.
    mcp: { transformedGatewayRequest: { body: withSubject(memberOf(request, 'body'), subject, settings) } },
  };
}

/** A body of one message, or of several (protocol 2025-03-26). */
export function withSubject(
  body: unknown,
  subject: string | undefined,
  settings: InterceptorSettings,
): unknown {
  if (Array.isArray(body)) return body.map((message) => withSubject(message, subject, settings));
  const params = memberOf(body, 'params');
  if (!isObject(body) || body.method !== 'tools/call' || !isObject(params)) return body;
  const { [SUBJECT_ARGUMENT]: _forged, ...own } = isObject(params.arguments) ? params.arguments : {};
  const isTold = subject !== undefined && isOurs(params.name, settings);
  return {
    ...body,
    params: { ...params, arguments: isTold ? { ...own, [SUBJECT_ARGUMENT]: subject } : own },
  };
}

/** `target___tool`; the gateway's own search tool has no target. */
function isOurs(name: unknown, { leave }: InterceptorSettings): boolean {
  if (typeof name !== 'string') return false;
  const at = name.indexOf('___');
  return at > 0 && !leave.includes(name.slice(0, at));
}

/** `sub`, or the client of a token without one. Not checked here: the gateway lets no unchecked token come this far. */
export function subjectOf(headers: unknown): string | undefined {
  if (!isObject(headers)) return undefined;
  const header = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  const payload = /^Bearer +[\w-]+\.([\w-]+)\.[\w-]*$/i.exec(String(header))?.[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const subject = memberOf(claims, 'sub') ?? memberOf(claims, 'client_id');
    return typeof subject === 'string' ? subject : undefined;
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}
