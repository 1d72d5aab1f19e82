/** A manifest entry with what the static reader says now of the server's sources. */
import glob from 'fast-glob';
import { coverToolNames, readPackageSource } from '../../../discovery/static/index.ts';
import type { ServerEntry } from '../../../plan/manifest.ts';

/** Only the tools' names are taken from the entry: what they reach, and what the server calls, is read. */
export async function freshly(entry: ServerEntry, root: string): Promise<ServerEntry> {
  const files = await glob('**/*.py', { cwd: root, ignore: ['tests/**'] });
  const read = await readPackageSource(
    { root, files },
    entry.entrypoint ? { entrypoint: entry.entrypoint } : {},
  );
  const facts = coverToolNames(read, Object.keys(entry.tools ?? {}));
  const reached = new Map(facts.tools.map((tool) => [tool.name, tool.actions]));
  const tools = Object.entries(entry.tools ?? {}).map(([name, { actions: _, ...tool }]) => {
    const actions = reached.get(name);
    return [name, actions === undefined ? tool : { ...tool, actions }] as const;
  });
  return {
    ...entry,
    arguments: facts.arguments,
    aws: { actions: facts.actions, unresolved: facts.unresolved },
    tools: Object.fromEntries(tools),
  };
}
