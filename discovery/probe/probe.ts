/** Starts one installed server, asks for its tools, prompts and resources, and ends everything it started. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { messageOf } from '../../plan/errors.ts';
import type { JsonObject } from '../../plan/hash.ts';
import type { ToolDefinition } from '../../plan/manifest.ts';
import type { LaunchSpec } from '../../plan/types.ts';
import { reasonFrom } from './reason.ts';
import { makeSandbox } from './sandbox.ts';
import { ProbeTransport } from './transport.ts';

export const PROBE_SECONDS = { start: 90, list: 30 } as const;
const MAX_PAGES = 100;
const MAX_TOOLS = 5_000;

export interface Listing {
  status: 'listed' | 'empty' | 'failed';
  reason?: string;
  tools: ToolDefinition[];
  prompts: number;
  resources: number;
  /** Lines of stdout that were no JSON-RPC. */
  dropped: number;
}

export interface ProbeOptions {
  launch: LaunchSpec;
  arguments: readonly string[];
  environment: Readonly<Record<string, string>>;
  /** URL of the stand-in for AWS. */
  endpoint: string;
  seconds?: { start: number; list: number };
}

const object = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject>;
// Own and lenient, because the SDK's result schema drops keys it does not know and the manifest records what was served.
const toolSchema = z.object({
  name: z.string().min(1).max(500),
  title: z.string().optional(),
  description: z.string().optional(),
  inputSchema: object,
  outputSchema: object.optional(),
  annotations: object.optional(),
});

export async function probeServer(options: ProbeOptions): Promise<Listing> {
  const seconds = options.seconds ?? PROBE_SECONDS;
  const sandbox = await makeSandbox({
    bin: path.dirname(options.launch.command),
    endpoint: options.endpoint,
    mark: randomUUID(),
    environment: { ...options.launch.env, ...options.environment },
  });
  const transport = new ProbeTransport({
    command: options.launch.command,
    args: [...options.launch.args, ...options.arguments],
    env: sandbox.env,
    cwd: sandbox.cwd,
  });
  const client = new Client({ name: 'mcpgw-discovery', version: '1' });
  // A message that breaks the protocol is the server's fault, not a reason to stop: the request it answers times out.
  client.onerror = () => {};
  try {
    await client.connect(transport, { timeout: seconds.start * 1000 });
    return await list(client, transport, seconds.list * 1000);
  } catch (error) {
    const reason = reasonFrom(transport.overflow ?? messageOf(error), transport.exit, transport.stderr);
    return { status: 'failed', reason, tools: [], prompts: 0, resources: 0, dropped: transport.dropped };
  } finally {
    await transport.close();
    await client.close().catch(() => {});
    await sandbox.remove().catch(() => {});
  }
}

async function list(client: Client, transport: ProbeTransport, timeout: number): Promise<Listing> {
  const capabilities = client.getServerCapabilities() ?? {};
  const tools = capabilities.tools === undefined ? [] : await allPages(client, 'tools', timeout);
  const count = async (kind: 'prompts' | 'resources'): Promise<number> =>
    capabilities[kind] === undefined ? 0 : (await allPages(client, kind, timeout).catch(() => [])).length;
  const parsed = tools.map((tool) => toolSchema.parse(tool) as ToolDefinition);
  const names = new Set(parsed.map((tool) => tool.name));
  if (names.size < parsed.length) throw new Error('it lists two tools of one name');
  return {
    status: parsed.length > 0 ? 'listed' : 'empty',
    tools: parsed.sort((a, b) => (a.name < b.name ? -1 : 1)),
    prompts: await count('prompts'),
    resources: await count('resources'),
    dropped: transport.dropped,
  };
}

async function allPages(
  client: Client,
  kind: 'tools' | 'prompts' | 'resources',
  timeout: number,
): Promise<unknown[]> {
  const items: unknown[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const result = await client.request({ method: `${kind}/list`, params }, ResultSchema, { timeout });
    const found = result[kind];
    if (!Array.isArray(found)) throw new Error(`its answer to ${kind}/list holds no ${kind}`);
    items.push(...found);
    if (items.length > MAX_TOOLS) throw new Error(`it lists more than ${MAX_TOOLS} ${kind}`);
    const next = result.nextCursor;
    if (typeof next !== 'string' || next === '') return items;
    cursor = next;
  }
  throw new Error(`its ${kind} have more than ${MAX_PAGES} pages`);
}
