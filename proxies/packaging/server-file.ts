/**
 * server.json, the part of a package that tells the handler how to start its server.
 * `{root}` stands for the package's own folder, `{layer}` for the one that the Python layer is unpacked to and
 * `{node}` for the Node that runs the handler, so one package works in Lambda's folders and in any other; whoever starts it fills them in.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { McpgwError, messageOf } from '../../plan/errors.ts';
import type { ServerEntry } from '../../plan/manifest.ts';

/** File and folder names inside a package. */
export const PACKAGE_FILES = {
  handler: 'index.mjs',
  serverFile: 'server.json',
  bootstrap: 'bootstrap.py',
  /** What is in the package and from which file it came. */
  contents: 'packages.json',
  /** The server and all it depends on. */
  python: 'python',
} as const;
/** Lambda's `handler` setting for every package. */
export const LAMBDA_HANDLER = 'index.handler';

const serverFileSchema = z.strictObject({
  formatVersion: z.literal(1),
  server: z.string(),
  package: z.strictObject({ name: z.string(), version: z.string() }),
  /** Minor version of the layer it needs. */
  python: z.string().regex(/^3\.\d+$/),
  entrypoint: z.strictObject({ script: z.string(), module: z.string(), attribute: z.string() }),
  /** Names of the tools that the manifest pins, sorted. */
  tools: z.array(z.string()),
  /** The start, with `{root}`, `{layer}` and `{node}`. */
  command: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
});
export type ServerFile = z.infer<typeof serverFileSchema>;

/** server.json of a manifest entry. Throws manifest-invalid when the entry cannot be packaged. */
export function serverFileOf(entry: ServerEntry): ServerFile {
  if (entry.package === undefined || entry.entrypoint === undefined || entry.build === undefined) {
    throw new McpgwError('manifest-invalid', `${entry.id}: a package needs package, entrypoint and build`, {
      hint: `run \`mcpgw discover --servers ${entry.id}\``,
    });
  }
  const { python } = entry.build;
  const home = `{layer}/python${python}`;
  const packages = `{root}/${PACKAGE_FILES.python}`;
  return {
    formatVersion: 1,
    server: entry.id,
    package: { name: entry.package.name, version: entry.package.version },
    python,
    entrypoint: entry.entrypoint,
    tools: Object.keys(entry.tools ?? {}).sort(),
    command: `${home}/bin/python${python}`,
    // -P: the package's root itself is not searched for modules.
    args: ['-P', `{root}/${PACKAGE_FILES.bootstrap}`],
    env: {
      PYTHONHOME: home,
      // Not only for the server: what it starts with sys.executable finds its packages too.
      PYTHONPATH: packages,
      // The folders are read-only on Lambda; elsewhere a write would change the package.
      PYTHONDONTWRITEBYTECODE: '1',
      // Playwright's own Node (113 MB) is left out of packages; read by nothing else.
      PLAYWRIGHT_NODEJS_PATH: '{node}',
      PATH: `${home}/bin:${packages}/bin:/usr/local/bin:/usr/bin:/bin`,
    },
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
