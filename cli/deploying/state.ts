/** What a stack's state says: whether it exists, what it holds, and after a failure what to do about it. */
import { z } from 'zod';
import type { Plan } from '../../plan/types.ts';
import type { Driver } from './driver.ts';

export interface StackState {
  exists: boolean;
  /** Changes with every update. */
  version: string;
  /** Without secrets. */
  outputs: Record<string, unknown> | undefined;
  resources: { urn: string; type: string }[];
  /** Operations that were under way when an update was cut off. */
  pending: string[];
}

const exported = z.object({
  deployment: z.object({
    manifest: z.object({ time: z.string() }).partial().default({}),
    resources: z
      .array(
        z.object({
          urn: z.string(),
          type: z.string(),
          outputs: z.record(z.string(), z.unknown()).optional(),
        }),
      )
      .nullish(),
    pending_operations: z
      .array(z.object({ type: z.string(), resource: z.object({ urn: z.string() }) }))
      .nullish(),
  }),
});

const NOTHING: StackState = { exists: false, version: '', outputs: undefined, resources: [], pending: [] };

/** A stack that is not there is no error: it is a first deployment. */
export async function readState(driver: Driver): Promise<StackState> {
  const { exitCode, stdout } = await driver.run(['stack', 'export']);
  if (exitCode !== 0) return NOTHING;
  const { deployment } = exported.parse(JSON.parse(stdout));
  const resources = deployment.resources ?? [];
  const outputs = resources.find(({ type }) => type === 'pulumi:pulumi:Stack')?.outputs;
  return {
    exists: true,
    version: deployment.manifest.time ?? '',
    outputs: outputs && Object.keys(outputs).length > 0 ? outputs : undefined,
    resources: resources
      .filter(({ type }) => !type.startsWith('pulumi:'))
      .map(({ urn, type }) => ({ urn, type })),
    pending: (deployment.pending_operations ?? []).map(
      ({ type, resource }) => `${type} ${nameOf(resource.urn)}`,
    ),
  };
}

/** In words: what failed, what exists, what to run. */
export function failureReport(
  plan: Plan,
  command: string,
  said: { stdout: string; stderr: string },
  state: StackState,
): { message: string; hint: string } {
  const reasons = errorsIn(`${said.stdout}\n${said.stderr}`);
  const targets = state.resources
    .filter(({ type }) => type.endsWith(':AgentcoreGatewayTarget'))
    .map(({ urn }) => nameOf(urn));
  const missing = plan.targets.map(({ server }) => server).filter((server) => !targets.includes(server));
  const has =
    command === 'up'
      ? [
          `stack ${plan.stack} holds ${state.resources.length} resources now, ${targets.length} of ${plan.targets.length} targets`,
          ...(missing.length > 0 ? [`without: ${missing.join(', ')}`] : []),
          ...state.pending.map((operation) => `cut off while under way: ${operation}`),
        ]
      : ['nothing was changed'];
  return {
    message: [`\`pulumi ${command}\` failed`, ...reasons.map((reason) => `  ${reason}`), ...has].join('\n'),
    hint: remedy(plan.stack, reasons, state),
  };
}

function remedy(stack: string, reasons: readonly string[], state: StackState): string {
  const all = reasons.join('\n');
  const again = `run \`mcpgw deploy --stack ${stack}\` again: it goes on where this one stopped`;
  if (/currently locked|conflict: another update/i.test(all)) {
    return `somebody else's update holds the lock; if none is running, \`pulumi cancel --stack ${stack}\``;
  }
  if (state.pending.length > 0) {
    return `\`pulumi refresh --stack ${stack} --run-program\` asks AWS what became of what was cut off, then ${again}`;
  }
  if (/AccessDenied|not authorized|UnauthorizedOperation/i.test(all)) {
    return `give the deployer what \`mcpgw plan --stack ${stack} --deployer-policy\` prints, then ${again}`;
  }
  if (/is protected|protect(ed)? resource/i.test(all)) {
    return 'a protected resource would be deleted or replaced: undo that change, or unprotect it on purpose';
  }
  return again;
}

/** Lines that name an error, each once, without Pulumi's frame. */
function errorsIn(text: string): string[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter(
      (line) => /^error:|: error:|^\* /.test(line) && !/^error: update failed$|preview failed/.test(line),
    )
    .map((line) => line.replace(/^\* /, '').slice(0, 400));
  const known = [...new Set(lines)].slice(0, 10);
  return known.length > 0 ? known : [text.trim().split('\n').at(-1)?.slice(0, 400) ?? 'no reason given'];
}

function nameOf(urn: string): string {
  return urn.split('::').at(-1) ?? urn;
}
