/** A tool as people write it: `tool`, `target/tool` or `target___tool`. */
import { McpgwError } from '../plan/errors.ts';
import { fullToolName, splitToolName } from '../plan/names.ts';

/** The one listed tool that `reference` names. Throws tool-unknown, or tool-ambiguous with the candidates. */
export function resolveTool<T extends { name: string }>(reference: string, listed: readonly T[]): T {
  const slash = reference.indexOf('/');
  const full = slash > 0 ? fullToolName(reference.slice(0, slash), reference.slice(slash + 1)) : reference;
  const exact = listed.find((tool) => tool.name === full);
  if (exact) return exact;

  const candidates = slash > 0 ? [] : listed.filter((tool) => splitToolName(tool.name)?.tool === reference);
  const [only] = candidates;
  if (only && candidates.length === 1) return only;
  if (candidates.length > 1) {
    throw new McpgwError('tool-ambiguous', `"${reference}" is a tool of several targets`, {
      hint: `name one: ${candidates.map((tool) => tool.name.replace('___', '/')).join(', ')}`,
    });
  }
  const wanted = full.toLowerCase();
  const near = listed.filter((tool) =>
    tool.name.toLowerCase().includes(wanted.split('___').at(-1) ?? wanted),
  );
  throw new McpgwError('tool-unknown', `the gateway lists no tool "${reference}"`, {
    hint:
      near.length > 0
        ? `did you mean ${near
            .slice(0, 5)
            .map((tool) => tool.name.replace('___', '/'))
            .join(', ')}?`
        : '`mcpgw tools` lists what there is',
  });
}
