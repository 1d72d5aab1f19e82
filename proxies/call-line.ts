/**
 * The one log line of a call. With metrics it is CloudWatch's embedded metric format as well: one metric by server and
 * outcome, whose sample count is the number of calls. The tool stays a field: a metric for each of a thousand
 * tools would cost more than all else together.
 */
import type { AccessHint } from './access-denied.ts';
import type { Outcome } from './errors.ts';
import type { AwsCall } from './monitoring.ts';

export interface CallLine {
  requestId: string;
  gatewayRequestId?: unknown;
  traceId?: string;
  tool?: string;
  outcome: Outcome;
  ms: number;
  /** Of the reply. */
  bytes: number;
  /** Only when the settings say so. */
  arguments?: unknown;
  aws?: Omit<AwsCall, 'message'>[];
  /** AWS calls beyond those named. */
  awsMore?: number;
  hint?: AccessHint;
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
