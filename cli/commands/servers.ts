/** `mcpgw servers`: what the manifest holds. */
import { deprecationOf } from '../../plan/deprecation.ts';
import type { ServerEntry } from '../../plan/manifest.ts';
import { readManifest } from '../../store/manifest.ts';
import { defineCommand } from '../command.ts';
import { MANIFEST } from '../options.ts';
import { table } from '../output.ts';
import { manifestFolder } from '../project.ts';

export const servers = defineCommand({
  name: 'servers',
  summary: 'list the servers of the manifest',
  options: { manifest: MANIFEST },
  async run({ options, out, root, cwd }) {
    const manifest = await readManifest(manifestFolder(root, cwd, options.manifest));
    const entries = Object.values(manifest.servers);
    out.document(entries.map(summary));
    out.print(
      table([['SERVER', 'KIND', 'VERSION', 'TOOLS', 'TOKENS', 'PROBE', 'LAMBDA'], ...entries.map(row)]),
    );
    for (const entry of entries.filter(({ deprecated }) => deprecated !== undefined))
      out.note(`${entry.id}: ${deprecationOf(entry, manifest)}`);
    return undefined;
  },
});

function summary(entry: ServerEntry) {
  const tools = Object.values(entry.tools ?? {});
  return {
    id: entry.id,
    kind: entry.kind,
    version: entry.package?.version ?? null,
    tools: tools.length,
    tokens: tools.reduce((sum, tool) => sum + tool.tokens, 0),
    probe: entry.probe?.status ?? null,
    reason: entry.probe?.reason ?? entry.hosting?.reason ?? null,
    lambda: entry.hosting?.lambda ?? null,
    deprecated: entry.deprecated ?? null,
    successors: entry.successors ?? [],
  };
}

function row(entry: ServerEntry): string[] {
  const { id, kind, version, tools, tokens, probe, lambda } = summary(entry);
  const hosted = lambda === null ? '-' : lambda ? 'yes' : 'no';
  return [id, kind, version ?? '-', String(tools), String(tokens), probe ?? '-', hosted];
}
