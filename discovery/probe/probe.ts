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
import { contain } from './containment.ts';
import { reasonFrom } from './reason.ts';
import { makeSandbox } from './sandbox.ts';
import { endStrays } from './strays.ts';
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
  /** URL of the stand-in for AWS; without it the server reaches AWS itself. */
  endpoint?: string | undefined;
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
  const mark = randomUUID();
  const sandbox = await makeSandbox({
    bin: path.dirname(options.launch.command),
    endpoint: options.endpoint,
    mark,
    environment: { ...options.launch.env, ...options.environment },
  });
  const { command, args } = options.launch;
  const contained = await contain({ command, args: [...args, ...options.arguments] });
  const transport = new ProbeTransport({ ...contained, env: sandbox.env, cwd: sandbox.cwd });
  const client = new Client({ name: 'mcpgw-discovery', version: '1' });
  // A message that breaks the protocol is the server's fault, not a reason to stop: the request it answers times out.
  client.onerror = () => {};
  try {
    await client.connect(transport, { timeout: seconds.start * 1000 });
    return await list(client, transport, performance.now() + seconds.list * 1000);
  } catch (error) {
    const reason = reasonFrom(transport.overflow ?? messageOf(error), transport.exit, transport.stderr);
    return { status: 'failed', reason, tools: [], prompts: 0, resources: 0, dropped: transport.dropped };
  } finally {
    await transport.close();
    await endStrays(mark);
    await client.close().catch(() => {});
    await sandbox.remove().catch(() => {});
  }
}

async function list(client: Client, transport: ProbeTransport, deadline: number): Promise<Listing> {
  const capabilities = client.getServerCapabilities() ?? {};
  const tools = capabilities.tools === undefined ? [] : await allPages(client, 'tools', deadline);
  const count = async (kind: 'prompts' | 'resources'): Promise<number> =>
    capabilities[kind] === undefined ? 0 : (await allPages(client, kind, deadline).catch(() => [])).length;
  const parsed = tools.map(parseTool);
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

function parseTool(tool: unknown): ToolDefinition {
  const result = toolSchema.safeParse(tool);
  if (result.success) return result.data as ToolDefinition;
  const [issue] = result.error.issues;
  throw new Error(`a tool it lists is malformed: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

async function allPages(
  client: Client,
  kind: 'tools' | 'prompts' | 'resources',
  deadline: number,
): Promise<unknown[]> {
  const items: unknown[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const timeout = Math.max(1, deadline - performance.now());
    const params = cursor === undefined ? {} : { cursor };
    const result = await client.request({ method: `${kind}/list`, params }, ResultSchema, { timeout });
    const found = result[kind];
    if (!Array.isArray(found)) throw new Error(`its answer to ${kind}/list holds no ${kind}`);
    // Before they are copied: a million arguments would overflow the stack.
    if (items.length + found.length > MAX_TOOLS) throw new Error(`it lists more than ${MAX_TOOLS} ${kind}`);
    items.push(...found);
    const next = result.nextCursor;
    if (typeof next !== 'string' || next === '') return items;
    cursor = next;
  }
  throw new Error(`its ${kind} have more than ${MAX_PAGES} pages`);
}
