/** One stdio server installed, started and listed; remembered by what it was made of, so equal code is probed once. */
import { DEFAULT_PYTHON } from '../plan/build.ts';
import { messageOf } from '../plan/errors.ts';
import type { Classified } from './classify/classify.ts';
import type { ProbeOutcome } from './entry.ts';
import type { Knowledge } from './knowledge.ts';
import { memory } from './memory.ts';
import { type Listing, probeServer } from './probe/probe.ts';
import { neutral } from './probe/reason.ts';
import { accountEnvironment } from './probe/sandbox.ts';
import { createEnvironment, type EnvironmentInputs, environmentKey } from './python/environment.ts';
import { stageSources } from './python/stage.ts';
import type { DiscoverOptions, ServerInput } from './types.ts';

/** Goes up when a probe would see something else. */
const PROBE = 1;

export interface Inspection {
  outcome: ProbeOutcome;
  seconds: { install: number; probe: number };
  cached: boolean;
}

export function environmentInputs(
  server: Classified,
  knowledge: Knowledge,
  python: string | undefined,
): EnvironmentInputs {
  if (server.sources === undefined || server.entrypoint === undefined)
    throw new Error(`${server.id} is no server`);
  return {
    id: server.id,
    source: server.sources.hash,
    lock: server.sources.lock,
    script: server.entrypoint.script,
    requiresPython: server.project?.requiresPython,
    python: python ?? DEFAULT_PYTHON,
    noHooks: knowledge.noHooks,
    files: knowledge.files,
    extra: knowledge.extra,
  };
}

export async function inspectServer(options: {
  server: Classified;
  knowledge: Knowledge;
  input: ServerInput;
  python: string | undefined;
  endpoint: string;
  account: DiscoverOptions['account'];
  onPhase: (phase: 'installing' | 'starting') => void;
}): Promise<Inspection> {
  const { server, knowledge, input } = options;
  const inputs = environmentInputs(server, knowledge, options.python);
  const start = {
    arguments: [...knowledge.arguments, ...(input.arguments ?? [])],
    environment: { ...knowledge.environment, ...input.environment },
  };
  const place = memory<Seen>('probes', { environment: environmentKey(inputs), start, probe: PROBE });
  const account = knowledge.account ? options.account : undefined;
  // What an account holds changes without the code.
  const seen = account === undefined ? await place.recall() : undefined;
  if (seen !== undefined) {
    return { outcome: outcomeOf(seen, knowledge), seconds: { install: 0, probe: 0 }, cached: true };
  }
  const began = performance.now();
  let installed = began;
  let outcome: ProbeOutcome;
  try {
    options.onPhase('installing');
    if (server.sources === undefined) throw new Error('no sources');
    const staged = await stageSources(server.directory, server.sources);
    const environment = await createEnvironment(inputs, staged);
    installed = performance.now();
    options.onPhase('starting');
    const listing = await probeServer({
      launch: environment,
      ...(account === undefined
        ? { ...start, endpoint: options.endpoint }
        : { ...start, environment: { ...accountEnvironment(input.region, account), ...start.environment } }),
    });
    const found = { ...listing, python: environment.python };
    outcome = outcomeOf(found, knowledge);
    if (outcome.status !== 'failed' && account === undefined) await place.remember(found);
  } catch (error) {
    if (installed === began) installed = performance.now();
    outcome = { status: 'failed', reason: neutral(messageOf(error)), tools: [], prompts: 0, resources: 0 };
  }
  const seconds = { install: (installed - began) / 1000, probe: (performance.now() - installed) / 1000 };
  return { outcome, seconds, cached: false };
}

/** What a probe saw, and with which Python: remembered without the words of knowledge.yaml, which may change. */
type Seen = Listing & { python: string };

/** A server that fails for want of something known needs input; one that lists nothing is empty, and why is said. */
function outcomeOf(found: Seen, knowledge: Knowledge): ProbeOutcome {
  const { tools, prompts, resources, python } = found;
  const known = found.status === 'listed' ? undefined : knowledge.needs;
  const status = found.status === 'failed' && known !== undefined ? 'needs-input' : found.status;
  const reason = known ?? found.reason;
  return { status, ...(reason !== undefined && { reason }), python, tools, prompts, resources };
}
