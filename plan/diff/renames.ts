/** Pairs of what went and what came that are the same thing under another name. */
import { canonicalJson } from '../hash.ts';
import type { ServerEntry, ToolEntry } from '../manifest.ts';

/** At least this share of the tools of both must have one name. */
const SHARED_TOOLS = 0.6;

export function renamedServers(
  removed: readonly ServerEntry[],
  added: readonly ServerEntry[],
): Map<string, string> {
  return bestPairs(removed, added, (entry) => entry.id, serverLikeness);
}

function serverLikeness(old: ServerEntry, made: ServerEntry): number {
  if (old.source !== undefined && old.source === made.source) return 3;
  if (old.package && old.package.name === made.package?.name) return 2;
  const [had, has] = [Object.keys(old.tools ?? {}), new Set(Object.keys(made.tools ?? {}))];
  const shared = had.filter((name) => has.has(name)).length;
  const share = shared / Math.max(1, new Set([...had, ...has]).size);
  return shared >= 2 && share >= SHARED_TOOLS ? share : 0;
}

export function renamedTools(
  removed: readonly (readonly [string, ToolEntry])[],
  added: readonly (readonly [string, ToolEntry])[],
): Map<string, string> {
  return bestPairs(removed, added, ([name]) => name, toolLikeness);
}

/** The same words are the same tool; the same parameters only when the names have most of their words in common. */
function toolLikeness(
  [oldName, old]: readonly [string, ToolEntry],
  [newName, made]: readonly [string, ToolEntry],
): number {
  if (old.definition.words === made.definition.words) return 2;
  const same = canonicalJson(old.parameters) === canonicalJson(made.parameters);
  if (!same || Object.keys(old.parameters).length < 2) return 0;
  const [had, has] = [parts(oldName), parts(newName)];
  const shared = [...had].filter((part) => has.has(part)).length / Math.max(had.size, has.size);
  return shared >= 0.5 ? shared : 0;
}

function parts(name: string): Set<string> {
  return new Set(
    name
      .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
      .toLowerCase()
      .split(/[^a-z0-9]+/),
  );
}

function bestPairs<T>(
  removed: readonly T[],
  added: readonly T[],
  nameOf: (item: T) => string,
  likeness: (old: T, made: T) => number,
): Map<string, string> {
  const candidates = removed.flatMap((old) =>
    added.map((made) => ({ old: nameOf(old), made: nameOf(made), score: likeness(old, made) })),
  );
  const pairs = new Map<string, string>();
  const taken = new Set<string>();
  const order = candidates
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.old + a.made < b.old + b.made ? -1 : 1));
  for (const { old, made } of order) {
    if (pairs.has(old) || taken.has(made)) continue;
    pairs.set(old, made);
    taken.add(made);
  }
  return pairs;
}
