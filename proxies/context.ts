/**
 * What the handler needs of Lambda's context, no more: so the local gateway and the tests can make one by hand.
 * `clientContext` is unknown on purpose: Node's runtime spells its member `custom`, @types/aws-lambda `Custom`.
 */
import type { CallLine } from './call-line.ts';

export interface CallContext {
  awsRequestId: string;
  clientContext?: unknown;
  /** X-Ray's header of this invocation; newer runtimes tell it here, all of them in `_X_AMZN_TRACE_ID`. */
  xRayTraceId?: string;
  getRemainingTimeInMillis(): number;
  /** Hears the call's log line; Lambda's own context has no such member. */
  onCall?(line: CallLine): void;
}

/** The keys that the gateway puts into the client context (all values are strings). */
export const CONTEXT_KEYS = {
  tool: 'bedrockAgentCoreToolName',
  requestId: 'bedrockAgentCoreAwsRequestId',
  messageId: 'bedrockAgentCoreMcpMessageId',
  gatewayId: 'bedrockAgentCoreGatewayId',
  targetId: 'bedrockAgentCoreTargetId',
} as const;

/** The gateway's own part of the client context; empty when the function was not called by a gateway. */
export function customOf(clientContext: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(clientContext)) return {};
  const custom = clientContext.custom ?? clientContext.Custom;
  return isObject(custom) ? custom : {};
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
