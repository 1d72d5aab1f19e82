/** A made-up manifest of any size, in the real format, for what needs no real server. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hashDefinition } from '../../../plan/definition.ts';
import { sha256 } from '../../../plan/hash.ts';
import { formatServer, formatSource, type ServerEntry, type ToolDefinition } from '../../../plan/manifest.ts';
import { hashProjection, projectTool } from '../../../plan/schema/projection.ts';

export interface SyntheticServer {
  id: string;
  /** Another version is another source. */
  version?: string;
  tools?: number;
  /** A word in every tool's description: another one is another schema. */
  word?: string;
  /** Its tools want no argument. */
  free?: boolean;
}

export function syntheticDefinitions(server: SyntheticServer): ToolDefinition[] {
  const { tools = 2, word = 'thing', free = false } = server;
  return Array.from({ length: tools }, (_, index) => ({
    name: `tool_${index}`,
    description: `Does one ${word}, number ${index}.`,
    inputSchema: {
      type: 'object',
      properties: { name: { type: 'string' } },
      ...(free ? {} : { required: ['name'] }),
    },
  }));
}

export function syntheticEntry(server: SyntheticServer): ServerEntry {
  const { id, version = '1.0.0' } = server;
  const tools = syntheticDefinitions(server).map((definition) => [
    definition.name,
    {
      definition: hashDefinition(definition),
      projection: hashProjection(projectTool(definition).tool),
      parameters: { name: server.free ? 'string' : 'string!' },
      access: 'read' as const,
      because: 'name' as const,
      tokens: 20,
    },
  ]);
  return {
    formatVersion: 1,
    id,
    kind: 'stdio',
    package: { name: `example.${id}`, version },
    entrypoint: { script: `example.${id}`, module: 'example.server', attribute: 'main' },
    source: sha256(`${id} ${version}`),
    lock: sha256(id),
    build: { python: '3.13', architecture: 'arm64', form: 'zip' },
    hosting: { lambda: true },
    probe: { status: 'listed' },
    aws: {
      actions: { 'dynamodb:ListTables': { access: 'List', from: ['server.py#list_tables'] } },
      unresolved: [],
    },
    tools: Object.fromEntries(tools),
  };
}

export async function writeSynthetic(folder: string, servers: readonly SyntheticServer[]): Promise<void> {
  await mkdir(path.join(folder, 'servers'), { recursive: true });
  await writeFile(path.join(folder, 'source.yaml'), formatSource({ formatVersion: 1, type: 'folder' }));
  for (const server of servers) {
    await writeFile(path.join(folder, 'servers', `${server.id}.yaml`), formatServer(syntheticEntry(server)));
  }
}

/** `count` servers with plain names: server-000-mcp-server and on. */
export function manyServers(count: number): SyntheticServer[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `server-${String(index).padStart(3, '0')}-mcp-server`,
  }));
}
