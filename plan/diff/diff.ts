/**
 * Two manifests compared: pure, from facts and hashes alone; with the definitions of both sides also the words that
 * moved. The renderers are diff-text.ts and diff-markdown.ts.
 */
import { canonicalJson } from '../hash.ts';
import type { Manifest, ServerEntry, ToolDefinition, ToolEntry } from '../manifest.ts';
import { diffActions, diffFacts } from './facts.ts';
import { renamedServers, renamedTools } from './renames.ts';
import { diffTool, newWords } from './tools.ts';
import type { ManifestDiff, ServerDiff, ToolDiff, ToolsDiff } from './types.ts';

export type { ManifestDiff, ServerDiff, ToolDiff, ToolsDiff } from './types.ts';

/** By server id; what is missing is only missing in the words. */
export type Definitions = Readonly<Record<string, readonly ToolDefinition[]>>;

export function diffManifests(
  old: Manifest,
  made: Manifest,
  definitions: { old?: Definitions; new?: Definitions } = {},
): ManifestDiff {
  const servers: [string, ServerDiff][] = [];
  const removed = Object.values(old.servers).filter(({ id }) => !made.servers[id]);
  const added = Object.values(made.servers).filter(({ id }) => !old.servers[id]);
  const renames = renamedServers(removed, added);
  const newIds = new Set(renames.values());
  for (const entry of removed) {
    if (!renames.has(entry.id)) servers.push([entry.id, removedServer(entry)]);
  }
  for (const entry of added) {
    if (!newIds.has(entry.id)) servers.push([entry.id, addedServer(entry, definitions.new?.[entry.id])]);
  }
  const pairs = [
    ...[...renames].map(([from, to]) => [old.servers[from], made.servers[to]] as const),
    ...Object.keys(made.servers).map((id) => [old.servers[id], made.servers[id]] as const),
  ];
  for (const [was, is] of pairs) {
    if (!was || !is) continue;
    const diff = diffServer(was, is, definitions.old?.[was.id], definitions.new?.[is.id]);
    if (diff) servers.push([is.id, diff]);
  }
  servers.sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    servers: Object.fromEntries(servers),
    wordsUnknown: servers.filter(([, diff]) => hasUnknownWords(diff)).map(([id]) => id),
  };
}

export function isEmptyDiff(diff: ManifestDiff): boolean {
  return Object.keys(diff.servers).length === 0;
}

function hasUnknownWords(diff: ServerDiff): boolean {
  const { added = [], addedWords = {}, changed = {}, details = {} } = diff.tools ?? {};
  return (
    added.some((tool) => !addedWords[tool]) ||
    Object.entries(changed).some(([tool, kinds]) => kinds.includes('words') && !details[tool]?.words)
  );
}

function removedServer(entry: ServerEntry): ServerDiff {
  const tools = Object.keys(entry.tools ?? {}).sort();
  const actions = Object.keys(entry.aws?.actions ?? {}).sort();
  return {
    status: 'removed',
    version: [entry.package?.version ?? null, null],
    ...(tools.length > 0 ? { tools: { added: [], removed: tools, changed: {}, details: {} } } : {}),
    ...(actions.length > 0 ? { actions: { added: [], removed: actions } } : {}),
    tokens: [tokensOf(entry), 0],
  };
}

function addedServer(entry: ServerEntry, definitions: readonly ToolDefinition[] | undefined): ServerDiff {
  const tools = diffTools({}, entry.tools ?? {}, [], definitions);
  const actions = diffActions(undefined, entry);
  return {
    status: 'added',
    version: [null, entry.package?.version ?? null],
    ...(tools ? { tools } : {}),
    ...(actions ? { actions } : {}),
    tokens: [0, tokensOf(entry)],
  };
}

function tokensOf(entry: ServerEntry): number {
  return Object.values(entry.tools ?? {}).reduce((sum, tool) => sum + tool.tokens, 0);
}

