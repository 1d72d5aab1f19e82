/**
 * What a call did on AWS, for a caller of the local gateway who asks for it (`mcpgw call --aws`): asked and answered in
 * MCP's `_meta`. The AgentCore gateway knows nothing of it; there the call's log line has the same.
 */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { CallLine } from '../proxies/call-line.ts';

const KEY = 'mcpgw/aws';

const schema = z.object({
  calls: z.array(
    z.object({
      action: z.string(),
      status: z.number().optional(),
      ms: z.number().optional(),
      error: z.string().optional(),
    }),
  ),
  /** Calls beyond those named. */
  more: z.number().default(0),
  /** After a refusal: the line of the settings that would grant it. */
  grant: z.string().optional(),
});
export type AwsReport = z.infer<typeof schema>;

/** `_meta` of a request that asks. */
export const ASKING = { [KEY]: true };

export function isAsked(meta: Readonly<Record<string, unknown>> | undefined): boolean {
  return meta?.[KEY] === true;
}

export function withReport(result: CallToolResult, line: CallLine | undefined): CallToolResult {
  if (line === undefined) return result;
  const { aws: calls = [], awsMore: more = 0, hint } = line;
  const report: AwsReport = { calls, more, ...(hint === undefined ? {} : { grant: hint.grant }) };
  return { ...result, _meta: { ...result._meta, [KEY]: report } };
}

/** Undefined when the gateway does not tell. */
export function readReport(meta: Readonly<Record<string, unknown>> | undefined): AwsReport | undefined {
  return schema.safeParse(meta?.[KEY]).data;
}
