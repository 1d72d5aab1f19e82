/** A Python that packages can be made for and with on this machine. */
import { join } from 'node:path';
import { ensureUv } from '../../../discovery/index.ts';
import { findInterpreter } from '../../../proxies/packaging/interpreter.ts';

export async function anyPython(work: string): Promise<string> {
  for (const minor of ['3.13', '3.12']) {
    const options = { uv: '/nonexistent/uv', pythons: join(work, 'none') };
    const found = await findInterpreter(minor, options).catch(() => undefined);
    if (found !== undefined) return found.path;
  }
  return (await findInterpreter('3.11', { uv: await ensureUv(), pythons: join(work, 'pythons') })).path;
}
