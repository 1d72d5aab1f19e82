/** Everything that can be known to fail before the first change, asked at once and reported together. */
import { messageOf } from '../../plan/errors.ts';
import type { Plan } from '../../plan/types.ts';
import type { Driver } from './driver.ts';
import type { StackState } from './state.ts';

export interface PreflightProblem {
  check: string;
  message: string;
  hint: string;
}

export interface CheckContext {
  plan: Plan;
  driver: Driver;
  /** Who the credentials are; undefined in a rehearsal, or when there are none. */
  caller?: Caller | undefined;
  /** The stack as it is; undefined where that is not known. */
  state?: StackState | undefined;
}

export interface Caller {
  account: string;
  arn: string;
}

export interface Check {
  name: string;
  /** What is wrong; nothing when all is well. A throw counts as "could not be checked". */
  run(context: CheckContext): Promise<Omit<PreflightProblem, 'check'>[]>;
}

export interface Preflight {
  problems: PreflightProblem[];
  /** What could not be checked, and why: said, but no reason to stop. */
  unchecked: string[];
  passed: string[];
}

export async function preflight(checks: readonly Check[], context: CheckContext): Promise<Preflight> {
  const results = await Promise.all(
    checks.map(async ({ name, run }) => {
      try {
        return { name, found: await run(context) };
      } catch (error) {
        return { name, unchecked: `${name}: ${messageOf(error)}` };
      }
    }),
  );
  return {
    problems: results.flatMap(({ name, found = [] }) =>
      found.map((problem) => ({ check: name, ...problem })),
    ),
    unchecked: results.flatMap(({ unchecked }) => unchecked ?? []),
    passed: results.flatMap(({ name, found }) => (found?.length === 0 ? [name] : [])),
  };
}

/** The backend answers, and nobody else is at work on the stack. */
export const backendCheck: Check = {
  name: 'backend',
  async run({ driver }) {
    const { exitCode, stderr, stdout } = await driver.backend(['whoami', '--json']);
    if (exitCode === 0) return [];
    const said = (stderr || stdout).trim().split('\n').at(-1) ?? '';
    return [
      {
        message: `Pulumi's backend cannot be reached: ${said}`,
        hint: 'log in (`pulumi login s3://…`) or set PULUMI_BACKEND_URL, and check its credentials',
      },
    ];
  },
};

/** The plan's own targets must be able to be published: their definitions are there. */
export function definitionsCheck(read: (plan: Plan) => Promise<unknown>): Check {
  return {
    name: 'tool definitions',
    async run({ plan }) {
      try {
        await read(plan);
        return [];
      } catch (error) {
        const hint = (error as { hint?: string }).hint ?? 'run `mcpgw discover`';
        return [{ message: messageOf(error), hint }];
      }
    },
  };
}
