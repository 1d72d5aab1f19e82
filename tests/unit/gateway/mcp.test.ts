/** The MCP endpoint: what a client sees is what the AgentCore gateway would show. */
import { PAYLOAD_LIMIT } from '../../../gateway/calls.ts';
import type { Handler } from '../../../gateway/environments.ts';
import type { JsonObject } from '../../../plan/hash.ts';
import type { CallContext } from '../../../proxies/context.ts';
import { definitions, testGateway } from './support.ts';

const ADD = 'calculator___add';

describe('tools/list', () => {
  test('schemas of the five keys, no annotations, no output schema', async () => {
    const gateway = await testGateway();
    const { body } = await gateway.rpc('tools/list');
    expect(body.result.tools[0]).toEqual({
      name: ADD,
      description: 'Adds two numbers.',
      inputSchema: {
        type: 'object',
        properties: {
          a: { type: 'integer', description: expect.stringContaining('0') },
          b: { type: 'number' },
          note: { type: 'string' },
        },
        required: ['a', 'b'],
      },
    });
    expect(body.result.nextCursor).toBeUndefined();
  });

  test('pages hold every tool once, in order', async () => {
    const gateway = await testGateway({ behaviour: { pageSize: 2 } });
    const names: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const { body } = await gateway.rpc('tools/list', cursor === undefined ? {} : { cursor });
      names.push(...body.result.tools.map((tool: { name: string }) => tool.name));
      cursor = body.result.nextCursor;
      pages += 1;
    } while (cursor !== undefined);
    expect(names).toEqual(definitions.map(({ name }) => `calculator___${name}`));
    expect(pages).toBe(2);
  });

  test.each([
    '',
    'x',
    Buffer.from('tools:99').toString('base64url'),
    Buffer.from('tools:-1').toString('base64url'),
  ])('cursor %j of nobody is refused', async (cursor) => {
    const { body } = await (await testGateway({ behaviour: { pageSize: 2 } })).rpc('tools/list', { cursor });
    expect(body.error).toMatchObject({ code: -32602 });
  });
});

describe('tools/call', () => {
  test('the event is the arguments, the client context has exactly the six keys, the value is one JSON text', async () => {
    const seen: { event: unknown; context: CallContext }[] = [];
    const gateway = await testGateway({
      handle: async (event, context) => {
        seen.push({ event, context });
        return { sum: 3 };
      },
    });
    const { body } = await gateway.rpc('tools/call', { name: ADD, arguments: { a: 1, b: 2, extra: null } });
    expect(body.result).toEqual({ content: [{ type: 'text', text: '{"sum":3}' }], isError: false });
    expect(seen).toHaveLength(1);
    expect(seen[0]!.event).toEqual({ a: 1, b: 2, extra: null });
    const { clientContext, awsRequestId } = seen[0]!.context;
    expect(clientContext).toEqual({
      custom: {
        bedrockAgentCoreMessageVersion: '1.0',
        bedrockAgentCoreAwsRequestId: awsRequestId,
        bedrockAgentCoreMcpMessageId: '2',
        bedrockAgentCoreGatewayId: expect.stringMatching(/^tools-[0-9a-z]{10}$/),
        bedrockAgentCoreTargetId: expect.stringMatching(/^[0-9A-Z]{10}$/),
        bedrockAgentCoreToolName: ADD,
      },
    });
    const remaining = seen[0]!.context.getRemainingTimeInMillis();
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(30_000);
  });

  test('a returned text arrives quoted, as from a Lambda', async () => {
    const gateway = await testGateway({ handle: async () => 'good' });
    const { body } = await gateway.rpc('tools/call', { name: ADD, arguments: { a: 1, b: 2 } });
    expect(body.result.content).toEqual([{ type: 'text', text: '"good"' }]);
  });

  test('what a call did on AWS is told to a caller who asks, also of a thrown error, and to no other', async () => {
    const aws = [{ action: 'S3:ListBuckets', status: 403, error: 'AccessDenied' }];
    const told = { 'mcpgw/aws': { calls: aws, more: 2, grant: 'the line' } };
    const handle: Handler['handle'] = async (event, context) => {
      const hint = { action: 's3:ListAllMyBuckets', role: 'not-for-callers', grant: 'the line' };
      context.onCall?.({ requestId: 'r', outcome: 'tool-error', ms: 1, bytes: 1, aws, awsMore: 2, hint });
      if ((event as { b: number }).b === 0) throw new Error('thrown');
      return 'value';
    };
    const gateway = await testGateway({ handle });
    const call = async (b: number, meta?: JsonObject) => {
      const params = { name: ADD, arguments: { a: 1, b }, ...(meta && { _meta: meta }) };
      return (await gateway.rpc('tools/call', params)).body.result._meta;
    };
    expect(await call(1, { 'mcpgw/aws': true })).toEqual(told);
    expect(await call(0, { 'mcpgw/aws': true })).toEqual(told);
    for (const meta of [undefined, {}, { 'mcpgw/aws': 'yes' }]) expect(await call(1, meta)).toBeUndefined();
  });

  test('a thrown error is hidden, and shown with debug errors', async () => {
    const handle = async () => {
      throw new Error('/secret/path broke');
    };
    const call = { name: ADD, arguments: { a: 1, b: 2 } };
    const hidden = await (await testGateway({ handle })).rpc('tools/call', call);
    expect(hidden.body.result).toEqual({
      content: [{ type: 'text', text: 'An internal error occurred. Please retry later.' }],
      isError: true,
    });
    const config = { gateway: { name: 'tools', debugErrors: true } };
    const shown = await (await testGateway({ handle, config })).rpc('tools/call', call);
    expect(shown.body.result).toEqual({
      content: [{ type: 'text', text: '/secret/path broke' }],
      isError: true,
      _meta: { debug: { type: 'text', text: '/secret/path broke' } },
    });
  });

  test('arguments that do not fit reach no handler and name every field', async () => {
    let called = 0;
    const gateway = await testGateway({
      handle: async () => {
        called += 1;
        return null;
      },
    });
    const { body } = await gateway.rpc('tools/call', { name: ADD, arguments: { a: 1.5, note: null } });
    expect(body.result).toEqual({
      content: [
        {
          type: 'text',
          text: [
            'ValidationException - Parameter validation failed: Invalid request parameters:',
            "- Missing required field(s): 'b'",
            "- Field '/a' has invalid type: number found, integer expected",
            "- Field '/note' has invalid type: null found, string expected",
          ].join('\n'),
        },
      ],
      isError: true,
    });
    expect(called).toBe(0);
  });

  test.each(['calculator___nothing', 'add', 'calculator_add', 'x_amz_bedrock_agentcore_search'])(
    'tool %s is unknown',
    async (name) => {
      const { body } = await (await testGateway()).rpc('tools/call', { name, arguments: {} });
      expect(body.error).toMatchObject({
        code: -32602,
        message: expect.stringContaining(`Unknown tool: ${name}`),
      });
    },
  );

  test('a value over 6 MB is an error, not a cut text', async () => {
    const gateway = await testGateway({ handle: async () => 'x'.repeat(PAYLOAD_LIMIT) });
    const { body } = await gateway.rpc('tools/call', { name: ADD, arguments: { a: 1, b: 2 } });
    expect(body.result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('internal error') }],
    });
  });
});

