/**
 * The one log line of a call. With metrics it is CloudWatch's embedded metric format as well: one metric by server and
 * outcome, whose sample count is the number of calls. The tool stays a field: a metric for each of a thousand
 * tools would cost more than all else together.
 */
import type { AccessHint } from './access-denied.ts';
import type { Outcome } from './errors.ts';
import { clip } from './log.ts';
import type { AwsCall } from './monitoring.ts';

export interface CallLine {
  requestId: string;
  gatewayRequestId?: string;
  traceId?: string;
  tool?: string;
  /** Who calls, where the gateway's interceptor tells it. */
  subject?: string;
  outcome: Outcome;
  ms: number;
  /** Of the reply. */
  bytes: number;
  /** Only when the settings say so; as a text where they are cut or something in them is masked. */
  arguments?: unknown;
  aws?: Omit<AwsCall, 'message'>[];
  /** AWS calls beyond those named. */
  awsMore?: number;
  hint?: AccessHint;
}

/** CloudWatch cuts events over 256 KB, and a line that is cut counts in no metric. */
const ARGUMENT_LENGTH = 32 * 1024;

export function loggedArguments(args: unknown, mask: (text: string) => string): unknown {
  const text = JSON.stringify(args);
  const told = clip(mask(text), ARGUMENT_LENGTH);
  return told === text ? args : told;
}

/** An id that whoever invokes the function may have written. */
export function loggedId(id: unknown): { gatewayRequestId?: string } {
  return typeof id === 'string' ? { gatewayRequestId: clip(id, 100) } : {};
}

export const METRIC_NAMESPACE = 'mcpgw';

export function formatCall(
  line: CallLine,
  options: { metrics: boolean; now?: number },
): Record<string, unknown> {
  const { metrics, now = Date.now() } = options;
  const plain = { event: 'call', ...line };
  if (!metrics) return plain;
  const directive = {
    Namespace: METRIC_NAMESPACE,
    Dimensions: [['server', 'outcome']],
    Metrics: [{ Name: 'ms', Unit: 'Milliseconds' }],
  };
  return { ...plain, _aws: { Timestamp: now, CloudWatchMetrics: [directive] } };
}
