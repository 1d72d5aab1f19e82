/** Stacks brought up as they stand, with the committed manifest: those of the repository, and what these leave out. */
import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import type { Output } from '../../../offline/backend.ts';
import type { Operation } from '../../../offline/plugin/journal.ts';
import { EXISTING, TOOLSETS } from './further.ts';
import { Rehearsal, ROOT } from './rehearsal.ts';

export interface StackCase {
  config: Record<string, unknown>;
  /** What the account has before. */
  before?: readonly Operation[];
}

/** One with everything on. */
export const EVERYTHING = 'tests/engine/support/Pulumi.everything.yaml';

/** Together they make a resource of each type that the program can make: files below the repository, and what they leave out. */
export const ALL_TYPES: readonly [name: string, stack: string | StackCase][] = [
  ['everything', EVERYTHING],
  ['toolsets', TOOLSETS],
  ['existing', EXISTING],
];

/** What `up` of it did. Of a file, nothing of a test's own is in its settings. */
export async function operationsOf(stackOf: string | StackCase): Promise<Operation[]> {
  const stack = await openCase(typeof stackOf === 'string' ? await readCase(stackOf) : stackOf);
  try {
    succeeded(await stack.up());
    return stack.operations();
  } finally {
    await stack.close();
  }
}

/** Nothing of it is made yet. */
export async function openCase({ config, before = [] }: StackCase): Promise<Rehearsal> {
  const stack = await Rehearsal.open(config, {
    MCPGW_MANIFEST: path.join(ROOT, 'manifest'),
    MCPGW_OFFLINE_LATENCY: '0',
  });
  await appendFile(
    stack.backend.journal,
    before.map((operation) => `${JSON.stringify(operation)}\n`).join(''),
  );
  stack.operations();
  return stack;
}

export async function readCase(file: string): Promise<StackCase> {
  return parse(await readFile(path.join(ROOT, file), 'utf8')) as StackCase;
}

export function succeeded({ exitCode, stdout, stderr }: Output): void {
  if (exitCode !== 0) throw new Error(`${stdout.slice(-3000)}\n${stderr.slice(-2000)}`);
}