describe('HTTP', () => {
  const post = async (body: string, headers: Record<string, string> = {}) => {
    const gateway = await testGateway();
    return gateway.request('/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await gateway.token()}`,
        ...headers,
      },
      body,
    });
  };

  test.each(['GET', 'DELETE', 'PUT'])('%s: 405, only POST', async (method) => {
    const gateway = await testGateway();
    const answer = await gateway.request('/mcp', {
      method,
      headers: { authorization: `Bearer ${await gateway.token()}` },
    });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
  });

  test('a body over 6 MB is refused, declared or not', async () => {
    const big = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'ping',
      params: { x: 'x'.repeat(PAYLOAD_LIMIT) },
    });
    expect((await post(big)).status).toBe(413);
    expect((await post(big, { 'content-length': '10' })).status).toBe(413);
    expect((await post('{}', { 'content-length': String(PAYLOAD_LIMIT + 1) })).status).toBe(413);
  });

  test('what is no JSON, or no JSON-RPC, or no JSON by its type', async () => {
    expect(await (await post('{')).json()).toMatchObject({ error: { code: -32700 } });
    expect(await (await post('{"hello":1}')).json()).toMatchObject({ error: { code: -32700 } });
    expect((await post('{}', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  test('initialize tells name and instructions; notifications are 202; ping answers; resources are not offered', async () => {
    const gateway = await testGateway({ config: { gateway: { name: 'tools', instructions: 'Ask first.' } } });
    const { body } = await gateway.rpc('initialize', {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'c', version: '1' },
    });
    expect(body.result).toMatchObject({
      protocolVersion: '2025-06-18',
      serverInfo: { name: 'tools' },
      instructions: 'Ask first.',
    });
    expect(Object.keys(body.result.capabilities)).toEqual(['tools']);
    expect((await post('{"jsonrpc":"2.0","method":"notifications/initialized"}')).status).toBe(202);
    expect((await gateway.rpc('ping')).body.result).toEqual({});
    expect((await gateway.rpc('resources/list')).body.error.code).toBe(-32601);
    expect((await gateway.request('/elsewhere')).status).toBe(404);
  });
});

describe('search', () => {
  const config = { gateway: { name: 'tools', search: 'semantic' } };
  const SEARCH = 'x_amz_bedrock_agentcore_search';

  test('is listed first, and finds by words of name and description', async () => {
    const gateway = await testGateway({ config, behaviour: { pageSize: 2 } });
    const { body: listed } = await gateway.rpc('tools/list');
    expect(listed.result.tools.map((tool: { name: string }) => tool.name)[0]).toBe(SEARCH);
    const { body: second } = await gateway.rpc('tools/list', { cursor: listed.result.nextCursor });
    expect(second.result.tools.map((tool: { name: string }) => tool.name)).toEqual([
      'calculator___delete_bucket',
    ]);
    const { body } = await gateway.rpc('tools/call', {
      name: SEARCH,
      arguments: { query: 'list my S3 buckets' },
    });
    const found = JSON.parse(body.result.content[0].text).tools.map((tool: { name: string }) => tool.name);
    expect(found).toEqual(['calculator___list_buckets', 'calculator___delete_bucket']);
    expect(body.result.structuredContent.tools).toHaveLength(2);
  });

  test('without a query it is refused', async () => {
    const { body } = await (await testGateway({ config })).rpc('tools/call', { name: SEARCH, arguments: {} });
    expect(body.error.code).toBe(-32602);
  });
});

test('the log names tool, client and outcome, and never a token or an argument', async () => {
  const gateway = await testGateway();
  const token = await gateway.token();
  await gateway.rpc(
    'tools/call',
    { name: ADD, arguments: { a: 1, b: 2, note: 'private words' } },
    { authorization: `Bearer ${token}` },
  );
  expect(gateway.lines).toEqual([
    {
      event: 'call',
      client: gateway.identity.clients[0]!.id,
      tool: ADD,
      outcome: 'ok',
      ms: expect.any(Number),
    },
  ]);
});
