/**
 * Guards against DNS rebinding: a page in the user's browser may not reach the gateway under another name, so only
 * requests to this machine's own names, and from pages of this gateway itself, are answered.
 */
import type { MiddlewareHandler } from 'hono';

/** `port` is asked at each request: it is known only when the server listens. */
export function loopbackOnly(port: () => number): MiddlewareHandler {
  return async (c, next) => {
    const names = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port()}`);
    const host = c.req.header('host') ?? new URL(c.req.url).host;
    const origin = c.req.header('origin');
    if (!names.includes(host.toLowerCase())) {
      return c.json(refusal(`Host '${printable(host)}' is not a name of this machine's gateway`), 403);
    }
    if (origin !== undefined && !names.some((name) => origin.toLowerCase() === `http://${name}`)) {
      return c.json(refusal(`Origin '${printable(origin)}' may not use this gateway`), 403);
    }
    return next();
  };
}

function refusal(message: string) {
  return { jsonrpc: '2.0', error: { code: -32000, message }, id: null };
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);
}
