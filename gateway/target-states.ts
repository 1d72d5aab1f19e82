/** The states of a deployed gateway's targets, asked of AgentCore's control plane (ListGatewayTargets, GetGatewayTarget). */
import { z } from 'zod';
import { McpgwError } from '../plan/errors.ts';
import type { TargetState } from './verify.ts';

/** A signed GET to `bedrock-agentcore-control`; the command line has one. */
export type AskControlPlane = (path: string) => Promise<{ status: number; text: string }>;

const page = z.object({
  items: z.array(z.object({ targetId: z.string(), name: z.string(), status: z.string() })),
  nextToken: z.string().nullish(),
});
const detail = z.object({ statusReasons: z.array(z.string()).nullish() });

export async function readTargetStates(ask: AskControlPlane, gatewayId: string): Promise<TargetState[]> {
  const base = `/gateways/${encodeURIComponent(gatewayId)}/targets/`;
  const states: TargetState[] = [];
  let token: string | undefined;
  do {
    const query = token === undefined ? '' : `&nextToken=${encodeURIComponent(token)}`;
    const { items, nextToken } = page.parse(await get(ask, `${base}?maxResults=100${query}`));
    for (const { targetId, name, status } of items) {
      if (status === 'READY') states.push({ name, status });
      else {
        const { statusReasons } = detail.parse(await get(ask, `${base}${encodeURIComponent(targetId)}/`));
        states.push({ name, status, reasons: statusReasons ?? [] });
      }
    }
    token = nextToken ?? undefined;
  } while (token !== undefined);
  return states;
}

async function get(ask: AskControlPlane, path: string): Promise<unknown> {
  const { status, text } = await ask(path);
  if (status === 401 || status === 403) {
    throw new McpgwError('not-authorised', `AWS refuses ${path}: ${text.slice(0, 300)}`, {
      hint: 'needs bedrock-agentcore:ListGatewayTargets and bedrock-agentcore:GetGatewayTarget',
    });
  }
  if (status === 404)
    throw new McpgwError('drift', `there is no gateway at ${path}`, { hint: 'was it deleted by hand?' });
  if (status !== 200)
    throw new McpgwError('unreachable', `AWS answered ${status} to ${path}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}
