/** A manifest entry from the facts that were found. Pure: equal facts give an equal entry. */
import { decideAccess } from '../plan/access.ts';
import { type BuildDecision, decideBuild } from '../plan/build.ts';
import { MANIFEST_FORMAT, type ServerEntry, type ToolDefinition, type ToolEntry } from '../plan/manifest.ts';
import { toolFacts } from '../plan/tool-facts.ts';
import type { Classified } from './classify/classify.ts';
import type { Knowledge } from './knowledge.ts';
import type { StaticFacts } from './static/index.ts';

/** What the probe found out, or why it did not. */
export interface ProbeOutcome {
  status: NonNullable<ServerEntry['probe']>['status'];
  reason?: string;
  /** Minor version it ran with. */
  python?: string;
  tools: readonly ToolDefinition[];
  prompts: number;
  resources: number;
}

export interface EntryInputs {
  server: Classified;
  knowledge: Knowledge;
  lockText?: string;
  facts?: StaticFacts;
  probe?: ProbeOutcome;
}

const DEFAULT_PROBE_PYTHON = '3.13';

export function makeEntry(inputs: EntryInputs): ServerEntry {
  const { server, knowledge } = inputs;
  const base: ServerEntry = { formatVersion: MANIFEST_FORMAT, id: server.id, kind: server.kind };
  if (knowledge.deprecated !== undefined) base.deprecated = knowledge.deprecated;
  if (knowledge.successors.length > 0) base.successors = knowledge.successors;
  if (server.kind === 'remote') {
    return {
      ...base,
      endpoints: knowledge.endpoints.length > 0 ? knowledge.endpoints : (server.endpoints ?? []),
    };
  }
  const { project, sources } = server;
  if (project !== undefined) {
    base.package = { name: project.name, version: project.version };
    if (project.requiresPython !== undefined) base.package.requiresPython = project.requiresPython;
  }
  if (sources !== undefined) base.source = sources.hash;
  if (sources?.lock !== undefined) base.lock = sources.lock;
  return server.kind === 'stdio' ? { ...base, ...stdioPart(inputs) } : base;
}

function stdioPart(inputs: EntryInputs): Partial<ServerEntry> {
  const { server, knowledge, facts, probe } = inputs;
  const part: Partial<ServerEntry> = { hosting: knowledge.hosting ?? { lambda: true } };
  if (server.entrypoint !== undefined) part.entrypoint = server.entrypoint;
  if (inputs.lockText !== undefined) {
    const build = buildOf(inputs.lockText);
    if (build.decision !== undefined) {
      const repairs = knowledge.extra.map((pin) => pin.split('==')[0] ?? pin);
      part.build = {
        ...build.decision,
        ...(repairs.length > 0 && { repairs }),
        ...(Object.keys(knowledge.files).length > 0 && { files: knowledge.files }),
      };
    }
    if (build.problem !== undefined && part.hosting?.lambda !== false)
      part.hosting = { ...part.hosting, lambda: false, reason: build.problem };
  }
  if (facts !== undefined) {
    part.environment = [...facts.environment].sort();
    part.arguments = [...facts.arguments].sort();
    part.aws = {
      actions: facts.actions,
      ...(Object.keys(facts.conditional).length > 0 ? { conditional: facts.conditional } : {}),
      unresolved: [...facts.unresolved].sort(),
    };
  }
  if (probe !== undefined) Object.assign(part, probePart(probe, knowledge, facts));
  return part;
}

/** What an answer to tools/list, or its absence, says. */
export function probePart(
  probe: ProbeOutcome,
  knowledge: Knowledge,
  facts?: StaticFacts,
): Pick<ServerEntry, 'probe' | 'carries' | 'tools'> {
  const { status, reason, python } = probe;
  const told = {
    status,
    ...(reason !== undefined && { reason }),
    ...(python !== undefined && python !== DEFAULT_PROBE_PYTHON && { python }),
  };
  if (status !== 'listed' && status !== 'empty') return { probe: told };
  return {
    probe: told,
    carries: { prompts: probe.prompts, resources: probe.resources },
    tools: Object.fromEntries(probe.tools.map((tool) => [tool.name, toolEntry(tool, facts, knowledge)])),
  };
}

function buildOf(lockText: string): { decision?: BuildDecision; problem?: string } {
  try {
    return { decision: decideBuild(lockText) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function toolEntry(given: ToolDefinition, facts: StaticFacts | undefined, knowledge: Knowledge): ToolEntry {
  const reached = facts?.tools.find((candidate) => candidate.name === given.name)?.actions;
  const known = knowledge.access[given.name];
  const inSource = facts?.tools.some((candidate) => candidate.name === given.name);
  const { access, because } = decideAccess({
    name: given.name,
    foreignName: inSource === false,
    ...(given.annotations !== undefined && { annotations: given.annotations }),
    ...(reached !== undefined && {
      actions: reached.map((action) => ({ action, access: facts?.actions[action]?.access ?? 'Unknown' })),
    }),
    ...(known !== undefined && { knowledge: known }),
  });
  return {
    ...toolFacts(given),
    access,
    because,
    ...(reached !== undefined && { actions: [...reached].sort() }),
  };
}
