/**
 * Cold starts of packaged servers, held against the bounds. Needs packages for this machine:
 *   mcpgw package --servers GLOB… --out DIR --test-python PATH
 *   node bench/proxies/cold.ts DIR [--rounds N] [--json]
 * About 15 s a server. Exit code 1 when a bound is broken. All servers: bench/packaging/table.ts.
 */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStandIn } from '../../discovery/probe/stand-in.ts';
import { parseServer } from '../../plan/manifest.ts';
import { unpack } from '../../tests/integration/packaging/unpack.ts';
import { BOUNDS, type ColdStart, measureColdStart } from './cold-start.ts';
import { percentile, table } from './statistics.ts';

const [folder = '', ...flags] = process.argv.slice(2);
const rounds = Number(flags[flags.indexOf('--rounds') + 1] ?? 3) || 3;
const work = mkdtempSync(join(tmpdir(), 'mcpgw-cold-'));
// The sandbox's user must reach what is unpacked here.
chmodSync(work, 0o755);
const standIn = await startStandIn();
const layer = join(work, 'opt');
const rows: ColdStart[] = [];
try {
  for (const zip of zipsIn(join(folder, 'test-only', 'layers'))) await unpack(zip, layer);
  for (const id of readdirSync(join(folder, 'test-only', 'packages')).sort()) {
    const [zip] = zipsIn(join(folder, 'test-only', 'packages', id));
    if (zip === undefined) continue;
    const entry = parseServer(readFileSync(`manifest/servers/${id}.yaml`, 'utf8'), id);
    const task = join(work, id);
    await unpack(zip, task);
    const start = await measureColdStart({ entry, task, layer, work, endpoint: standIn.url }, rounds);
    rows.push(start);
    process.stderr.write(`${JSON.stringify(start)}\n`);
    rmSync(task, { recursive: true, force: true });
  }
} finally {
  await standIn.close();
  rmSync(work, { recursive: true, force: true });
}
report();

function zipsIn(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.zip'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function report(): void {
  const bounded = rows.map((row) => ({
    ...row,
    withinStart: BOUNDS.withinStart(row),
    twiceAsFast: BOUNDS.twiceAsFast(row),
  }));
  const colds = rows.map(({ cold }) => cold);
  const totals = { p50: percentile(colds, 0.5), p95: percentile(colds, 0.95) };
  if (flags.includes('--json')) console.log(JSON.stringify({ rows: bounded, totals }));
  else {
    const cells = bounded.map((row) => [
      ...[row.server, row.withPyc, row.withoutPyc, row.init, row.cold, row.nodeMb, row.allMb],
      ...[row.withinStart ? 'yes' : 'NO', row.twiceAsFast ? 'yes' : 'NO', row.answer.slice(0, 60)],
    ]);
    const times = ['bare with .pyc', 'bare without', 'init', 'cold', 'Node MB', 'all MB'];
    console.log(table(['server', ...times, '≤1.15×+150', '2× faster', 'first answer'], cells));
    console.log(
      `cold start p50 ${totals.p50.toFixed(0)} ms, p95 ${totals.p95.toFixed(0)} ms over ${rows.length} servers`,
    );
  }
  process.exitCode = bounded.every(({ withinStart, twiceAsFast }) => withinStart && twiceAsFast) ? 0 : 1;
}
