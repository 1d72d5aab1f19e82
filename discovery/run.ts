/** The part of discovery that may execute servers: probe, read, write. One server's failure never stops another. */
import { availableParallelism } from 'node:os';
import type { Manifest, ManifestSource, ServerEntry, ToolDefinition } from '../plan/manifest.ts';
import { writeManifest } from '../store/manifest.ts';
import type { Classified } from './classify/classify.ts';
import { compareManifest } from './compare.ts';
import { crossCheck } from './cross-check.ts';
import { makeEntry, type ProbeOutcome, probePart } from './entry.ts';
import { inspectServer } from './inspect.ts';
import { type Knowledge, type KnowledgeBook, knowledgeOf } from './knowledge.ts';
import { mapPool } from './pool.ts';
import { type StandIn, startStandIn } from './probe/stand-in.ts';
import { Readers } from './reading/readers.ts';
import { askSigned, signedEntry, unasked } from './signed.ts';
import { readSigner } from './signer.ts';
import type { ResolvedSource } from './source/resolve.ts';
import { coverToolNames } from './static/index.ts';
import { readFacts, readLock } from './static-facts.ts';
import type { DiscoverOptions, DiscoveryResult, ServerReport } from './types.ts';

const NOT_RUN: ProbeOutcome = { status: 'not-run', tools: [], prompts: 0, resources: 0 };

/** Each takes some 60 MB. */
const MOST_READERS = 2;

export interface Run {
  options: DiscoverOptions;
  resolved: ResolvedSource;
  book: KnowledgeBook;
  /** The manifest that is there. */
  before: Manifest | undefined;
  /** Ids that may be executed. */
  chosen: ReadonlySet<string>;
}

export async function runDiscovery(run: Run): Promise<DiscoveryResult> {
  const { options, resolved, before } = run;
  const progress = options.onProgress ?? (() => {});
  const { servers } = resolved.scan;
  const isAsked = servers.some(({ id, kind }) => run.chosen.has(id) && (kind === 'stdio' || options.account));
  const standIn = options.probe !== false && isAsked ? await startStandIn() : undefined;
  const readers = new Readers(Math.min(MOST_READERS, jobsOf(options)));
  try {
    let done = 0;
    const found = await mapPool(servers, jobsOf(options), async (server) => {
      const told = (message: string): void =>
        progress({ type: 'progress', done, total: servers.length, message });
      const result = await discoverServer(server, { ...run, standIn, readers, told });
      done += 1;
      told(`${server.id}: ${result.report.status}`);
      return result;
    });
    const manifest = {
      source: sourceWithPins(resolved.source, before),
      servers: found.flatMap((result) => (result.entry === undefined ? [] : [result.entry])),
      definitions: Object.fromEntries(
        found.flatMap(({ report, tools }) => (tools === undefined ? [] : [[report.id, tools] as const])),
      ),
      keep: found.flatMap(({ report }) => (report.status === 'kept' ? [report.id] : [])),
    };
    const changes = options.check
      ? await compareManifest(options.manifest, manifest)
      : await writeManifest(options.manifest, manifest);
    const kept = manifest.keep.flatMap((id) => before?.servers[id] ?? []);
    return {
      source: manifest.source,
      entries: [...manifest.servers, ...kept].sort((a, b) => (a.id < b.id ? -1 : 1)),
      reports: found.map((result) => result.report),
      ...changes,
      warnings: [...resolved.warnings, ...found.flatMap((result) => result.warnings)],
    };
  } finally {
    await Promise.all([standIn?.close(), readers.close()]);
  }
}

interface Context extends Run {
  standIn: StandIn | undefined;
  readers: Readers;
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
  if (knowledge.signing !== undefined && kind === 'remote')
    return discoverSigned(server, knowledge, knowledge.signing, context, report);
  if (kind !== 'stdio') return { entry: makeEntry({ server, knowledge }), report, warnings: [] };
  const selected = context.chosen.has(id);
  const present = context.before?.servers[id];
  const pinned = pinsOf(context.before)[server.project?.name ?? ''] !== undefined;
  // What an account gave is kept until one is asked again.
  const told =
    knowledge.account &&
    context.options.account === undefined &&
    present?.probe?.status === 'listed' &&
    present.source === server.sources?.hash;
  if (present !== undefined && (pinned || !selected || told)) {
    const stale = !pinned && present.source !== server.sources?.hash;
    const warnings = stale ? [`${id}: kept as it was, though this source has other code of it`] : [];
    return { report: { ...report, status: 'kept' }, warnings };
  }
  const warnings: string[] = [];
  const read = await readFacts(server, context.readers);
  const lockText = await readLock(server);
  let probe = NOT_RUN;
  if (selected && context.standIn !== undefined) {
    const inspection = await inspectServer({
      server,
      knowledge,
      input: context.options.inputs?.[id] ?? {},
      python: context.options.python,
      endpoint: context.standIn.url,
      account: context.options.account,
      onPhase: (phase) => context.told(`${id}: ${phase}`),
    });
    probe = inspection.outcome;
    report.seconds = inspection.seconds;
    report.cached = inspection.cached;
  }
  report.status = probe.status;
  if (probe.reason !== undefined) report.reason = probe.reason;
  const facts = coverToolNames(
    read,
    probe.tools.map((tool) => tool.name),
  );
  const entry = makeEntry({ server, knowledge, facts, probe, ...(lockText !== undefined && { lockText }) });
  const listed = probe.status === 'listed' || probe.status === 'empty';
  if (listed) warnings.push(...crossCheck(id, facts.tools, probe.tools));
  return { entry, report, warnings, ...(listed && { tools: probe.tools }) };
}

/** Listed when the user gave a profile for it; otherwise as it was known before. */
async function discoverSigned(
  server: Classified,
  knowledge: Knowledge,
  signing: NonNullable<Knowledge['signing']>,
  { before, chosen, options, standIn, told }: Context,
  report: ServerReport,
): Promise<Found> {
  const { id } = server;
  const signer = await readSigner();
  const entry = signedEntry(server, knowledge, signing, signer);
  if (options.account === undefined || standIn === undefined || !chosen.has(id)) {
    Object.assign(entry, unasked(id, before?.servers[id]));
    return { entry, report, warnings: [] };
  }
  told(`${id}: asking its endpoint`);
  const outcome = await askSigned({
    entry,
    input: options.inputs?.[id] ?? {},
    signer,
    environment: options.account.environment,
    standIn: standIn.url,
    note: told,
  });
  Object.assign(entry, probePart(outcome, knowledge));
  report.status = outcome.status;
  if (outcome.reason !== undefined) report.reason = outcome.reason;
  return { entry, report, warnings: [], tools: outcome.tools };
}

/** Servers that are pinned away from the commit, as published (`mcpgw update --to`), stay as they are. */
function pinsOf(before: Manifest | undefined): Readonly<Record<string, string>> {
  return before?.source.type === 'git' ? (before.source.packages ?? {}) : {};
}

function sourceWithPins(source: ManifestSource, before: Manifest | undefined): ManifestSource {
  const pins = pinsOf(before);
  return source.type === 'git' && Object.keys(pins).length > 0 ? { ...source, packages: pins } : source;
}

function jobsOf(options: DiscoverOptions): number {
  return options.jobs ?? Math.min(4, availableParallelism());
}
