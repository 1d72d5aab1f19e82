/** What the source says about a server: the static reader's facts and the lock's text. */
import path from 'node:path';
import type { Classified } from './classify/classify.ts';
import { readRegular } from './files.ts';
import { memory, readersHash } from './memory.ts';
import type { Readers } from './reading/readers.ts';
import type { StaticFacts } from './static/index.ts';
import { printable } from './text.ts';

export async function readLock(server: Classified): Promise<string | undefined> {
  return (await readRegular(path.join(server.directory, 'uv.lock')))?.toString('utf8');
}

/** A package that cannot be read, or not wholly, says so in the words of `unresolved`. */
export async function readFacts(server: Classified, readers: Readers): Promise<StaticFacts> {
  const { entrypoint } = server;
  const files = Object.keys(server.sources?.files ?? {});
  const place = memory<StaticFacts>('facts', {
    readers: await readersHash(),
    source: server.sources?.hash,
    entrypoint,
  });
  const known = await place.recall();
  if (known !== undefined) return known;
  const answer = await readers.read({
    location: { root: server.directory, files },
    options: entrypoint === undefined ? {} : { entrypoint },
  });
  if ('problem' in answer) return { ...NOTHING, unresolved: [`its source was not read: ${answer.problem}`] };
  const { broken } = answer.facts;
  const facts = {
    ...answer.facts,
    unresolved: [
      ...answer.facts.unresolved,
      ...broken.map((file) => `${printable(file)} is not wholly Python, so what it does is not known`),
    ],
  };
  await place.remember(facts);
  return facts;
}

const NOTHING: StaticFacts = {
  environment: [],
  arguments: [],
  actions: {},
  unresolved: [],
  tools: [],
  conditional: {},
  generated: [],
  broken: [],
};
