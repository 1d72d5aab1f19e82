/** How the AgentCore gateway, and so the local one, says that a call is over a rate limit. */

/** JSON-RPC error code. */
export const THROTTLED = -32003;

/** The error's data. */
export interface Throttled {
  limitKey: string;
  metric: string;
  /** Seconds. */
  retryAfter: number;
}
