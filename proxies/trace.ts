/** The trace a call belongs to, handed to the server in the request's `_meta` (its process outlives the call). */

/** `_meta` members from X-Ray's header (`Root=1-…;Parent=…;Sampled=1`): as it is, and as W3C trace context. */
export function traceMeta(header: string | undefined): Record<string, string> | undefined {
  if (header === undefined) return undefined;
  const parts = new Map(header.split(';').map((part) => part.split('=', 2) as [string, string]));
  const root = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/.exec(parts.get('Root') ?? '');
  const parent = parts.get('Parent');
  if (root === null) return undefined;
  return {
    'x-amzn-trace-id': header,
    ...(parent !== undefined && /^[0-9a-f]{16}$/.test(parent)
      ? { traceparent: `00-${root[1]}${root[2]}-${parent}-0${parts.get('Sampled') === '1' ? 1 : 0}` }
      : {}),
  };
}
