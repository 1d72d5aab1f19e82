/**
 * server.json, the part of a package that tells the handler how to start its server, and the start itself.
 * Written by packaging, read by proxies/lambda.ts; the paths are filled in where it runs, so one package works
 * in Lambda's folders and in any other.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { McpgwError, messageOf } from '../../plan/errors.ts';
import type { ServerEntry } from '../../plan/manifest.ts';
import type { LaunchSpec } from '../../plan/types.ts';

/** File and folder names inside a package. */
export const PACKAGE_FILES = {
  handler: 'index.mjs',
  serverFile: 'server.json',
  bootstrap: 'bootstrap.py',
  /** The server and all it depends on. */
  python: 'python',
} as const;
/** Lambda's `handler` setting for every package. */
export const LAMBDA_HANDLER = 'index.handler';
/** Where Lambda unpacks layers, and where our images put Python. */
export const LAYER_ROOT = '/opt';

const serverFileSchema = z.strictObject({
  formatVersion: z.literal(1),
  server: z.string(),
  package: z.strictObject({ name: z.string(), version: z.string() }),
  /** Minor version: the layer holds `python<minor>/`. */
  python: z.string().regex(/^3\.\d+$/),
  entrypoint: z.strictObject({ script: z.string(), module: z.string(), attribute: z.string() }),
  /** Names of the tools that the manifest pins, sorted. */
  tools: z.array(z.string()),
});
export type ServerFile = z.infer<typeof serverFileSchema>;

/** server.json of a manifest entry. Throws manifest-invalid when the entry cannot be packaged. */
export function serverFileOf(entry: ServerEntry): ServerFile {
  if (entry.package === undefined || entry.entrypoint === undefined || entry.build === undefined) {
    throw new McpgwError('manifest-invalid', `${entry.id}: a package needs package, entrypoint and build`, {
      hint: `run \`mcpgw discover --servers ${entry.id}\``,
    });
  }
  return {
    formatVersion: 1,
    server: entry.id,
    package: { name: entry.package.name, version: entry.package.version },
    python: entry.build.python,
    entrypoint: entry.entrypoint,
    tools: Object.keys(entry.tools ?? {}).sort(),
  };
}

/** Reads server.json of an unpacked package. */
export async function readServerFile(taskRoot: string): Promise<ServerFile> {
  const path = join(taskRoot, PACKAGE_FILES.serverFile);
  try {
    return serverFileSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new McpgwError('package-failed', `${path}: ${messageOf(cause)}`, {
      hint: 'package the server again: `mcpgw package`',
      cause,
    });
  }
}

/** How to start the server of an unpacked package (taskRoot) with the Python of an unpacked layer (layerRoot). */
export function launchOf(
  file: ServerFile,
  options: { taskRoot: string; layerRoot?: string; arguments?: readonly string[]; path?: string },
): LaunchSpec {
  const python = join(options.layerRoot ?? LAYER_ROOT, `python${file.python}`);
  const packages = join(options.taskRoot, PACKAGE_FILES.python);
  const path = [join(python, 'bin'), join(packages, 'bin'), options.path ?? '/usr/local/bin:/usr/bin:/bin'];
  return {
    command: join(python, 'bin', `python${file.python}`),
    // -P: the task root itself is not searched for modules.
    args: ['-P', join(options.taskRoot, PACKAGE_FILES.bootstrap), ...(options.arguments ?? [])],
    env: {
      PYTHONHOME: python,
      // Not only for the server: what it starts with sys.executable finds its packages too.
      PYTHONPATH: packages,
      // The folders are read-only on Lambda; elsewhere a write would change the package.
      PYTHONDONTWRITEBYTECODE: '1',
      PATH: path.join(':'),
    },
  };
}
