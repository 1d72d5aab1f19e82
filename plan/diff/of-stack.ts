/**
 * The diff of what a stack serves, without what its plan tells better: what is granted (the code may call more than the
 * stack lets it), and what the gateway's schemas cannot say, but for what callers lose by it.
 */
import type { ManifestDiff, ServerDiff, ToolDiff, ToolsDiff } from './types.ts';

export function withoutPlanned(diff: ManifestDiff): ManifestDiff {
  const servers = Object.entries(diff.servers).flatMap(([id, each]): [string, ServerDiff][] => {
    const { actions: _, tools: all, ...rest } = each;
    const tools = all && toolsOf(all);
    const kept: ServerDiff = { ...rest, ...(tools ? { tools } : {}) };
    return Object.keys(kept).length > 1 || kept.status !== 'changed' ? [[id, kept]] : [];
  });
  return { ...diff, servers: Object.fromEntries(servers) };
}

function toolsOf({ changed: all, details: each, ...rest }: ToolsDiff): ToolsDiff | undefined {
  const details = Object.entries(each).map(([name, detail]) => [name, detailOf(detail)] as const);
  const changed = details.flatMap(([name, detail]) => {
    const kinds = (all[name] ?? []).filter(
      (kind) => kind !== 'actions' && (kind !== 'loss' || detail.loss !== undefined),
    );
    return kinds.length > 0 ? [[name, kinds] as const] : [];
  });
  const tools = {
    ...rest,
    changed: Object.fromEntries(changed),
    details: Object.fromEntries(details.filter(([name]) => changed.some(([kept]) => kept === name))),
  };
  const { added, removed, renamed = {} } = tools;
  const moved = added.length + removed.length + Object.keys(renamed).length + changed.length;
  return moved > 0 ? tools : undefined;
}

function detailOf({ actions: _, loss, ...rest }: ToolDiff): ToolDiff {
  const { narrower = [], added = {} } = loss ?? {};
  if (narrower.length === 0) return rest;
  const lost = Object.fromEntries(Object.entries(added).filter(([at]) => narrower.includes(at)));
  return { ...rest, loss: { added: lost, removed: {}, narrower } };
}
