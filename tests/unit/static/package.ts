/** A Python package on disk, from texts, read by the static reader. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ReadOptions, readPackageSource, type StaticFacts } from '../../../discovery/static/index.ts';

/** Files are named below the package `awslabs.example`; the entrypoint is `main` of server.py unless said otherwise. */
export async function readSource(
  files: Readonly<Record<string, string>>,
  entrypoint: ReadOptions['entrypoint'] | 'none' = { module: 'awslabs.example.server', attribute: 'main' },
): Promise<StaticFacts> {
  const root = await mkdtemp(join(tmpdir(), 'mcpgw-static-'));
  try {
    const paths = Object.keys(files).map((file) => join('awslabs/example', file));
    for (const [file, text] of Object.entries(files)) {
      const path = join(root, 'awslabs/example', file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
    return await readPackageSource({ root, files: paths }, entrypoint === 'none' ? {} : { entrypoint });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Actions by the code they come from, of one module whose `main` is the entrypoint. */
export async function actionsOf(text: string): Promise<Record<string, string[]>> {
  const facts = await readSource({ 'server.py': text });
  return Object.fromEntries(Object.entries(facts.actions).map(([name, { from }]) => [name, from]));
}
