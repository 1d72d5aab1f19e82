/** What the source says about a server: the static reader's facts and the lock's text. */
import path from 'node:path';
import type { Classified } from './classify/classify.ts';
import { readRegular } from './files.ts';
import { readersHash, remembered } from './memory.ts';
import { readPackageSource, type StaticFacts } from './static/index.ts';

export async function readLock(server: Classified): Promise<string | undefined> {
  return (await readRegular(path.join(server.directory, 'uv.lock')))?.toString('utf8');
}

export async function readFacts(server: Classified): Promise<StaticFacts> {
  const { entrypoint } = server;
  const files = Object.keys(server.sources?.files ?? {});
  const key = { readers: await readersHash(), source: server.sources?.hash, entrypoint };
  return remembered('facts', key, () =>
    readPackageSource({ root: server.directory, files }, entrypoint === undefined ? {} : { entrypoint }),
  );
}
