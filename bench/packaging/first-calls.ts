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

/** Tools tried before one counts as the server's answer. */
const TRIES = 6;

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
    const none =
      (await best(bed, candidates(server.entry, tools, false), ({ aws }) => aws.length === 0)) ??
      (await call(bed, firstTool(server.entry), {}));
    const aws = await best(bed, candidates(server.entry, tools, true), (seen) => seen.aws.length > 0);
    return { none, ...(aws && { aws }) };
  } finally {
    await bed.close();
  }
}

/** The first answer that is as it should be; else the first that at least went the way asked for; else the first. */
async function best(
  bed: Testbed,
  tools: readonly ToolDefinition[],
  wanted: (answer: Answered) => boolean,
): Promise<Answered | undefined> {
  const answers: Answered[] = [];
  for (const tool of tools.slice(0, TRIES)) {
    const answer = await call(bed, tool.name, plausibleCalls(tool)[0] ?? {});
    if (answer.outcome === 'ok' && wanted(answer)) return answer;
    answers.push(answer);
  }
  return answers.find(wanted) ?? answers[0];
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

/** Tools known to read, those with the fewest arguments to make up first. */
function candidates(entry: ServerEntry, tools: readonly Tool[], callAws: boolean): ToolDefinition[] {
  const required = ({ inputSchema }: Tool) => inputSchema.required?.length ?? 0;
  return tools
    .filter(({ name }) => {
      const tool = entry.tools?.[name];
      // What the manifest cannot list (it needs input), the started server does.
      if (tool === undefined) return !callAws;
      return tool.access === 'read' && (tool.actions?.length ?? 0) > 0 === callAws;
    })
    .sort((a, b) => required(a) - required(b)) as ToolDefinition[];
}
