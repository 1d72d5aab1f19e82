/** Brings together what `mcpgw why --from-log` needs: the plan, a log, and the table from calls to IAM actions. */
import { resolve } from 'node:path';
import { awsCatalogue } from '../discovery/aws/catalogue.ts';
import type { Plan } from '../plan/types.ts';
import { usageOf as compare, type Usage } from '../plan/why/usage.ts';
import { readCallLog } from './call-log.ts';

export { renderUsage } from '../plan/why/usage-text.ts';

export async function usageOf(
  plan: Plan,
  { file, cwd, servers }: { file: string; cwd: string; servers: readonly string[] | undefined },
): Promise<Usage> {
  const log = await readCallLog(file === '-' ? '-' : resolve(cwd, file), process.stdin);
  return compare(plan, log, actionsOf, servers);
}

/** botocore's monitoring names a service by its id and an operation by its own name: `IAM:ListUsers`. */
export function actionsOf(call: string): readonly string[] | undefined {
  const at = call.indexOf(':');
  const catalogue = awsCatalogue();
  const service = catalogue.serviceById(call.slice(0, at));
  return service === undefined ? undefined : catalogue.operation(service, call.slice(at + 1))?.actions;
}
