/** A published server, installed and ready to start, for benchmarks and the soak. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { discover, prepareServer } from '../../discovery/index.ts';
import type { ServerEntry } from '../../plan/manifest.ts';
import type { LaunchSpec, ProxySettings } from '../../plan/types.ts';
import { readManifest } from '../../store/manifest.ts';

export interface Published {
  entry: ServerEntry;
  launch: LaunchSpec;
}

export async function published(packages: readonly string[]): Promise<Published[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mcpgw-bench-'));
  try {
    const manifestDir = join(folder, 'manifest');
    await discover({ fromPypi: [...packages], manifest: manifestDir, python: 'any' });
    const manifest = await readManifest(manifestDir);
    const found: Published[] = [];
    for (const entry of Object.values(manifest.servers)) {
      found.push({ entry, launch: await prepareServer({ entry, source: manifest.source }) });
    }
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Settings that let every tool of a server through, under its own names. */
export function openSettings(entry: ServerEntry, target: string): ProxySettings {
  return {
    server: entry.id,
    target,
    arguments: [],
    environment: {},
    aliases: {},
    allow: Object.keys(entry.tools ?? {}),
    onToolError: 'return',
    isolation: 'warm',
  };
}
