/** Is a gateway what the plan says: asked as a client asks, and for a deployed one the states of its targets. */
import { getToken, listTools } from '../gateway/client.ts';
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

/** States of a deployed gateway's targets, all pages. */
export async function targetStates(ask: Ask, region: string, gatewayId: string): Promise<TargetState[]> {
  const states: TargetState[] = [];
  let next: string | undefined;
  do {
    const page = next === undefined ? '' : `&nextToken=${encodeURIComponent(next)}`;
    const { status, text } = await ask({
      service: 'bedrock-agentcore',
      host: 'bedrock-agentcore-control',
      region,
      method: 'GET',
      path: `/gateways/${gatewayId}/targets/?maxResults=100${page}`,
    });
    if (status !== 200) throw new Error(`ListGatewayTargets answered ${status}: ${text.slice(0, 200)}`);
    const answer = JSON.parse(text) as { items?: { name: string; status: string }[]; nextToken?: string };
    states.push(...(answer.items ?? []).map(({ name, status: state }) => ({ name, status: state })));
    next = answer.nextToken ?? undefined;
  } while (next !== undefined);
  return states;
}
