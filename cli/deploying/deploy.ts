/**
 * A deployment from the first check to the first call. What the plan is, what may run Pulumi and how a gateway is
 * reached are handed in, so that a rehearsal runs the very same steps.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { McpgwError } from '../../plan/errors.ts';
import { type ResourceReview, readDigest } from '../../plan/review/preview-digest.ts';
import type { Plan } from '../../plan/types.ts';
import type { Driver } from './driver.ts';
import type { Preflight } from './preflight.ts';
import { failureReport, readState, type StackState } from './state.ts';

export interface DeployPorts {
  plan: Plan;
  driver: Driver;
  /** A key that encrypts the secrets of a stack that is made; a passphrase otherwise. */
  secretsProvider?: string;
  preflight(state: StackState): Promise<Preflight>;
  /** Builds and puts up what the artefact store lacks. */
  publish(): Promise<void>;
  /** Whether to go on, with what the preview found. */
  confirm(preview: ResourceReview): Promise<boolean>;
  /** After `up`: targets ready, gateway as planned, first call. Not in a rehearsal without a gateway. */
  check?(outputs: Record<string, unknown>): Promise<unknown>;
  say(text: string): void;
  /** Pulumi's own lines. */
  onOutput?(text: string): void;
}

export interface Deployment {
  stack: string;
  /** `declined`: the preview was not confirmed, nothing was changed. */
  result: 'deployed' | 'unchanged' | 'declined';
  preview: ResourceReview;
  outputs: Record<string, unknown>;
  checked: unknown;
}

/** Throws what failed, with what exists now and what to run next in its hint. */
export async function deploy(ports: DeployPorts): Promise<Deployment> {
  const { plan, driver, secretsProvider, say } = ports;
  const found = await readState(driver);
  requireSound(await ports.preflight(found), plan.stack, say);
  if (!found.exists) {
    // Pulumi's default for a new stack is a passphrase, whatever the stack's file names
    const key = secretsProvider === undefined ? [] : ['--secrets-provider', secretsProvider];
    await pulumi(driver, ['stack', 'select', '--create', ...key], found, ports);
  }
  // a stack that was just made has a state of its own
  const before = found.exists ? found : await readState(driver);
  say('publishing packages and tool schemas that the artefact store lacks');
  await ports.publish();
  const folder = await mkdtemp(join(tmpdir(), 'mcpgw-deploy-')); // 0700: a saved plan holds configuration
  try {
    const saved = join(folder, 'plan.json');
    const said = await pulumi(driver, ['preview', '--json', '--save-plan', saved], before, ports);
    const preview = readDigest(said);
    if (!(await ports.confirm(preview))) {
      return {
        stack: plan.stack,
        result: 'declined',
        preview,
        outputs: before.outputs ?? {},
        checked: undefined,
      };
    }
    await requireSameState(driver, before);
    // also without a changed resource: the provider's tags or the stack's outputs may be new
    await pulumi(driver, ['up', '--yes', '--skip-preview', '--plan', saved], before, ports, true);
    const { outputs = {} } = await readState(driver);
    const checked = await ports.check?.(outputs);
    const result = preview.changes.length > 0 ? 'deployed' : 'unchanged';
    return { stack: plan.stack, result, preview, outputs, checked };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function requireSound(
  { problems, unchecked, passed }: Preflight,
  stack: string,
  say: (text: string) => void,
): void {
  if (passed.length > 0) say(`preflight: ${passed.join(', ')}: fine`);
  for (const what of unchecked) say(`preflight: not checked, ${what}`);
  if (problems.length === 0) return;
  const lines = problems.map(({ check, message, hint }) => `  ${check}: ${message}\n    ${hint}`);
  throw new McpgwError(
    'preflight-failed',
    `stack ${stack} cannot be deployed, nothing was changed:\n${lines.join('\n')}`,
    { hint: `mend them, then run \`mcpgw deploy --stack ${stack}\` again` },
  );
}

/** A saved plan is good for the state it was made for. */
async function requireSameState(driver: Driver, before: StackState): Promise<void> {
  const now = await readState(driver);
  if (now.version === before.version) return;
  throw new McpgwError('plan-stale', 'the stack was changed since the preview: its plan no longer counts', {
    hint: 'run the deployment again, it makes a new preview',
  });
}

async function pulumi(
  driver: Driver,
  args: readonly string[],
  before: StackState,
  { plan, onOutput }: DeployPorts,
  changes = false,
): Promise<string> {
  const { exitCode, stdout, stderr } = await driver.run(args, changes ? onOutput : undefined);
  if (exitCode === 0) return stdout;
  const state = await readState(driver).catch(() => before);
  const { message, hint } = failureReport(plan, String(args[0]), { stdout, stderr }, state);
  throw new McpgwError('deploy-failed', message, { hint });
}
