/** A committed stack file brought up as it stands: nothing of a test's own is in its settings. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import type { Operation } from '../../../offline/plugin/journal.ts';
import { Rehearsal, ROOT } from './rehearsal.ts';

/** One with everything on. */
export const EVERYTHING = 'tests/engine/support/Pulumi.everything.yaml';

/** What `up` of the stack file (below the repository) did, with the committed manifest. */
export async function operationsOf(file: string): Promise<Operation[]> {
  const { config } = parse(await readFile(path.join(ROOT, file), 'utf8')) as {
    config: Record<string, unknown>;
  };
  const stack = await Rehearsal.open(config, {
    MCPGW_MANIFEST: path.join(ROOT, 'manifest'),
    MCPGW_OFFLINE_LATENCY: '0',
  });
  try {
    const { exitCode, stdout, stderr } = await stack.up();
    if (exitCode !== 0) throw new Error(`${stdout.slice(-3000)}\n${stderr.slice(-2000)}`);
    return stack.operations();
  } finally {
    await stack.close();
  }
}
