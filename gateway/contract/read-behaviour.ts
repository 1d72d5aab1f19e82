/** What `mcpgw contract` found, for the local gateway. Nothing else is loaded where there is no such file. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Behaviour } from '../behaviour.ts';
import { isMissing } from '../files.ts';

/** To be committed with the stack's file: what it says holds for everybody who works on the stack. */
export function contractFile(root: string, stack: string): string {
  return join(root, `contract.${stack}.yaml`);
}

/** How the account's gateway behaves, or undefined where nobody has asked it yet. */
export async function readBehaviour(root: string, stack: string): Promise<Behaviour | undefined> {
  const file = contractFile(root, stack);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
  const { behaviourOf, parseRecord } = await import('./record.ts');
  return behaviourOf(parseRecord(text, file));
}
