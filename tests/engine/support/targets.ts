/** What tests ask about target operations. */
import type { Operation } from '../../../offline/plugin/journal.ts';

export const TARGET = 'aws:bedrock/agentcoreGatewayTarget:AgentcoreGatewayTarget';

/** The most target operations that one gateway had under way at once. */
export function mostInFlight(operations: readonly Operation[]): number {
  return Math.max(...operations.map(({ inFlight }) => inFlight ?? 0));
}
