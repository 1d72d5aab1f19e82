/** Is a stack's every gateway what the plan says: asked as a client asks, and for deployed ones the states of targets. */
import { getToken, listTools } from '../gateway/client.ts';
import { readTargetStates } from '../gateway/target-states.ts';
import { compareTargets, compareTools, type Drift, type ListedDefinition } from '../gateway/verify.ts';
import { McpgwError, messageOf } from '../plan/errors.ts';
import type { ToolDefinition } from '../plan/manifest.ts';
import type { Plan } from '../plan/types.ts';
import type { GatewayAccess } from './connection.ts';
import type { Ask } from './deploying/aws.ts';

export interface Verdict {
  gateways: { key: string; url: string; tools?: number }[];
  drift: Drift[];
  /** What could not be asked, and why. */
  unasked: string[];
}

type Definitions = Readonly<Record<string, readonly ToolDefinition[]>>;

/** `ask` puts signed requests to AWS; without it only clients ask. Throws when a gateway could not be asked at all. */
export async function verifyGateways(
  plan: Plan,
  gateways: readonly GatewayAccess[],
  definitions: Definitions,
  ask?: Ask,
): Promise<Verdict> {
  const verdict: Verdict = { gateways: [], drift: [], unasked: [] };
  for (const gateway of gateways) {
    const { key, url } = gateway;
    const states = await compareStates(plan, gateway, ask);
    const tools = await compareListed(plan, gateway, definitions);
    if (states.asked === false && tools.asked === false) {
      throw new McpgwError(
        'not-authorised',
        `nothing could be asked of ${url}: ${tools.why}; ${states.why}`,
        {
          hint: 'sign in to AWS, or name a machine client in mcpgw:auth',
        },
      );
    }
    verdict.gateways.push({ key, url, ...(tools.asked && { tools: tools.count }) });
    for (const found of [states, tools]) {
      if (found.asked) verdict.drift.push(...found.drift);
      else if (ask || found === tools) verdict.unasked.push(`${found.why} (${url})`);
    }
  }
  return verdict;
}

type Compared = { asked: true; drift: Drift[]; count: number } | { asked: false; why: string };

async function compareStates(plan: Plan, { key, gatewayId }: GatewayAccess, ask?: Ask): Promise<Compared> {
  if (!ask || gatewayId === undefined) return { asked: false, why: 'states of targets are AWS’s' };
  try {
    const states = await targetStates(ask, plan.region, gatewayId);
    return { asked: true, drift: compareTargets(plan, states, key), count: states.length };
  } catch (error) {
    if (error instanceof McpgwError && error.code === 'drift') throw error; // the gateway itself is gone
    return { asked: false, why: `the states of targets could not be asked: ${messageOf(error)}` };
  }
}

async function compareListed(
  plan: Plan,
  { key, url, client, clientName }: GatewayAccess,
  definitions: Definitions,
): Promise<Compared> {
  if (!client)
    return { asked: false, why: 'tools were not listed: no machine client of the stack is admitted' };
  const token = await getToken(client);
  const listed = (await listTools({ url, token })) as readonly ListedDefinition[];
  const drift = compareTools(plan, listed, definitions, { gateway: key, client: clientName });
  return { asked: true, drift, count: listed.length };
}

function targetStates(ask: Ask, region: string, gatewayId: string) {
  const control = {
    service: 'bedrock-agentcore',
    host: 'bedrock-agentcore-control',
    region,
    method: 'GET' as const,
  };
  return readTargetStates((path) => ask({ ...control, path }), gatewayId);
}
