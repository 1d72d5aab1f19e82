/** Discovery as a whole: find, classify, probe, read, write. One server's failure never stops another. */
import { availableParallelism } from 'node:os';
import { McpgwError } from '../plan/errors.ts';
import { matchesGlobs } from '../plan/globs.ts';
import type { Manifest, ServerEntry, ToolDefinition } from '../plan/manifest.ts';
import { readManifest, writeManifest } from '../store/manifest.ts';
import type { Classified } from './classify/classify.ts';
import { compareManifest } from './compare.ts';
import { crossCheck } from './cross-check.ts';
import { makeEntry, type ProbeOutcome } from './entry.ts';
import { inspectServer } from './inspect.ts';
import { type KnowledgeBook, knowledgeOf, readKnowledge } from './knowledge.ts';
import { mapPool } from './pool.ts';
import { type StandIn, startStandIn } from './probe/stand-in.ts';
import { resolveSource } from './source/resolve.ts';
import { readFacts, readLock } from './static-facts.ts';
import type { DiscoverOptions, DiscoveryResult, ServerReport } from './types.ts';

const NOT_RUN: ProbeOutcome = { status: 'not-run', tools: [], prompts: 0, resources: 0 };

export async function discover(options: DiscoverOptions): Promise<DiscoveryResult> {
  const progress = options.onProgress ?? (() => {});
  const note = (message: string): void => progress({ type: 'note', message });
  const book = await readKnowledge();
  const resolved = await resolveSource(options, note);
  const { scan } = resolved;
  const warnings = [...resolved.warnings];
  const before = await presentManifest(options.manifest);
  const chosen = chooseServers(scan.servers, options.servers);
  const probing = options.probe !== false;
  note(
    probing
      ? `${resolved.description}: starting ${chosen.size} of its servers to ask for their tools`
      : `${resolved.description}: reading only, nothing of it is executed`,
  );
  const standIn = probing ? await startStandIn() : undefined;
  try {
    let done = 0;
    const total = scan.servers.length;
    const found = await mapPool(scan.servers, jobsOf(options), async (server) => {
      const told = (message: string): void => progress({ type: 'progress', done, total, message });
      const result = await discoverServer(server, { options, book, before, chosen, standIn, told });
      done += 1;
      told(`${server.id}: ${result.report.status}`);
      return result;
    });
    const manifest = {
      source: resolved.source,
      servers: found.flatMap((result) => (result.entry === undefined ? [] : [result.entry])),
      definitions: Object.fromEntries(
        found.flatMap(({ report, tools }) => (tools === undefined ? [] : [[report.id, tools] as const])),
      ),
      keep: found.flatMap(({ report }) => (report.status === 'kept' ? [report.id] : [])),
    };
    for (const result of found) warnings.push(...result.warnings);
    const changes = options.check
      ? await compareManifest(options.manifest, manifest)
      : await writeManifest(options.manifest, manifest);
    const kept = manifest.keep.flatMap((id) => before?.servers[id] ?? []);
    return {
      source: resolved.source,
      entries: [...manifest.servers, ...kept].sort((a, b) => (a.id < b.id ? -1 : 1)),
      reports: found.map((result) => result.report),
      ...changes,
      warnings,
    };
  } finally {
    await standIn?.close();
  }
}

interface Context {
  options: DiscoverOptions;
  book: KnowledgeBook;
  before: Manifest | undefined;
  chosen: ReadonlySet<string>;
  standIn: StandIn | undefined;
  told: (message: string) => void;
}

interface Found {
  entry?: ServerEntry;
  report: ServerReport;
  tools?: readonly ToolDefinition[];
  warnings: string[];
}

async function discoverServer(server: Classified, context: Context): Promise<Found> {
  const { id, kind } = server;
  const knowledge = knowledgeOf(context.book, id);
  const report: ServerReport = {
    id,
    kind,
    status: 'classified',
    seconds: { install: 0, probe: 0 },
    cached: false,
  };
  if (kind !== 'stdio') return { entry: makeEntry({ server, knowledge }), report, warnings: [] };
  const selected = context.chosen.has(id);
  if (!selected && context.before?.servers[id] !== undefined) {
    return { report: { ...report, status: 'kept' }, warnings: [] };
  }
  const warnings: string[] = [];
  const facts = await readFacts(server);
  const lockText = await readLock(server);
  let probe = NOT_RUN;
  if (selected && context.standIn !== undefined) {
    const inspection = await inspectServer({
      server,
      knowledge,
      input: context.options.inputs?.[id] ?? {},
      python: context.options.python,
      endpoint: context.standIn.url,
      onPhase: (phase) => context.told(`${id}: ${phase}`),
    });
    probe = inspection.outcome;
    report.seconds = inspection.seconds;
    report.cached = inspection.cached;
  }
  report.status = probe.status;
  if (probe.reason !== undefined) report.reason = probe.reason;
  const entry = makeEntry({ server, knowledge, facts, probe, ...(lockText !== undefined && { lockText }) });
  const listed = probe.status === 'listed' || probe.status === 'empty';
  if (listed) warnings.push(...crossCheck(id, facts.tools, probe.tools));
  return { entry, report, warnings, ...(listed && { tools: probe.tools }) };
}

function chooseServers(servers: readonly Classified[], globs: readonly string[] | undefined): Set<string> {
  const stdio = servers.filter((server) => server.kind === 'stdio').map((server) => server.id);
  if (globs === undefined) return new Set(stdio);
  const missing = globs.filter((glob) => !servers.some((server) => matchesGlobs(server.id, [glob])));
  if (missing.length > 0) {
    throw new McpgwError('usage', `no server is called ${missing.join(' or ')}`, {
      hint: `servers are named as their directories, for example ${stdio[0] ?? 'iam-mcp-server'}`,
    });
  }
  return new Set(stdio.filter((id) => matchesGlobs(id, globs)));
}

function jobsOf(options: DiscoverOptions): number {
  return options.jobs ?? Math.min(4, availableParallelism());
}

async function presentManifest(dir: string): Promise<Manifest | undefined> {
  try {
    return await readManifest(dir);
  } catch (error) {
    if (error instanceof McpgwError && error.code === 'manifest-missing') return undefined;
    throw error;
  }
}
