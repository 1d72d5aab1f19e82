/** Manifest entries and settings for tests of the plan: small, legal, overridable. */
import { sha256 } from '../../../plan/hash.ts';
import type { Manifest, ServerEntry, ToolDefinition, ToolEntry } from '../../../plan/manifest.ts';
import { parseSettings, type Settings } from '../../../plan/settings/settings.ts';
import { toolFacts } from '../../../plan/tool-facts.ts';

export function toolDefinition(name: string, description = `Does ${name}.`): ToolDefinition {
  return { name, description, inputSchema: { type: 'object', properties: { url: { type: 'string' } } } };
}

export function toolEntry(name: string, more: Partial<ToolEntry> = {}): ToolEntry {
  return { ...toolFacts(toolDefinition(name)), access: 'read', because: 'name', ...more };
}

export function serverEntry(
  id: string,
  tools: readonly string[] | Record<string, Partial<ToolEntry>> = ['read'],
  more: Partial<ServerEntry> = {},
): ServerEntry {
  const named = Array.isArray(tools)
    ? tools.map((name): [string, object] => [name, {}])
    : Object.entries(tools);
  return {
    formatVersion: 1,
    id,
    kind: 'stdio',
    package: { name: `awslabs.${id}`, version: '1.0.0' },
    entrypoint: { script: id, module: 'server', attribute: 'main' },
    source: sha256(id),
    lock: sha256(`${id} lock`),
    build: { python: '3.13', architecture: 'arm64', form: 'zip' },
    hosting: { lambda: true },
    probe: { status: 'listed' },
    tools: Object.fromEntries(named.map(([name, each]) => [name, toolEntry(name, each)])),
    ...more,
  };
}

export function manifestOf(...entries: ServerEntry[]): Manifest {
  return {
    source: { formatVersion: 1, type: 'folder' },
    servers: Object.fromEntries(entries.map((entry) => [entry.id, entry])),
  };
}

/** `config`: settings without their namespace. */
export function settingsOf(config: Record<string, unknown> = {}): Settings {
  const own = Object.entries({ gateway: { name: 'gw-dev' }, ...config }).map(([key, value]) => [
    `mcpgw:${key}`,
    value,
  ]);
  return parseSettings('dev', { 'aws:region': 'us-east-1', ...Object.fromEntries(own) }, 'Pulumi.dev.yaml');
}
