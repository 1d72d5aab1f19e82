/**
 * The table over all hostable servers: what a package measures (built for Lambda), and how its twin for this machine's
 * processor starts and answers in the Lambda test bed, beside the bare server. About 30 minutes on two idle cores from
 * warm caches, with --sizes-only 12; a run that was broken off goes on where it was.
 *
 *   node bench/packaging/table.ts --checkout DIR --results FILE [--rounds 3] [--sizes-only] [SERVER…]
 */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureUv } from '../../discovery/index.ts';
import { startStandIn } from '../../discovery/probe/stand-in.ts';
import { messageOf } from '../../plan/errors.ts';
import type { ServerEntry } from '../../plan/manifest.ts';
import { findInterpreter } from '../../proxies/packaging/interpreter.ts';
import { buildPackage } from '../../proxies/packaging/package.ts';
import { readManifest } from '../../store/manifest.ts';
import { cacheDir } from '../../store/paths.ts';
import { startMoto } from '../../tests/integration/s3-question/moto.ts';
import { listedTools, measureColdStart, type PackagedServer } from '../proxies/cold-start.ts';
import { firstCalls } from './first-calls.ts';
import { printTable } from './print.ts';
import { Results } from './results.ts';
import { type ServiceReference, startServiceReference } from './service-reference.ts';
import { makeTwin } from './twin.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    checkout: { type: 'string' },
    results: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    'sizes-only': { type: 'boolean', default: false },
  },
});
const { checkout } = values;
if (checkout === undefined || values.results === undefined) {
  console.error('usage: node bench/packaging/table.ts --checkout DIR --results FILE [SERVER…]');
  process.exit(2);
}
const work = await mkdtemp(join(tmpdir(), 'mcpgw-table-'));
// The test bed's user must reach what is unpacked here.
await chmod(work, 0o755);
const tools = { uv: await ensureUv(), pythons: join(cacheDir(), 'pythons'), work };
const results = await Results.open(values.results);
const manifest = await readManifest(join(import.meta.dirname, '../../manifest'));
const hostable = Object.values(manifest.servers).filter(
  ({ id, kind, hosting }) =>
    kind === 'stdio' && hosting?.lambda !== false && (positionals.length === 0 || positionals.includes(id)),
);
let reference: ServiceReference | undefined;
const [standIn, moto] = values['sizes-only'] ? [] : [await startStandIn(), await startMoto()];
try {
  for (const entry of hostable) await measure(entry);
} finally {
  await standIn?.close();
  await moto?.close();
  await reference?.close();
  await rm(work, { recursive: true, force: true });
}
printTable(hostable, results.servers, Object.values(manifest.servers));

async function measure(entry: ServerEntry): Promise<void> {
  const measured = results.of(entry.id);
  const source = join(checkout ?? '', 'src', entry.id);
  try {
    measured.package ??= await packageOf(entry, source);
    await results.save();
    if (standIn !== undefined && moto !== undefined && measured.calls === undefined) {
      const twin = await makeTwin(entry, source, tools);
      const server = { entry, ...twin, work, endpoint: standIn.url, ...(await inputsOf(entry)) };
      // One that cannot start here still has to say so in its first answer.
      const failed =
        measured.start === undefined &&
        (await measureColdStart(server, Number(values.rounds)).then((start) => {
          measured.start = start;
          return false as const;
        }, messageOf));
      await results.save();
      measured.calls = await firstCalls(server, failed ? [] : await listedTools(server), moto.url);
      await rm(twin.task, { recursive: true, force: true });
      if (failed) throw new Error(`does not start here: ${failed}`);
    }
    delete measured.failed;
  } catch (error) {
    measured.failed = messageOf(error);
  }
  await results.save();
  console.error(`${entry.id}: ${measured.failed ?? JSON.stringify({ ...measured, package: undefined })}`);
}

async function packageOf(entry: ServerEntry, source: string) {
  const interpreter = await findInterpreter(entry.build?.python ?? '', tools);
  const out = join(work, 'package');
  const report = await buildPackage({ entry, source, uv: tools.uv, interpreter, out });
  await rm(out, { recursive: true, force: true });
  return report;
}

/** What a server cannot start without, made up. */
async function inputsOf({ id }: ServerEntry): Promise<Pick<PackagedServer, 'arguments' | 'environment'>> {
  if (id === 'aws-api-mcp-server') {
    reference ??= await startServiceReference(work);
    return { environment: reference.environment };
  }
  if (id !== 'openapi-mcp-server') return {};
  const file = join(work, 'openapi.json');
  const get = { operationId: 'getThing', responses: { 200: { description: 'the thing' } } };
  const document = {
    openapi: '3.0.0',
    info: { title: 'things', version: '1' },
    paths: { '/thing': { get } },
  };
  await writeFile(file, JSON.stringify(document));
  const api = ['--api-url', standIn?.url ?? '', '--api-name', 'things'];
  return { arguments: ['--spec-path', file, ...api] };
}
