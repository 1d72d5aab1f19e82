/**
 * `mcpgw contract`: puts a probe target on a gateway, asks every question, takes everything away again, whatever
 * happened in between, and says what could not be taken away.
 */
import { McpgwError, messageOf } from '../../plan/errors.ts';
import { SCHEMA_VARIANTS } from './probe.ts';
import { type Finding, type ProbedGateway, QUESTIONS } from './questions.ts';

/** What the kit does to an account; made for AWS in aws-platform.ts, by hand in the tests. */
export interface ContractPlatform {
  /** Makes function, role, permission and target, and waits until the target is ready. */
  deployProbe(): Promise<ProbedGateway>;
  /** Whether a target is accepted whose schema, read from S3, is this one. */
  tryTargetSchema(inputSchema: object): Promise<{ accepted: boolean; message: string }>;
  /** How six target operations at once end, one text each: `accepted` or the refusal. */
  sixAtOnce(): Promise<string[]>;
  /** Takes away all that was made, the last first; gives back what could not be. */
  removeAll(): Promise<string[]>;
}

/** Dollars, at most: some 20 tool calls and lists at $5 a million, some 20 function runs of 128 MB, some S3 requests. */
export const COST_BOUND = 0.01;

export interface ContractRun {
  findings: Map<string, Finding>;
  /** What is still there, as a person would look for it. */
  left: string[];
}

/** An abort of `signal` stops the asking, never the taking away. */
export async function runContract(
  platform: ContractPlatform,
  say: (text: string) => void = () => {},
  signal?: AbortSignal,
): Promise<ContractRun> {
  const findings = new Map<string, Finding>();
  let failure: unknown;
  const next = (text: string) => {
    signal?.throwIfAborted();
    say(text);
  };
  try {
    next('deploying the probe target');
    const gateway = await platform.deployProbe();
    for (const question of QUESTIONS) {
      next(question.asks);
      findings.set(question.id, await question.ask(gateway).catch(unanswered));
    }
    for (const [name, schema] of Object.entries(SCHEMA_VARIANTS)) {
      next(`Is a schema from S3 accepted that has ${name}?`);
      const tried = await platform.tryTargetSchema(schema).then(
        ({ accepted, message }) => ({
          answer: accepted ? 'accepted' : 'refused',
          evidence: message.slice(0, 400),
        }),
        unanswered,
      );
      findings.set(`schema ${name}`, tried);
    }
    next('Are six target operations at once accepted?');
    findings.set('sixth-operation', await platform.sixAtOnce().then(judgeSix, unanswered));
    signal?.throwIfAborted();
  } catch (thrown) {
    failure = thrown;
  }
  say('taking everything away');
  const left = await platform.removeAll();
  if (failure === undefined) return { findings, left };
  const rest = left.length === 0 ? 'Everything made for it is gone.' : `Still there: ${left.join(', ')}.`;
  const what = signal?.aborted ? 'stopped' : `the probe could not be deployed: ${messageOf(failure)}`;
  throw new McpgwError('internal', `${what}. ${rest}`, {
    hint: left.length === 0 ? 'mend that and run it again' : 'remove by hand what is still there',
    cause: failure,
  });
}

function judgeSix(outcomes: readonly string[]): Finding {
  const refused = outcomes.filter((outcome) => outcome !== 'accepted');
  return {
    answer: refused.length === 0 ? 'accepted' : 'refused',
    evidence: refused.length === 0 ? 'all six were accepted' : refused.join('; ').slice(0, 400),
  };
}

/** One question that fails does not stop the others. */
function unanswered(thrown: unknown): Finding {
  return { answer: 'not answered', evidence: messageOf(thrown).slice(0, 400) };
}
