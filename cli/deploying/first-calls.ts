/** The deployed gateway asked by a client: a token, the tools the plan says, one reading call a server where one needs nothing. */
import { connect } from '../../gateway/client.ts';
import { messageOf } from '../../plan/errors.ts';
import { fullToolName } from '../../plan/names.ts';
import type { TargetPlan } from '../../plan/types.ts';

export interface FirstCall {
  server: string;
  /** Full name; undefined where every tool writes or needs arguments. */
  tool: string | undefined;
  answer: 'answered' | 'tool-error' | 'failed' | 'none fits';
  said?: string;
}

/** One at a time. Nothing is thrown for a call: `tool-error` is the tool's own (a permission, say), `failed` no answer. */
export async function firstCalls(
  targets: readonly TargetPlan[],
  connection: { url: string; token: string },
): Promise<FirstCall[]> {
  const gateway = await connect(connection);
  try {
    const calls: FirstCall[] = [];
    for (const target of targets) calls.push(await firstCall(gateway, target));
    return calls;
  } finally {
    await gateway.close();
  }
}

async function firstCall(
  gateway: Awaited<ReturnType<typeof connect>>,
  target: TargetPlan,
): Promise<FirstCall> {
  const tool = callableTool(target);
  const { server } = target;
  if (tool === undefined) return { server, tool, answer: 'none fits' };
  try {
    await gateway.callTool(tool, {});
    return { server, tool, answer: 'answered' };
  } catch (error) {
    const said = messageOf(error).slice(0, 300);
    const isToolError = (error as { code?: unknown }).code === 'tool-error' && !NO_ANSWER.test(said);
    return { server, tool, answer: isToolError ? 'tool-error' : 'failed', said };
  }
}

/** What the proxy or the gateway says for a server that did not answer: its package or role is broken, not the call. */
const NO_ANSWER =
  /: (?:An internal error occurred|the proxy failed|the server (?:did not start|was still starting|ends before|ended))/;

/** A tool that only reads and needs no arguments. */
export function callableTool(target: TargetPlan): string | undefined {
  const found = target.tools.find(
    ({ entry }) =>
      entry.access === 'read' && Object.values(entry.parameters).every((type) => !type.includes('!')),
  );
  return found && fullToolName(target.name, found.exposed);
}
