/** The first calls of a packaged server in the Lambda test bed: one that needs no AWS, and one that does. */
import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { JsonObject } from '../../plan/hash.ts';
import type { ServerEntry, ToolDefinition } from '../../plan/manifest.ts';
import { plausibleCalls } from '../../tests/integration/iam/plausible.ts';
import type { Testbed } from '../../tests/lambda-testbed/testbed.ts';
import { firstTool, openBed, type PackagedServer } from '../proxies/cold-start.ts';

export interface Answered {
  tool: string;
  /** Of the handler's log line, or `function error`. */
  outcome: string;
  /** The AWS calls that were seen: action and status. */
  aws: string[];
  text: string;
}

export async function firstCalls(
  server: PackagedServer,
  tools: readonly Tool[],
  moto: string,
): Promise<{ none: Answered; aws?: Answered }> {
  const bed = openBed(server, {
    environment: { AWS_ENDPOINT_URL: moto, AWS_MAX_ATTEMPTS: '1' },
    timeout: 60,
    tools: tools.map(({ name }) => name),
  });
  try {
    // What the manifest cannot list (it needs input), the started server does.
    const known = Object.keys(server.entry.tools ?? {}).length > 0;
    const none = await call(bed, known ? firstTool(server.entry) : (tools[0]?.name ?? 'none'), {});
    const chosen = awsTool(server.entry, tools);
    if (chosen === undefined) return { none };
    return { none, aws: await call(bed, chosen.name, plausibleCalls(chosen)[0] ?? {}) };
  } finally {
    await bed.close();
  }
}

async function call(bed: Testbed, tool: string, args: JsonObject): Promise<Answered> {
  const { payload, functionError } = await bed.call(`bench___${tool}`, args);
  const line = bed.log('call').at(-1);
  const seen = (line?.aws ?? []) as { action: string; status?: number }[];
  return {
    tool,
    outcome: functionError === undefined ? String(line?.outcome) : 'function error',
    aws: seen.map(({ action, status }) => `${action} ${status ?? 'no answer'}`),
    text: JSON.stringify(payload).slice(0, 300),
  };
}

/** A reading tool that calls AWS, with as few arguments to make up as there are. */
function awsTool(entry: ServerEntry, tools: readonly Tool[]): ToolDefinition | undefined {
  const candidates = tools.filter(({ name }) => {
    const tool = entry.tools?.[name];
    return tool?.access === 'read' && (tool.actions?.length ?? 0) > 0;
  });
  const required = ({ inputSchema }: Tool) => inputSchema.required?.length ?? 0;
  return candidates.sort((a, b) => required(a) - required(b))[0] as ToolDefinition | undefined;
}
