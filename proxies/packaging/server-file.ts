/**
 * server.json, the part of a package that tells the handler how to start its server.
 * `{root}` stands for the package's own folder and `{layer}` for the one that the Python layer is unpacked to, so
 * one package works in Lambda's folders and in any other; proxies/lambda.ts fills them in.
 */
import { McpgwError } from '../../plan/errors.ts';
import type { ServerEntry } from '../../plan/manifest.ts';
import type { LaunchSpec } from '../../plan/types.ts';

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
/** Where Lambda unpacks layers, and where our images put Python. */
export const LAYER_ROOT = '/opt';

export interface ServerFile extends LaunchSpec {
  formatVersion: 1;
  server: string;
  package: { name: string; version: string };
  /** Minor version of the layer it needs. */
  python: string;
  entrypoint: { script: string; module: string; attribute: string };
  /** Names of the tools that the manifest pins, sorted. */
  tools: string[];
}

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
      PATH: `${home}/bin:${packages}/bin:/usr/local/bin:/usr/bin:/bin`,
    },
  };
}

/** The start of a package that is unpacked at `root`, with a layer unpacked at `layer`. */
export function launchOf(file: LaunchSpec, root: string, layer: string = LAYER_ROOT): LaunchSpec {
  const fill = (text: string) => text.replaceAll('{root}', root).replaceAll('{layer}', layer);
  return {
    command: fill(file.command),
    args: file.args.map(fill),
    env: Object.fromEntries(Object.entries(file.env).map(([name, value]) => [name, fill(value)])),
  };
}
