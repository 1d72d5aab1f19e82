/** Two manifests: between them a server changes, one goes, one comes and one stays. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../../plan/hash.ts';
import type { ServerEntry, ToolDefinition } from '../../../plan/manifest.ts';
import { toolFacts } from '../../../plan/tool-facts.ts';
import { type NewManifest, readDefinitions, readManifest } from '../../../store/manifest.ts';

function make(versions: Readonly<Record<string, string>>): NewManifest {
  const definitions: Record<string, ToolDefinition[]> = {};
  const servers = Object.entries(versions).map(([id, version]): ServerEntry => {
    const definition = { name: 'read', description: `Reads ${version}.`, inputSchema: { type: 'object' } };
    definitions[id] = [definition];
    return {
      formatVersion: 1,
      id,
      kind: 'stdio',
      package: { name: id, version },
      tools: { read: { ...toolFacts(definition), access: 'read', because: 'name' } },
    };
  });
  return { source: { formatVersion: 1, type: 'pypi', packages: { ...versions } }, servers, definitions };
}

export const manifests = {
  before: make({ changes: '1.0.0', goes: '1.0.0', stays: '1.0.0' }),
  after: make({ changes: '2.0.0', comes: '1.0.0', stays: '1.0.0' }),
};

/** Everything a reader learns of the folder, and every byte in it. */
export async function snapshot(folder: string): Promise<string> {
  const manifest = await readManifest(folder);
  const definitions = await Promise.all(
    Object.values(manifest.servers).map((entry) => readDefinitions(folder, entry)),
  );
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(async ({ parentPath, name }) => [
      join(parentPath.slice(folder.length), name),
      await readFile(join(parentPath, name), 'utf8'),
    ]);
  return canonicalJson([manifest, definitions, (await Promise.all(files)).sort()]);
}
