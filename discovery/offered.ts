/** Remote servers that AWS runs and the repository only mentions. */
import type { Classified } from './classify/classify.ts';
import type { KnowledgeBook } from './knowledge.ts';

/** Those that no folder documents, where a server is that they stand beside. */
export function offeredRemotes(book: KnowledgeBook, servers: readonly Classified[]): Classified[] {
  const present = new Set(servers.map(({ id }) => id));
  return Object.entries(book)
    .filter(([id, entries]) => {
      const beside = entries.flatMap((entry) => entry.beside ?? []);
      return !present.has(id) && beside.some((neighbour) => present.has(neighbour));
    })
    .map(([id]) => ({ id, directory: '', kind: 'remote', rejected: {} }));
}
