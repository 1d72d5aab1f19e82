/** Is a gateway what the plan says: asked as a client asks, and for a deployed one the states of its targets. */
import { getToken, listTools } from '../gateway/client.ts';
import { readTargetStates } from '../gateway/target-states.ts';
import {
  compareTargets,
  compareTools,
  type Drift,
  type ListedDefinition,
  type TargetState,
} from '../gateway/verify.ts';
import type { ToolDefinition } from '../plan/manifest.ts';
import type { Plan } from '../plan/types.ts';
import type { Ask } from './deploying/aws.ts';

interface Reachable {
  url: string;
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  scope: string;
}

export interface Verdict {
  tools: number;
  drift: Drift[];
}

export async function verifyGateway(
  plan: Plan,
  connection: Reachable,
  definitions: Readonly<Record<string, readonly ToolDefinition[]>>,
  states: readonly TargetState[] | undefined,
): Promise<Verdict> {
  const token = await getToken(connection);
  const listed = (await listTools({ url: connection.url, token })) as readonly ListedDefinition[];
  const drift = [...(states ? compareTargets(plan, states) : []), ...compareTools(plan, listed, definitions)];
  return { tools: listed.length, drift };
}

/** States of a deployed gateway's targets. */
export function targetStates(ask: Ask, region: string, gatewayId: string): Promise<TargetState[]> {
  const control = {
    service: 'bedrock-agentcore',
    host: 'bedrock-agentcore-control',
    region,
    method: 'GET' as const,
  };
  return readTargetStates((path) => ask({ ...control, path }), gatewayId);
}
