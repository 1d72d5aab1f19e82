/** A folder that should be a checkout of awslabs/mcp: every directory of src/ classified, everything unreadable named at once. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { McpgwError } from '../../plan/errors.ts';
import { type Classified, classifyDirectory } from '../classify/classify.ts';
import { isDirectory } from '../files.ts';
import { printable } from '../text.ts';

export interface CheckoutScan {
  servers: Classified[];
  /** Entries of src/ that are no server, with the reason. */
  ignored: Record<string, string>;
}

const MAX_ENTRIES = 2000;

export async function scanCheckout(checkout: string): Promise<CheckoutScan> {
  const src = path.join(checkout, 'src');
  if (!(await isDirectory(src))) throw notACheckout(checkout, 'it has no folder src');
  const names = (await readdir(src)).sort();
  if (names.length > MAX_ENTRIES) throw notACheckout(checkout, `src has ${names.length} entries`);
  const servers: Classified[] = [];
  const ignored: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of names) {
    const outcome = await classifyDirectory(src, name);
    if ('classified' in outcome) servers.push(outcome.classified);
    else if ('problem' in outcome)
      problems.push(`src/${printable(name)}: ${printable(outcome.problem, 300)}`);
    else ignored[printable(name)] = outcome.ignored;
  }
  if (problems.length > 0) {
    throw new McpgwError('not-a-checkout', `${checkout} cannot be read:\n  ${problems.join('\n  ')}`, {
      hint: 'mend or remove the named files; nothing was written',
    });
  }
  if (!servers.some((server) => server.kind === 'stdio')) {
    throw notACheckout(checkout, 'no directory of src holds an MCP server');
  }
  return { servers, ignored };
}

function notACheckout(checkout: string, why: string): McpgwError {
  return new McpgwError('not-a-checkout', `${checkout} is no checkout of awslabs/mcp: ${why}`, {
    hint: 'name the folder that holds src/ with --checkout DIR, or published packages with --from-pypi NAME',
  });
}
