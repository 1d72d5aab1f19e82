/**
 * What we rely on and no document settles: each question asks a gateway through its own front door and gives one of a
 * few answers, with what was seen as evidence.
 */
import type { Json, JsonObject } from '../../plan/hash.ts';
import { fullToolName } from '../../plan/names.ts';
import { PROBE_TARGET, probeTools } from './probe.ts';

/** A gateway with the probe target, as its client sees it. */
export interface ProbedGateway {
  listPage(cursor?: string): Promise<{ tools: { name: string }[]; nextCursor?: string | undefined }>;
  /** The raw result of tools/call, or the JSON-RPC error. */
  call(name: string, given: JsonObject): Promise<JsonObject>;
}

export interface Finding {
  answer: string;
  /** What was seen, cut. */
  evidence: string;
}

export interface Question {
  id: string;
  asks: string;
  /** Where the product depends on it. */
  reliedOn: string;
  ask(gateway: ProbedGateway): Promise<Finding>;
}

const call = (gateway: ProbedGateway, tool: string, given: JsonObject = {}) =>
  gateway.call(fullToolName(PROBE_TARGET, tool), given);

export const QUESTIONS: readonly Question[] = [
  {
    id: 'results',
    asks: 'Is a returned {content: […]} shown as the tool result itself?',
    reliedOn:
      'proxies unwrap results, because a text holds the JSON of what was returned; results: whole is the other way',
    ask: async (gateway) => shape(await call(gateway, 'result_text'), 'plain words'),
  },
  {
    id: 'errors',
    asks: 'Is a returned {content: […], isError: true} an error of the call?',
    reliedOn: 'onToolError: return gives {isError: true, error} as data; throw is the other way',
    async ask(gateway) {
      const result = await call(gateway, 'result_error');
      return found(result.isError === true ? 'lifted' : 'stringified', result);
    },
  },
  {
    id: 'structured-content',
    asks: 'Does an object that was returned stand in structuredContent?',
    reliedOn: 'clients decode the text',
    async ask(gateway) {
      const result = await call(gateway, 'result_object');
      return found(result.structuredContent === undefined ? 'none' : 'added', result);
    },
  },
  {
    id: 'free-form-objects',
    asks: 'Do members of an object reach the function when its schema names none?',
    reliedOn: '175 tools of the catalogue take free-form objects',
    ask: async (gateway) =>
      arrival(
        await call(gateway, 'echo', { text: 'x', free: { any: 1 } }),
        (event) => event.free !== undefined && isJson(event.free, { any: 1 }),
      ),
  },
  {
    id: 'unknown-arguments',
    asks: 'Do arguments reach the function that the schema does not name?',
    reliedOn: 'the local gateway lets them through',
    ask: async (gateway) =>
      arrival(await call(gateway, 'echo', { text: 'x', more: 1 }), (event) => event.more === 1),
  },
  {
    id: 'null-arguments',
    asks: 'Is null accepted for an optional argument?',
    reliedOn: 'nullable parameters are optional in the projected schema, and clients leave them out',
    ask: async (gateway) =>
      arrival(await call(gateway, 'echo', { text: 'x', number: null }), (event) => event.number === null),
  },
  {
    id: 'client-context',
    asks: 'Has the client context exactly the six documented keys?',
    reliedOn: "the handler reads the tool's name there, and the log line the request's id",
    async ask(gateway) {
      const result = await call(gateway, 'echo', { text: 'x' });
      const keys = (textValue(result) as { context?: string[] } | undefined)?.context ?? [];
      return found(String(keys) === String(SIX_KEYS) ? 'six' : `other: ${keys.join(' ')}`, result);
    },
  },
  {
    id: 'thrown-errors',
    asks: 'What does a caller see of an error that the function threw?',
    reliedOn: 'onToolError: throw is useful only where the message comes through',
    async ask(gateway) {
      const result = await call(gateway, 'throws');
      if (result.isError !== true) return found('not an error', result);
      return found(textOf(result).includes('thrown by the probe') ? 'shown' : 'hidden', result);
    },
  },
  {
    id: 'loopback-datagrams',
    asks: 'Does a datagram on loopback arrive inside the function?',
    reliedOn: 'the AWS calls of a tool stand in the log line by client-side monitoring',
    async ask(gateway) {
      const result = await call(gateway, 'loopback');
      const { received } = (textValue(result) ?? {}) as { received?: boolean };
      return found(received === true ? 'received' : 'lost', result);
    },
  },
  {
    id: 'page-size',
    asks: 'How many tools has a page of tools/list?',
    reliedOn: 'clients must read all pages',
    async ask(gateway) {
      const { tools, nextCursor } = await gateway.listPage();
      const seen = `${tools.length} tools, ${nextCursor === undefined ? 'no next page' : 'a next page'}`;
      const answer =
        nextCursor === undefined
          ? `at least ${Math.max(tools.length, probeTools.length)}`
          : String(tools.length);
      return { answer, evidence: seen };
    },
  },
];

const SIX_KEYS = [
  'bedrockAgentCoreAwsRequestId',
  'bedrockAgentCoreGatewayId',
  'bedrockAgentCoreMcpMessageId',
  'bedrockAgentCoreMessageVersion',
  'bedrockAgentCoreTargetId',
  'bedrockAgentCoreToolName',
];

function shape(result: JsonObject, lifted: string): Finding {
  const text = textOf(result);
  if (text === lifted) return found('lifted', result);
  return found(text.includes('"content"') ? 'stringified' : 'other', result);
}

/** Whether an argument came through, was left out, or was refused with the whole call. */
function arrival(result: JsonObject, arrived: (event: Record<string, Json>) => boolean): Finding {
  if (result.isError === true || result.error !== undefined) return found('refused', result);
  const { event } = (textValue(result) ?? {}) as { event?: Record<string, Json> };
  return found(event !== undefined && arrived(event) ? 'passed' : 'dropped', result);
}

function found(answer: string, seen: JsonObject): Finding {
  return { answer, evidence: JSON.stringify(seen).slice(0, 400) };
}

function textOf(result: JsonObject): string {
  const [first] = (result.content ?? []) as { text?: string }[];
  return first?.text ?? '';
}

function textValue(result: JsonObject): unknown {
  try {
    return JSON.parse(textOf(result));
  } catch {
    return undefined;
  }
}

function isJson(value: unknown, wanted: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(wanted);
}
