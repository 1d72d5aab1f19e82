/** Which gateway `token`, `tools` and `call` speak to: the running local one, or a stack's by its outputs. */
import { join } from 'node:path';
import { z } from 'zod';
import type { TokenRequest } from '../gateway/client.ts';
import { readRunning } from '../gateway/running.ts';
import { isAdmitted } from '../plan/admission.ts';
import { McpgwError } from '../plan/errors.ts';
import { gatewayUnits } from '../plan/gateways.ts';
import { type Identity, identitySchema } from '../plan/identity.ts';
import { fullToolName } from '../plan/names.ts';
import type { Plan } from '../plan/types.ts';
import { stateDir } from '../store/paths.ts';
import { loadProject } from './project.ts';

export interface Connection extends TokenRequest {
  url: string;
  stack: string;
  /** Manifest folder the gateway was planned from. */
  manifest: string;
  /** Of a local gateway: where its targets lie, when it has several. */
  identity?: Identity;
}

/** Outputs of infra/, as `pulumi stack output --json --show-secrets` prints them. */
const outputsSchema = z.object({
  gatewayUrl: z.url(),
  /** By gateway name: a stack may have several (toolsets, shards). */
  gateways: z.record(z.string(), z.object({ url: z.url(), id: z.string() })),
  /** None where tokens are another issuer's. */
  tokenUrl: z.url().nullish(),
  clients: z.record(
    z.string(),
    z.object({ clientId: z.string(), clientSecret: z.string(), scopes: z.array(z.string()) }),
  ),
  /** Where its targets lie. */
  identity: identitySchema.optional(),
});
export type DeployedOutputs = z.infer<typeof outputsSchema>;

interface Which {
  root: string;
  env: NodeJS.ProcessEnv;
  options: { stack: string | undefined; local: boolean };
}

export async function connectionTo({ root, env, options }: Which): Promise<Connection> {
  if (options.stack !== undefined && options.local) {
    throw new McpgwError('usage', '--stack and --local exclude each other', { hint: 'give one of them' });
  }
  return options.stack === undefined ? localConnection(root) : stackConnection(root, options.stack, env);
}

/** Access (read, write, unknown) of every exposed tool, by full name, as the gateway's plan has it. */
export async function accessByTool(connection: Connection, root: string): Promise<Record<string, string>> {
  const { plan } = await loadProject({
    root,
    cwd: root,
    stack: connection.stack,
    manifest: connection.manifest,
  });
  return Object.fromEntries(
    plan.targets.flatMap((target) =>
      target.tools.map((tool) => [fullToolName(target.name, tool.exposed), tool.entry.access] as const),
    ),
  );
}

async function localConnection(root: string): Promise<Connection> {
  const running = await readRunning(stateDir(root));
  if (!running) {
    throw new McpgwError('unreachable', 'no local gateway is running for this folder', {
      hint: 'start one with `npm start` or `mcpgw serve`, or name a deployed stack with --stack',
    });
  }
  const { url, stack, tokenUrl, clientId, clientSecret, scope, manifest = join(root, 'manifest') } = running;
  const { identity } = running;
  if (!tokenUrl || !clientId || !clientSecret || scope === undefined) {
    throw new McpgwError('not-authorised', `the local gateway at ${url} takes tokens of another issuer`, {
      hint: 'get one from the issuer named in mcpgw:auth of its stack',
    });
  }
  return { url, stack, tokenUrl, clientId, clientSecret, scope, manifest, ...(identity && { identity }) };
}

async function stackConnection(root: string, stack: string, env: NodeJS.ProcessEnv): Promise<Connection> {
  const outputs = await outputsOf(root, stack, env);
  const found = clientFor(outputs, () => true);
  if (!found) {
    throw new McpgwError(
      'not-authorised',
      `stack ${stack} has no machine client: tokens are another issuer's`,
      {
        hint: 'get one from the issuer named in mcpgw:auth of the stack',
      },
    );
  }
  return { url: outputs.gatewayUrl, ...found.client, stack, manifest: join(root, 'manifest') };
}

/** Throws unreachable when the stack has never been deployed, or cannot be read. */
export async function outputsOf(
  root: string,
  stack: string,
  env: NodeJS.ProcessEnv,
): Promise<DeployedOutputs> {
  const { stackOutputs } = await import('./pulumi.ts');
  const outputs = outputsSchema.safeParse(await stackOutputs(root, stack, env));
  if (outputs.success) return outputs.data;
  throw new McpgwError('unreachable', `stack ${stack} has no gateway in its outputs`, {
    hint: `deploy it first: mcpgw deploy --stack ${stack}`,
  });
}

function clientFor(
  { tokenUrl, clients }: DeployedOutputs,
  isAdmitted: (name: string) => boolean,
): { clientName: string; client: TokenRequest } | undefined {
  const found = Object.entries(clients).find(([name]) => isAdmitted(name));
  if (!found || !tokenUrl) return undefined;
  const [clientName, { clientId, clientSecret, scopes }] = found;
  return { clientName, client: { tokenUrl, clientId, clientSecret, scope: scopes.join(' ') } };
}

/** A gateway of a stack, and how it may be asked. */
export interface GatewayAccess {
  /** Of its unit in the plan. */
  key: string;
  url: string;
  /** Of a deployed one: the states of its targets can be asked. */
  gatewayId?: string;
  /** None where no machine client of the stack is admitted. */
  client?: TokenRequest;
  /** Its name in the settings, where the outputs tell it. */
  clientName?: string;
}

/** All gateways of a deployed stack; `plan` leaves targets where `outputs` say that they lie. */
export function deployedGateways(outputs: DeployedOutputs, plan: Plan): GatewayAccess[] {
  return gatewayUnits(plan.settings, plan.targets).map(({ key, name }) => {
    const made = outputs.gateways[name];
    if (!made) {
      throw new McpgwError('drift', `stack ${plan.stack} has no gateway ${name}`, {
        hint: `deploy it: mcpgw deploy --stack ${plan.stack}`,
      });
    }
    const client = clientFor(outputs, (each) => isAdmitted(plan.settings, each, key));
    return { key, url: made.url, gatewayId: made.id, ...client };
  });
}

/** All gateways of the running local one: the first is at /mcp, the others beside it. */
export function localGateways(connection: Connection, plan: Plan): GatewayAccess[] {
  return gatewayUnits(plan.settings, plan.targets).map(({ key }, index) => ({
    key,
    url: index === 0 ? connection.url : new URL(`/${key}/mcp`, connection.url).href,
    client: connection,
  }));
}
