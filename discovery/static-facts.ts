/** What the source says about a server: the static reader's facts and the lock's text. */
import path from 'node:path';
import type { ActionEntry } from '../plan/manifest.ts';
import type { Classified } from './classify/classify.ts';
import { readRegular } from './files.ts';

export interface StaticFacts {
  environment: string[];
  arguments: string[];
  actions: Record<string, ActionEntry>;
  unresolved: string[];
  tools: { name: string; from: string; actions: string[] }[];
}

export async function readFacts(
  server: Classified,
): Promise<{ facts: StaticFacts | undefined; lockText: string | undefined }> {
  const lock = await readRegular(path.join(server.directory, 'uv.lock'));
  const files = Object.keys(server.sources?.files ?? {});
  const where = './static/index.ts';
  const reader = (await import(where).catch(() => undefined)) as
    | { readPackageSource(source: { root: string; files: string[] }): Promise<StaticFacts> }
    | undefined;
  const facts = await reader?.readPackageSource({ root: server.directory, files });
  return { facts, lockText: lock?.toString('utf8') };
}
