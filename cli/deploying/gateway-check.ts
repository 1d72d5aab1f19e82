/** The preflight's questions to AgentCore: the region has it and what the settings ask of it, the names are free. */
import { z } from 'zod';
import { gatewayUnits } from '../../plan/gateways.ts';
import { lacksSearch } from '../../plan/plan.ts';
import type { Plan } from '../../plan/types.ts';
import type { Ask } from './aws.ts';
import type { Check, PreflightProblem } from './preflight.ts';

type Problems = Omit<PreflightProblem, 'check'>[];

export function gatewayCheck(ask: Ask): Check {
  return {
    name: 'gateway',
    async run({ plan, caller, state }) {
      const problems = semanticSearch(plan);
      if (!caller) return problems;
      const gateways = await listGateways(ask, plan.region);
      if (gateways === 'no-endpoint') {
        return [
          {
            message: `${plan.region} has no AgentCore gateway (its endpoint does not exist)`,
            hint: 'set aws:region to a region that offers Amazon Bedrock AgentCore',
          },
        ];
      }
      const own = new Set(Object.values(idsOf(state?.outputs)));
      return [...problems, ...nameProblems(plan, gateways, own)];
    },
  };
}

function semanticSearch({ region, settings }: Plan): Problems {
  if (!lacksSearch(settings)) return [];
  return [
    {
      message: `${region} has no semantic search of gateways`,
      hint: 'take out mcpgw:gateway.search (it can only be set when a gateway is created), or choose another region',
    },
  ];
}

function nameProblems(plan: Plan, gateways: readonly Listed[], own: ReadonlySet<string>): Problems {
  const { existing } = plan.settings.gateway;
  if (existing) {
    if (gateways.some(({ gatewayId }) => gatewayId === existing.id)) return [];
    return [
      {
        message: `there is no gateway ${existing.id} in ${plan.region}`,
        hint: 'mcpgw:gateway.existing.id is a gateway of this account and region',
      },
    ];
  }
  const names = new Set(gatewayUnits(plan.settings, plan.targets).map(({ name }) => name));
  return gateways
    .filter(({ name, gatewayId }) => names.has(name) && !own.has(gatewayId))
    .map(({ name, gatewayId }) => ({
      message: `a gateway named ${name} exists already (${gatewayId}) and is not of this stack`,
      hint: 'choose another mcpgw:gateway.name, or delete that gateway',
    }));
}

const outputs = z.object({ gateways: z.record(z.string(), z.object({ id: z.string() })) });

function idsOf(given: unknown): Record<string, string> {
  const { data } = outputs.safeParse(given);
  return Object.fromEntries(Object.entries(data?.gateways ?? {}).map(([name, { id }]) => [name, id]));
}

const page = z.object({
  items: z.array(z.object({ name: z.string(), gatewayId: z.string() })),
  nextToken: z.string().nullish(),
});
type Listed = z.infer<typeof page>['items'][number];

async function listGateways(ask: Ask, region: string): Promise<Listed[] | 'no-endpoint'> {
  const control = { service: 'bedrock-agentcore', host: 'bedrock-agentcore-control', region };
  const all: Listed[] = [];
  for (let token: string | undefined; ; ) {
    const next = token === undefined ? '' : `&nextToken=${encodeURIComponent(token)}`;
    const asked = await ask({ ...control, method: 'GET', path: `/gateways/?maxResults=100${next}` }).catch(
      (error: unknown) => ({ status: 0, text: String((error as { cause?: unknown }).cause ?? error) }),
    );
    if (asked.status === 0 && /ENOTFOUND/.test(asked.text)) return 'no-endpoint';
    if (asked.status !== 200)
      throw new Error(`ListGateways answered ${asked.status}: ${asked.text.slice(0, 200)}`);
    const { items, nextToken } = page.parse(JSON.parse(asked.text));
    all.push(...items);
    if (!nextToken) return all;
    token = nextToken;
  }
}
