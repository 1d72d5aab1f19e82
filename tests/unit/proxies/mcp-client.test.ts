/** The small client against the SDK's own server and schemas: what it says is MCP, and what it hears is understood. */
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import {
  CallToolRequestSchema,
  CancelledNotificationSchema,
  InitializedNotificationSchema,
  InitializeRequestSchema,
  type JSONRPCMessage,
  JSONRPCMessageSchema,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/sdk/types.js';
import { McpClient, PROTOCOL_VERSIONS, ServerError } from '../../../proxies/mcp-client.ts';

/** An end of the pipe in the test's hands: what the client sent, and a way to send it anything. */
async function byHand(): Promise<{
  client: McpClient;
  sent: JSONRPCMessage[];
  say(message: object): Promise<void>;
  end(): Promise<void>;
  unusable: string[];
}> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const [sent, unusable]: [JSONRPCMessage[], string[]] = [[], []];
  far.onmessage = (message) => sent.push(message);
  await far.start();
  const client = new McpClient(near, (problem) => unusable.push(problem));
  const say = (message: object) => far.send({ jsonrpc: '2.0', ...message } as JSONRPCMessage);
  return { client, sent, say, end: () => far.close(), unusable };
}

async function connected() {
  const rig = await byHand();
  const connecting = rig.client.connect(1000);
  await turn();
  await rig.say({ id: 0, result: { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: {} } });
  await connecting;
  return rig;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const never = new AbortController().signal;

test('knows the versions of the protocol that the SDK knows', () => {
  expect(PROTOCOL_VERSIONS).toEqual(SUPPORTED_PROTOCOL_VERSIONS);
});

test('agrees with the SDK server, calls its tool and is cancelled there', async () => {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const server = new Server({ name: 'real', version: '1' }, { capabilities: { tools: {} } });
  const cancelled = Promise.withResolvers<unknown>();
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal, _meta }) => {
    if (params.name === 'fail') throw new Error('not today');
    if (params.name === 'hang') {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      cancelled.resolve(signal.reason);
    }
    return { content: [{ type: 'text', text: JSON.stringify([params.arguments, _meta]) }] };
  });
  await server.connect(far);
  const client = new McpClient(near, () => {});
  await client.connect(1000);
  expect(server.getClientVersion()).toMatchObject({ name: 'mcpgw' });
  const call = { name: 'echo', arguments: { a: null }, _meta: { traceparent: '00-1' } };
  expect(await client.callTool(call, never)).toEqual({
    content: [{ type: 'text', text: '[{"a":null},{"traceparent":"00-1"}]' }],
  });
  await expect(client.callTool({ name: 'fail', arguments: {} }, never)).rejects.toThrow(/not today/);
  const abort = new AbortController();
  const hanging = client.callTool({ name: 'hang', arguments: {} }, abort.signal);
  await turn();
  abort.abort('the deadline');
  await expect(hanging).rejects.toBe('the deadline');
  expect(await cancelled.promise).toBe('the deadline');
  await server.ping();
  await expect(server.listRoots()).rejects.toThrow(/Method not found/);
  await server.close();
});

test('says what the schemas of MCP allow, in the order that it asks for', async () => {
  const { client, sent } = await connected();
  const abort = new AbortController();
  const call = client.callTool({ name: 't', arguments: {} }, abort.signal).catch(() => {});
  abort.abort('why');
  await call;
  for (const message of sent) expect(JSONRPCMessageSchema.parse(message)).toEqual(message);
  const kinds = [
    InitializeRequestSchema,
    InitializedNotificationSchema,
    CallToolRequestSchema,
    CancelledNotificationSchema,
  ];
  expect(sent).toHaveLength(kinds.length);
  for (const [index, kind] of kinds.entries()) expect(kind.safeParse(sent[index]).error).toBeUndefined();
});

test.each([
  ['an error', { error: { code: -32602, message: 'bad' } }, /^MCP error -32602: bad$/],
  ['an error that is none', { error: 'oops' }, /oops/],
  ['a result that is no object', { result: [1] }, /neither a result nor an error/],
  ['nothing', {}, /neither a result nor an error/],
])('an answer with %s fails its own call', async (_what, answer, error) => {
  const { client, say } = await connected();
  const call = client.callTool({ name: 't', arguments: {} }, never);
  await say({ id: 1, ...answer });
  await expect(call).rejects.toThrow(error);
});

test("a server's error can be told from a broken answer", async () => {
  const { client, say } = await connected();
  const call = client.callTool({ name: 't', arguments: {} }, never);
  await say({ id: 1, error: { code: 1, message: 'x' } });
  await expect(call).rejects.toBeInstanceOf(ServerError);
});

test('answers in another order than the calls reach their own calls', async () => {
  const { client, say, unusable } = await connected();
  const calls = [1, 2, 3].map((n) => client.callTool({ name: 't', arguments: { n } }, never));
  for (const id of [3, 1, 2]) await say({ id, result: { answerTo: id } });
  expect(await Promise.all(calls)).toEqual([{ answerTo: 1 }, { answerTo: 2 }, { answerTo: 3 }]);
  await say({ id: 2, result: { answerTo: 'again' } });
  expect(unusable).toEqual(['an answer that nobody waits for: 2']);
});

test('whatever a server asks for is answered, notifications are not', async () => {
  const { say, sent } = await connected();
  const before = sent.length;
  await say({ id: 'a', method: 'ping' });
  await say({ id: 7, method: 'sampling/createMessage', params: {} });
  await say({ method: 'notifications/message', params: { level: 'info', data: 'x' } });
  expect(sent.slice(before)).toEqual([
    { jsonrpc: '2.0', id: 'a', result: {} },
    { jsonrpc: '2.0', id: 7, error: { code: -32601, message: 'Method not found' } },
  ]);
});

test('a version that is not known ends the handshake', async () => {
  const { client, say } = await byHand();
  const connecting = client.connect(1000);
  await turn();
  await say({ id: 0, result: { protocolVersion: '1999-01-01', capabilities: {} } });
  await expect(connecting).rejects.toThrow(/speaks MCP 1999-01-01/);
});

test('a server that never answers the handshake, and one that leaves during a call', async () => {
  await expect((await byHand()).client.connect(20)).rejects.toThrow(/no answer to initialize within 0.02 s/);
  const { client, end } = await connected();
  const call = client.callTool({ name: 't', arguments: {} }, never);
  await end();
  await expect(call).rejects.toThrow(/closed/);
});
