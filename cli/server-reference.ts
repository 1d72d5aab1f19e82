/** A server as people write it: its id, the id without `-mcp-server`, or its package's name, with or without a version. */
import { McpgwError } from '../plan/errors.ts';
import type { Manifest } from '../plan/manifest.ts';

/** `awslabs.iam-mcp-server` and `iam-mcp-server==1.0.25` are both iam-mcp-server. */
export function serverIdOf(given: string): string {
  return (given.split('==', 1)[0] ?? given).replace(/^awslabs\./, '');
}

/** The manifest's server that is meant, if it has it. */
export function findServer(given: string, manifest: Manifest): string | undefined {
  const id = serverIdOf(given);
  return [id, `${id}-mcp-server`].find((candidate) => Object.hasOwn(manifest.servers, candidate));
}

export function requireServer(given: string, manifest: Manifest): string {
  const found = findServer(given, manifest);
  if (found !== undefined) return found;
  const near = Object.keys(manifest.servers).filter((id) => id.includes(serverIdOf(given)));
  throw new McpgwError('server-unknown', `the manifest has no server ${given}`, {
    hint:
      near.length > 0
        ? `did you mean ${near.slice(0, 5).join(', ')}?`
        : '`mcpgw servers` lists what there is',
  });
}