function diffServer(
  old: ServerEntry,
  made: ServerEntry,
  oldDefinitions: readonly ToolDefinition[] | undefined,
  newDefinitions: readonly ToolDefinition[] | undefined,
): ServerDiff | undefined {
  if (canonicalJson(old) === canonicalJson(made)) return undefined;
  const renamed = old.id !== made.id;
  const versions = [old.package?.version ?? null, made.package?.version ?? null] as const;
  const tools = diffTools(old.tools ?? {}, made.tools ?? {}, oldDefinitions, newDefinitions);
  const actions = diffActions(old, made);
  const tokens: [number, number] = [tokensOf(old), tokensOf(made)];
  const sourceChanged = old.source !== made.source;
  const moved =
    versions[0] === versions[1] && !sourceChanged
      ? Object.entries(tools?.changed ?? {})
          .filter(([, kinds]) => kinds.includes('words') || kinds.includes('schema'))
          .map(([tool]) => tool)
      : [];
  const diff: ServerDiff = {
    status: renamed ? 'renamed' : 'changed',
    ...(renamed ? { from: old.id } : {}),
    ...(versions[0] === versions[1] ? {} : { version: [...versions] }),
    ...(sourceChanged ? { sourceChanged } : {}),
    ...(moved.length > 0 ? { underSameSource: moved } : {}),
    ...(tools ? { tools } : {}),
    ...(actions ? { actions } : {}),
    ...(tokens[0] === tokens[1] ? {} : { tokens }),
    ...diffFacts(old, made),
  };
  return Object.keys(diff).length > 1 ? diff : undefined;
}

function diffTools(
  old: Readonly<Record<string, ToolEntry>>,
  made: Readonly<Record<string, ToolEntry>>,
  oldDefinitions: readonly ToolDefinition[] | undefined,
  newDefinitions: readonly ToolDefinition[] | undefined,
): ToolsDiff | undefined {
  const gone = Object.entries(old).filter(([name]) => !Object.hasOwn(made, name));
  const come = Object.entries(made).filter(([name]) => !Object.hasOwn(old, name));
  const renames = renamedTools(gone, come);
  const newNames = new Set(renames.values());
  const changed: ToolsDiff['changed'] = {};
  const details: ToolsDiff['details'] = {};
  const [before, after] = [byName(oldDefinitions), byName(newDefinitions)];
  const pairs = [...renames, ...Object.keys(made).map((name) => [name, name] as const)];
  for (const [from, to] of pairs) {
    const [was, is] = [old[from], made[to]];
    if (!was || !is) continue;
    const compared = diffTool(
      { entry: was, definition: before.get(from) },
      { entry: is, definition: after.get(to) },
      Object.keys(made),
    );
    // The name is part of the schema's hash: a rename alone is no other schema.
    const { kinds, detail } = from === to ? compared : withoutName(compared, was, is);
    if (kinds.length === 0) continue;
    changed[to] = kinds;
    details[to] = detail;
  }
  const added = come.map(([name]) => name).filter((name) => !newNames.has(name));
  const removed = gone.map(([name]) => name).filter((name) => !renames.has(name));
  const addedWords = added.flatMap((name): [string, NonNullable<ToolDiff['words']>][] => {
    const definition = after.get(name);
    return definition ? [[name, newWords(definition, Object.keys(made))]] : [];
  });
  const addedFacts = come
    .filter(([name]) => added.includes(name))
    .map(([name, { access, tokens, parameters }]) => [name, { access, tokens, parameters }] as const);
  if (added.length + removed.length + renames.size + Object.keys(changed).length === 0) return undefined;
  return {
    added: added.sort(),
    removed: removed.sort(),
    ...(renames.size > 0 ? { renamed: Object.fromEntries(renames) } : {}),
    ...(addedFacts.length > 0 ? { addedFacts: Object.fromEntries(addedFacts) } : {}),
    ...(addedWords.length > 0 ? { addedWords: Object.fromEntries(addedWords) } : {}),
    changed,
    details,
  };
}

function withoutName(
  { kinds, detail }: ReturnType<typeof diffTool>,
  was: ToolEntry,
  is: ToolEntry,
): ReturnType<typeof diffTool> {
  const same = detail.schema
    ? detail.schema.length === 0
    : canonicalJson(was.parameters) === canonicalJson(is.parameters);
  return same && !detail.parameters
    ? { kinds: kinds.filter((kind) => kind !== 'schema'), detail }
    : { kinds, detail };
}

function byName(definitions: readonly ToolDefinition[] | undefined): Map<string, ToolDefinition> {
  return new Map((definitions ?? []).map((definition) => [definition.name, definition]));
}
