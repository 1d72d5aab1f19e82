/**
 * A tools/call of the gateway: arguments checked, the target's Lambda invoked by the gateway's contract, and its
 * return value shown as one text block (facts of the AgentCore gateway: DG/gateway-add-target-lambda).
 */
import { createHash, randomUUID } from 'node:crypto';
import { type CallToolResult, CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { messageOf } from '../plan/errors.ts';
import type { Json, JsonObject } from '../plan/hash.ts';
import type { CallLine } from '../proxies/call-line.ts';
import { isObject } from '../proxies/context.ts';
import { createArgumentChecks } from './arguments.ts';
import { withReport } from './aws-report.ts';
import type { Behaviour } from './behaviour.ts';
import type { ListedTool } from './catalogue.ts';
import type { Environments } from './environments.ts';

/** Lambda's and the gateway's limit for a request and for a response. */
export const PAYLOAD_LIMIT = 6 * 1024 * 1024;
/** What callers see of a thrown error unless the gateway's debug errors are on. */
export const INTERNAL_ERROR = 'An internal error occurred. Please retry later.';

export interface CallOutcome {
  result: CallToolResult;
  outcome: 'ok' | 'tool-error' | 'arguments-invalid' | 'thrown' | 'too-large';
}

export interface CallDeps {
  gatewayId: string;
  debugErrors: boolean;
  environments: Environments;
  behaviour: Behaviour;
}

export function createCaller(
  deps: CallDeps,
): (tool: ListedTool, given: JsonObject, messageId: string, withAws?: boolean) => Promise<CallOutcome> {
  const check = createArgumentChecks(deps.behaviour);
  return async (tool, given, messageId, withAws = false) => {
    const { refusal, event } = check(tool.tool, given);
    if (refusal !== undefined) return { result: textResult(refusal, true), outcome: 'arguments-invalid' };
    const awsRequestId = randomUUID();
    let line: CallLine | undefined;
    const reported = ({ result, outcome }: CallOutcome): CallOutcome =>
      withAws ? { result: withReport(result, line), outcome } : { result, outcome };
    try {
      const value = await deps.environments.invoke(tool.target, event, {
        awsRequestId,
        clientContext: { custom: contextOf(deps.gatewayId, tool, messageId, awsRequestId) },
        onCall: (told) => {
          line = told;
        },
      });
      return reported(shown(value, deps));
    } catch (thrown) {
      return reported({ result: errorResult(messageOf(thrown), deps.debugErrors), outcome: 'thrown' });
    }
  };
}

/** The six keys, all strings, that the AgentCore gateway sends in the Lambda client context. */
export function contextOf(
  gatewayId: string,
  tool: Pick<ListedTool, 'name' | 'target'>,
  messageId: string,
  awsRequestId: string,
): Record<string, string> {
  return {
    bedrockAgentCoreMessageVersion: '1.0',
    bedrockAgentCoreAwsRequestId: awsRequestId,
    bedrockAgentCoreMcpMessageId: messageId,
    bedrockAgentCoreGatewayId: gatewayId,
    bedrockAgentCoreTargetId: idOf(tool.target.name).toUpperCase(),
    bedrockAgentCoreToolName: tool.name,
  };
}

/** A gateway's id: its name and ten characters, the same at each start. */
export function gatewayIdOf(name: string, stack: string): string {
  return `${name}-${idOf(`${stack}/${name}`)}`;
}

function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

function shown(value: Json, { debugErrors, behaviour }: CallDeps): CallOutcome {
  const text = JSON.stringify(value ?? null);
  if (Buffer.byteLength(text) > PAYLOAD_LIMIT) {
    const message = 'Response payload size exceeded maximum allowed payload size (6291556 bytes).';
    return { result: errorResult(message, debugErrors), outcome: 'too-large' };
  }
  const outcome = isObject(value) && value.isError === true ? 'tool-error' : 'ok';
  const lifted = behaviour.liftResults ? CallToolResultSchema.safeParse(value) : undefined;
  if (lifted?.success && isObject(value) && Array.isArray(value.content))
    return { result: lifted.data, outcome };
  const structured = behaviour.structuredContent && isObject(value) ? { structuredContent: value } : {};
  return { result: { ...textResult(text, false), ...structured }, outcome };
}

/** A Lambda that failed: HTTP 200 and isError; the real message only with debug errors on. */
export function errorResult(message: string, debugErrors: boolean): CallToolResult {
  if (!debugErrors) return textResult(INTERNAL_ERROR, true);
  return { ...textResult(message, true), _meta: { debug: { type: 'text', text: message } } };
}

export function textResult(text: string, isError: boolean): CallToolResult {
  return { content: [{ type: 'text', text }], isError };
}
