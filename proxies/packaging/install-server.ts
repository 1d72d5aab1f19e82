/**
 * Installs the server itself: its package folders as they are, and the metadata that importlib asks for.
 * Its build backend is not run: hooks there reach the network (one server downloads certificates) or run code.
 */
import { cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { z } from 'zod';
import { McpgwError } from '../../plan/errors.ts';
import { hatchTool } from '../../plan/hatch.ts';
import type { ServerFile } from './server-file.ts';

const projectSchema = z.object({
  project: z.object({
    scripts: z.record(z.string(), z.string()).default({}),
    'requires-python': z.string().optional(),
  }),
  tool: hatchTool,
});

/** Returns the programs of its build hooks, which were not run. */
export async function installServer(source: string, target: string, file: ServerFile): Promise<string[]> {
  const pyproject = projectSchema.parse(parseToml(await readFile(join(source, 'pyproject.toml'), 'utf8')));
  // Without a list: the folder that the entrypoint's module begins with.
  const top = file.entrypoint.module.split('.')[0] ?? '';
  const hatch = pyproject.tool?.hatch?.build;
  const folders = hatch?.targets?.wheel?.packages ?? [top];
  for (const folder of folders) {
    if (folder.split('/').includes('..') || folder.startsWith('/')) {
      throw new McpgwError(
        'package-failed',
        `${file.server}: pyproject.toml packages ${folder}, outside of it`,
      );
    }
    const from = join(source, folder);
    if (!(await stat(from).catch(() => undefined))?.isDirectory()) {
      throw new McpgwError('package-failed', `${file.server}: ${folder}/ is missing in its source`, {
        hint: 'pyproject.toml names it as the package',
      });
    }
    await cp(from, join(target, basename(folder)), {
      recursive: true,
      force: true,
      verbatimSymlinks: true,
      filter: (path) => !/(?:^|\/)__pycache__$|\.py[co]$/.test(path),
    });
  }
  const { name, version } = file.package;
  const info = join(target, `${name.replaceAll(/[-_.]+/g, '_').toLowerCase()}-${version}.dist-info`);
  await mkdir(info, { recursive: true });
  const requires = pyproject.project['requires-python'];
  await writeFile(
    join(info, 'METADATA'),
    [
      'Metadata-Version: 2.1',
      `Name: ${name}`,
      `Version: ${version}`,
      ...(requires === undefined ? [] : [`Requires-Python: ${requires}`]),
      '',
    ].join('\n'),
  );
  const scripts = Object.entries(pyproject.project.scripts).sort(([a], [b]) => (a < b ? -1 : 1));
  await writeFile(
    join(info, 'entry_points.txt'),
    ['[console_scripts]', ...scripts.map(([script, object]) => `${script} = ${object}`), ''].join('\n'),
  );
  const hooks = JSON.stringify([hatch?.hooks, hatch?.targets?.wheel?.hooks]);
  if (hooks === '[null,null]') return [];
  const programs = [...hooks.matchAll(/"path":"([^"]+)"/g)].flatMap((match) => match[1] ?? []);
  return programs.length > 0 ? [...new Set(programs)] : ['of a plugin'];
}

/**
 * Stands in for the console script: same module, same attribute, same exit code, without looking up its own
 * metadata first, and with the script's name where argparse takes it from.
 */
export function bootstrapText(file: ServerFile): string {
  const { script, module, attribute } = file.entrypoint;
  const [first = '', ...rest] = attribute.split('.');
  return [
    'import gc',
    'import os',
    'import sys',
    '',
    '# Amazon Linux keeps its certificates where a Python built elsewhere does not look.',
    "if os.path.exists('/etc/pki/tls/certs/ca-bundle.crt'):",
    "    os.environ.setdefault('SSL_CERT_FILE', '/etc/pki/tls/certs/ca-bundle.crt')",
    `sys.argv[0] = ${JSON.stringify(script)}`,
    '# A tenth of the start: what is imported stays, so there is nothing to collect meanwhile, nor in it later.',
    'gc.disable()',
    `from ${module} import ${first} as entry`,
    'gc.freeze()',
    'gc.enable()',
    '',
    "if __name__ == '__main__':",
    `    sys.exit(entry${rest.map((part) => `.${part}`).join('')}())`,
    '',
  ].join('\n');
}
