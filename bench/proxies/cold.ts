/**
 * Cold starts of packaged servers in the Lambda test bed, init to first answer, beside the bare server's own start
 * with and without .pyc files. Needs packages for this machine:
 *   mcpgw package --servers GLOB… --out DIR --test-python PATH
 *   node bench/proxies/cold.ts DIR [--rounds N] [--json]
 * About 15 s a server. Exit code 1 when a bound of the issue is broken.
 */
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { startStandIn } from '../../discovery/probe/stand-in.ts';
import { parseServer, type ServerEntry } from '../../plan/manifest.ts';
import { prepareEnvironment } from '../../proxies/environment.ts';
import { LAYER_ROOT, launchOf, readServerFile } from '../../proxies/packaging/server-file.ts';
import { ServerProcess } from '../../proxies/process.ts';
import { encodeProxySettings, PROXY_VARIABLE } from '../../proxies/settings.ts';
import { unpack } from '../../tests/integration/packaging/unpack.ts';
import { Testbed } from '../../tests/lambda-testbed/testbed.ts';
import { openSettings } from './published.ts';
import { percentile, table } from './statistics.ts';

const [folder = '', ...flags] = process.argv.slice(2);
const rounds = Number(flags[flags.indexOf('--rounds') + 1] ?? 3) || 3;
const work = mkdtempSync(join(tmpdir(), 'mcpgw-cold-'));
// The sandbox's user must reach what is unpacked here.
chmodSync(work, 0o755);
const standIn = await startStandIn();
const layer = join(work, 'opt');

interface Row {
  server: string;
  withPyc: number;
  withoutPyc: number;
  cold: number;
  init: number;
  nodeMb: number;
  allMb: number;
  answer: string;
}
const rows: Row[] = [];
try {
  for (const zip of zipsIn(join(folder, 'test-only', 'layers'))) await unpack(zip, layer);
  for (const id of readdirSync(join(folder, 'test-only', 'packages')).sort()) {
    const [zip] = zipsIn(join(folder, 'test-only', 'packages', id));
    if (zip === undefined) continue;
    const entry = parseServer(readFileSync(`manifest/servers/${id}.yaml`, 'utf8'), id);
    const task = join(work, id);
    await unpack(zip, task);
    rows.push(await measure(entry, task));
    process.stderr.write(`${JSON.stringify(rows.at(-1))}\n`);
    rmSync(task, { recursive: true, force: true });
  }
} finally {
  await standIn.close();
  rmSync(work, { recursive: true, force: true });
}
report();

async function measure(entry: ServerEntry, task: string): Promise<Row> {
  const tool = firstTool(entry);
  const [withPyc, withoutPyc, cold, init]: number[][] = [[], [], [], []];
  let [nodeMb, allMb, answer] = [0, 0, ''];
  for (let round = 0; round < rounds; round += 1) {
    withPyc?.push(await bareStart(task, tool, {}));
    // Python looks for compiled files there only: as if there were none.
    withoutPyc?.push(await bareStart(task, tool, { PYTHONPYCACHEPREFIX: join(work, 'no-pyc') }));
    const bed = new Testbed({
      taskRoot: copyOf(task),
      environment: variables(entry),
      memory: 512,
      timeout: 60,
    });
    const started = performance.now();
    await bed.start();
    const { payload, functionError } = await bed.call(`bench___${tool}`);
    cold?.push(performance.now() - started);
    init?.push(bed.inits[0]?.ms ?? 0);
    nodeMb = Math.max(nodeMb, bed.memory() / 1e6);
    allMb = Math.max(allMb, bed.processes().reduce((sum, pid) => sum + residentOf(pid), 0) / 1e6);
    answer = functionError ?? JSON.stringify(payload).slice(0, 60);
    await bed.close();
  }
  const p50 = (values: number[] | undefined) => percentile(values ?? [], 0.5);
  return {
    server: entry.id,
    withPyc: p50(withPyc),
    withoutPyc: p50(withoutPyc),
    cold: p50(cold),
    init: p50(init),
    nodeMb,
    allMb,
    answer,
  };
}

/** The test bed takes write permission from its folder; the bare starts use the same bytes. */
function copyOf(task: string): string {
  const copy = mkdtempSync(join(work, 'task-'));
  cpSync(task, copy, { recursive: true });
  return copy;
}

async function bareStart(task: string, tool: string, extra: Record<string, string>): Promise<number> {
  const launch = launchOf(await readServerFile(task), { taskRoot: task, layerRoot: layer });
  const { env, cwd, remove } = await prepareEnvironment({
    layers: [launch.env, aws(), extra],
    region: 'us-east-1',
    tmp: work,
  });
  const started = performance.now();
  const server = new ServerProcess({
    command: launch.command,
    args: launch.args,
    env,
    cwd,
    onOutput: () => {},
  });
  const client = new Client({ name: 'bench', version: '1' });
  await client.connect(server, { timeout: 120_000 });
  await client.callTool({ name: tool, arguments: {} }).catch(() => {});
  const ms = performance.now() - started;
  await server.end(0, 'measured');
  await remove();
  return ms;
}

/** One that refuses a call without arguments by itself, without AWS. */
function firstTool(entry: ServerEntry): string {
  const tools = Object.entries(entry.tools ?? {});
  const [name] =
    tools.find(([, { parameters }]) => Object.values(parameters).some((type) => type.includes('!'))) ??
    tools[0] ??
    [];
  return name ?? 'none';
}

function aws(): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: standIn.url,
    AWS_MAX_ATTEMPTS: '1',
    AWS_ACCESS_KEY_ID: 'AKIDBENCH',
    AWS_SECRET_ACCESS_KEY: 'bench',
  };
}

function variables(entry: ServerEntry): Record<string, string> {
  const settings = { ...openSettings(entry, 'bench'), environment: aws() };
  return {
    [PROXY_VARIABLE]: encodeProxySettings(settings),
    MCPGW_LAYER_ROOT: layer === '' ? LAYER_ROOT : layer,
  };
}

function residentOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}

function zipsIn(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.zip'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function report(): void {
  const bounded = rows.map((row) => ({
    ...row,
    withinStart: row.cold <= row.withPyc * 1.15 + 150,
    twiceAsFast: row.cold * 2 <= row.withoutPyc,
  }));
  const colds = rows.map(({ cold }) => cold);
  const totals = { p50: percentile(colds, 0.5), p95: percentile(colds, 0.95) };
  if (flags.includes('--json')) console.log(JSON.stringify({ rows: bounded, totals }));
  else {
    const cells = bounded.map(
      ({ server, withPyc, withoutPyc, cold, init, nodeMb, allMb, withinStart, twiceAsFast, answer }) => [
        server,
        withPyc,
        withoutPyc,
        init,
        cold,
        nodeMb,
        allMb,
        `${withinStart ? 'yes' : 'NO'}`,
        `${twiceAsFast ? 'yes' : 'NO'}`,
        answer,
      ],
    );
    const head = [
      'server',
      'bare with .pyc',
      'bare without',
      'init',
      'cold',
      'Node MB',
      'all MB',
      '≤1.15×+150',
      '2× faster',
      'first answer',
    ];
    console.log(table(head, cells));
    console.log(
      `cold start p50 ${totals.p50.toFixed(0)} ms, p95 ${totals.p95.toFixed(0)} ms over ${rows.length} servers`,
    );
  }
  process.exitCode = bounded.every(({ withinStart, twiceAsFast }) => withinStart && twiceAsFast) ? 0 : 1;
}
