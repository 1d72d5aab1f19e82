/**
 * Recognises a run whose outcome is known: same source, options and readers, and a manifest folder that is
 * byte for byte what that run left. Such a run neither probes nor writes.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { memory, readersHash } from './memory.ts';
import type { ResolvedSource } from './source/resolve.ts';
import type { DiscoverOptions, DiscoveryResult } from './types.ts';

export async function runKey(
  options: DiscoverOptions,
  resolved: ResolvedSource,
  chosen: ReadonlySet<string>,
): Promise<object> {
  const { probe = true, python = null, inputs = {} } = options;
  return {
    readers: await readersHash(),
    folder: path.resolve(options.manifest),
    source: resolved.source,
    servers: resolved.scan.servers.map(({ id, kind, entrypoint, endpoints, sources }) => {
      return { id, kind, entrypoint, endpoints, hash: sources?.hash };
    }),
    chosen: [...chosen].sort(),
    probe,
    python,
    inputs,
  };
}

interface Remembered {
  folder: string;
  result: Omit<DiscoveryResult, 'written' | 'removed'>;
}

export async function recallRun(manifest: string, key: object): Promise<DiscoveryResult | undefined> {
  const known = await memory<Remembered>('runs', key).recall();
  if (known === undefined || known.folder !== (await folderHash(manifest))) return undefined;
  const reports = known.result.reports.map((report) => {
    return { ...report, seconds: { install: 0, probe: 0 }, cached: report.kind === 'stdio' };
  });
  return { ...known.result, reports, written: [], removed: [] };
}

/** A server that failed may succeed next time, so a run with one is not remembered. */
export async function rememberRun(manifest: string, key: object, result: DiscoveryResult): Promise<void> {
  if (result.reports.some((report) => report.status === 'failed')) return;
  const { written: _written, removed: _removed, ...rest } = result;
  await memory<Remembered>('runs', key).remember({ folder: await folderHash(manifest), result: rest });
}

async function folderHash(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const part of ['', 'servers', 'tools']) {
    const names = await readdir(path.join(folder, part), { withFileTypes: true }).catch(() => []);
    for (const name of names
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
      .sort()) {
      hash
        .update(`${part}/${name}\0`)
        .update(await readFile(path.join(folder, part, name)))
        .update('\0');
    }
  }
  return hash.digest('hex');
}
