/**
 * The manifest folder on disk: source.yaml, servers/<id>.yaml and tools/<id>.json. Writing replaces the folder as a
 * whole or not at all; a file whose content stays is carried over as it is (same inode, same time).
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { McpgwError, messageOf } from '../plan/errors.ts';
import {
  formatServer,
  formatSource,
  type Manifest,
  type ManifestSource,
  parseServer,
  parseSource,
  type ServerEntry,
  serverId,
  type ToolDefinition,
} from '../plan/manifest.ts';
import { formatDefinitions, parseDefinitions, sameDefinitions, verifyDefinitions } from './definitions.ts';
import { replaceFiles } from './replace.ts';
import { recoverFolder, tidyFolder } from './swap.ts';

export async function readManifest(dir: string): Promise<Manifest> {
  await recoverFolder(dir);
  const source = await readIfThere(join(dir, 'source.yaml'));
  if (source === undefined) {
    throw new McpgwError('manifest-missing', `${dir} holds no manifest (there is no source.yaml)`, {
      hint: 'make one with `mcpgw discover`, or name another folder with --manifest',
    });
  }
  const ids = await listIds(dir);
  const entries = await Promise.all(ids.map(async (id) => [id, await readServer(dir, id)] as const));
  return { source: parseSource(source, 'source.yaml'), servers: Object.fromEntries(entries) };
}

async function readServer(dir: string, id: string): Promise<ServerEntry> {
  const where = serverFile(id);
  const entry = parseServer((await readIfThere(join(dir, where))) ?? '', where);
  if (entry.id === id) return entry;
  throw new McpgwError('manifest-invalid', `${where}: id is ${entry.id}, the file's name says ${id}`, {
    hint: 'the manifest is generated; run `mcpgw discover` instead of editing it',
  });
}

/** The definitions of a server, every one verified against the hashes of its entry. */
export async function readDefinitions(dir: string, entry: ServerEntry): Promise<ToolDefinition[]> {
  if (Object.keys(entry.tools ?? {}).length === 0) return [];
  const where = toolsFile(entry.id);
  const text = await readIfThere(join(dir, where));
  if (text === undefined) {
    throw new McpgwError('definitions-missing', `${join(dir, where)} does not exist`, {
      hint: `obtain the definitions with \`mcpgw discover --servers ${entry.id}\``,
    });
  }
  const definitions = parseDefinitions(text, where);
  verifyDefinitions(definitions, entry, where);
  return definitions;
}

export interface NewManifest {
  source: ManifestSource;
  servers: readonly ServerEntry[];
  /** By server id; a server without any keeps those on disk that still fit its entry. */
  definitions: Readonly<Record<string, readonly ToolDefinition[]>>;
  /** Ids of servers whose files stay as they are. All others that are not in `servers` are removed. */
  keep?: readonly string[];
}

/** Atomic: an interruption at any moment leaves the old manifest whole. Returns paths inside `dir`, sorted. */
export async function writeManifest(
  dir: string,
  manifest: NewManifest,
): Promise<{ written: string[]; removed: string[] }> {
  await tidyFolder(dir);
  const wanted = new Map<string, string>([['source.yaml', formatSource(manifest.source)]]);
  for (const entry of manifest.servers) {
    serverId.parse(entry.id);
    wanted.set(serverFile(entry.id), formatServer(entry));
    const tools = await toolsText(dir, entry, manifest.definitions[entry.id]);
    if (tools !== undefined) wanted.set(toolsFile(entry.id), tools);
  }
  const kept = new Set((manifest.keep ?? []).flatMap((id) => [serverFile(id), toolsFile(id)]));
  const present = [
    ...(await listFiles(dir, 'servers', '.yaml')),
    ...(await listFiles(dir, 'tools', '.json')),
  ];
  const removed = present.filter((path) => !wanted.has(path) && !kept.has(path));
  return replaceFiles(dir, wanted, removed);
}

/** The text of a server's tools file, the present one when it says the same; undefined when there is to be none. */
async function toolsText(
  dir: string,
  entry: ServerEntry,
  definitions: readonly ToolDefinition[] | undefined,
): Promise<string | undefined> {
  const where = toolsFile(entry.id);
  const present = await readIfThere(join(dir, where));
  if (definitions === undefined) {
    return present !== undefined && fits(present, entry, where) ? present : undefined;
  }
  if (definitions.length === 0) return undefined;
  verifyDefinitions(definitions, entry, where);
  return present !== undefined && sameDefinitions(present, definitions)
    ? present
    : formatDefinitions(definitions);
}

function fits(text: string, entry: ServerEntry, where: string): boolean {
  if (Object.keys(entry.tools ?? {}).length === 0) return false;
  try {
    verifyDefinitions(parseDefinitions(text, where), entry, where);
    return true;
  } catch {
    return false; // definitions of another version: gone with it
  }
}

const serverFile = (id: string) => `servers/${id}.yaml`;
const toolsFile = (id: string) => `tools/${id}.json`;

async function listIds(dir: string): Promise<string[]> {
  return (await listFiles(dir, 'servers', '.yaml')).map((path) =>
    path.slice('servers/'.length, -'.yaml'.length),
  );
}

async function listFiles(dir: string, folder: string, end: string): Promise<string[]> {
  const names = await readdir(join(dir, folder)).catch(() => []);
  return names
    .filter((name) => name.endsWith(end))
    .sort()
    .map((name) => `${folder}/${name}`);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new McpgwError('manifest-invalid', `cannot read ${path}: ${messageOf(cause)}`, {
      hint: 'check the permissions of the manifest folder',
      cause,
    });
  }
}
