/** A gateway as the questions see it: raw results, page by page, over HTTP with a token. */
import type { JsonObject } from '../../plan/hash.ts';
import type { ProbedGateway } from './questions.ts';

/** Plain JSON-RPC, because an MCP client hides what is asked here: raw results and the first page. */
export function probedGateway(
  options: { url: string; token: string },
  request: (url: string, init: RequestInit) => Promise<Response> = fetch,
): ProbedGateway {
  let id = 0;
  const rpc = async (method: string, params: object): Promise<JsonObject> => {
    id += 1;
    const response = await request(options.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${options.token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`HTTP ${response.status}: ${text.slice(0, 200)}`);
    return JSON.parse(dataOf(text)) as JsonObject;
  };
  return {
    async listPage(cursor) {
      const { result } = await rpc('tools/list', cursor === undefined ? {} : { cursor });
      return result as unknown as Awaited<ReturnType<ProbedGateway['listPage']>>;
    },
    async call(name, given) {
      const { result, error } = await rpc('tools/call', { name, arguments: given });
      return (result ?? { error: error ?? null }) as JsonObject;
    },
  };
}

/** A gateway that streams sends its one answer as an event. */
function dataOf(text: string): string {
  return /^data: ?(.+)$/m.exec(text.startsWith('{') ? '' : text)?.[1] ?? text;
}
