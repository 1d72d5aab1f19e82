/** The stand-in's own guard: it serves nothing but a throw-away backend, whoever started it. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { McpgwError } from '../plan/errors.ts';

/** Throws backend-refused unless this process belongs to an offline backend. Returns its folder. */
export function requireOfflineBackend(environment: Readonly<Record<string, string | undefined>>): string {
  const folder = environment.MCPGW_OFFLINE;
  const wanted = folder && pathToFileURL(path.join(folder, 'state')).href;
  if (folder && environment.PULUMI_BACKEND_URL === wanted) return folder;
  throw new McpgwError(
    'backend-refused',
    'the stand-in aws plugin serves only a throw-away offline backend',
    {
      hint: 'use `mcpgw preview --offline`, or install the real aws plugin: `pulumi plugin install resource aws`',
    },
  );
}
