/** Which gateway `token`, `tools` and `call` speak to: the running local one, or a stack's by its outputs. */
import { join } from 'node:path';
import { z } from 'zod';
import { readRunning } from '../gateway/running.ts';
import { McpgwError } from '../plan/errors.ts';
import { fullToolName } from '../plan/names.ts';
import { stateDir } from '../store/paths.ts';
import { loadProject } from './project.ts';

export interface Connection {
  url: string;
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  scope: string;
  stack: string;
  /** Manifest folder the gateway was planned from. */
  manifest: string;
}

/** Outputs of infra/, as `pulumi stack output --json --show-secrets` prints them. */
const outputsSchema = z.object({
  gatewayUrl: z.url(),
  tokenUrl: z.url(),
  clients: z.record(z.string(), z.object({ clientId: z.string(), clientSecret: z.string() })),
  scope: z.string(),
});

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
  if (!tokenUrl || !clientId || !clientSecret || scope === undefined) {
    throw new McpgwError('not-authorised', `the local gateway at ${url} takes tokens of another issuer`, {
      hint: 'get one from the issuer named in mcpgw:auth of its stack',
    });
  }
  return { url, stack, tokenUrl, clientId, clientSecret, scope, manifest };
}

async function stackConnection(root: string, stack: string, env: NodeJS.ProcessEnv): Promise<Connection> {
  const { stackOutputs } = await import('./pulumi.ts');
  const outputs = outputsSchema.safeParse(await stackOutputs(root, stack, env));
  const client = outputs.success ? Object.values(outputs.data.clients)[0] : undefined;
  if (!outputs.success || !client) {
    throw new McpgwError(
      'unreachable',
      `stack ${stack} has no gateway with a machine client in its outputs`,
      {
        hint: `deploy it first: mcpgw deploy --stack ${stack}`,
      },
    );
  }
  const { gatewayUrl: url, tokenUrl, scope } = outputs.data;
  return { url, tokenUrl, scope, ...client, stack, manifest: join(root, 'manifest') };
}
