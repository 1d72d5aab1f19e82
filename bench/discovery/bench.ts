/**
 * Speed of discovery against its targets, on a checkout and its own cold cache:
 *   node bench/discovery/bench.ts --checkout DIR [--servers GLOB…] [--jobs N]
 * All servers take some 5 minutes on 2 idle cores (two installations of each); a glob takes less.
 * uv's own download cache is warmed first, so that both sides install from the same state.
 */
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { runChild } from '../../discovery/child.ts';
import type { Classified } from '../../discovery/classify/classify.ts';
import { knowledgeOf, readKnowledge } from '../../discovery/knowledge.ts';
import { mapPool } from '../../discovery/pool.ts';
import { probeServer } from '../../discovery/probe/probe.ts';
import { startStandIn } from '../../discovery/probe/stand-in.ts';
import { installerEnv } from '../../discovery/python/installer-env.ts';
import { choosePython } from '../../discovery/python/interpreter.ts';
import { ensureUv } from '../../discovery/python/uv.ts';
import { Readers } from '../../discovery/reading/readers.ts';
import { scanCheckout } from '../../discovery/source/checkout.ts';
import { matchesGlobs } from '../../plan/globs.ts';

const { values } = parseArgs({
  options: {
    checkout: { type: 'string' },
    servers: { type: 'string', multiple: true },
    jobs: { type: 'string' },
    static: { type: 'boolean' },
  },
});
const checkout = values.checkout;
if (checkout === undefined) throw new Error('--checkout DIR is missing');
const globs = values.servers ?? ['*'];
const jobs = Number(values.jobs ?? Math.min(4, availableParallelism()));
const work = await mkdtemp(path.join(tmpdir(), 'mcpgw-bench-'));
process.env.MCPGW_CACHE = path.join(work, 'cache');

/** Own time and that of ended children; on other systems than Linux own only. */
async function cpuSeconds(): Promise<number> {
  const own = process.cpuUsage();
  const stat = await readFile('/proc/self/stat', 'utf8').catch(() => '');
  const [user = 0, system = 0] = stat.split(' ').slice(15, 17).map(Number);
  return (own.user + own.system) / 1e6 + (user + system) / 100;
}

async function seconds(task: () => Promise<unknown>): Promise<{ wall: number; cpu: number }> {
  const cpu = await cpuSeconds();
  const start = performance.now();
  await task();
  return { wall: (performance.now() - start) / 1000, cpu: (await cpuSeconds()) - cpu };
}

const rows: string[] = [];
function row(what: string, measured: string, target: string, good: boolean): void {
  rows.push(`| ${what} | ${measured} | ${target} | ${good ? 'yes' : 'NO'} |`);
}

const locationOf = ({ directory, sources }: Classified) => ({
  root: directory,
  files: Object.keys(sources?.files ?? {}),
});

/** Every module parsed and its names bound, on all processors. */
async function parseAll(servers: readonly Classified[]): Promise<void> {
  const queue = servers.values();
  const thread = async (): Promise<void> => {
    const worker = new Worker(new URL('./parse-worker.ts', import.meta.url));
    for (const server of queue) {
      worker.postMessage(locationOf(server));
      await once(worker, 'message');
    }
    await worker.terminate();
  };
  await Promise.all([thread(), thread()]);
}

/** Everything that the static reader derives, the IAM actions too, as discovery does it. */
async function readAll(servers: readonly Classified[]): Promise<void> {
  const readers = new Readers(2);
  const read = async (server: Classified): Promise<void> => {
    const options = server.entrypoint === undefined ? {} : { entrypoint: server.entrypoint };
    const answer = await readers.read({ location: locationOf(server), options });
    if ('problem' in answer) console.error(`${server.id}: ${answer.problem}`);
  };
  await Promise.all(servers.map(read));
  await readers.close();
}

/** What `uv sync` of the same servers alone takes, with the repairs that discovery makes. */
async function installAlone(servers: readonly Classified[]): Promise<void> {
  const [uv, book] = [await ensureUv(), await readKnowledge()];
  await mapPool(servers, jobs, async ({ id, directory, project }) => {
    const python = await choosePython(project?.requiresPython);
    const env = {
      ...installerEnv(),
      UV_PROJECT_ENVIRONMENT: path.join(work, 'alone', id),
      ...(knowledgeOf(book, id).noHooks && { HATCH_BUILD_NO_HOOKS: 'true' }),
    };
    const args = ['sync', '--frozen', '--no-dev', '--no-editable', '--quiet', '--python', python.path];
    const result = await runChild(uv, args, { seconds: 900, cwd: directory, env });
    if (result.code !== 0) console.error(`${id}: uv sync: ${result.stderr.trim().split('\n').at(-1)}`);
  });
}

/** Start and listing of each as installed above, nothing else. */
async function startAlone(servers: readonly Classified[]): Promise<void> {
  const standIn = await startStandIn();
  await mapPool(servers, jobs, async ({ id, entrypoint }) => {
    const command = path.join(work, 'alone', id, 'bin', entrypoint?.script ?? '');
    const launch = { command, args: [], env: {} };
    await probeServer({ launch, arguments: [], environment: {}, endpoint: standIn.url });
  });
  await standIn.close();
}

try {
  const scan = await seconds(() => scanCheckout(checkout));
  const { servers } = await scanCheckout(checkout);
  const chosen = servers.filter((server) => server.kind === 'stdio' && matchesGlobs(server.id, globs));
  const plain = await seconds(() => parseAll(chosen));
  row(
    'classified and parsed',
    `${(scan.wall + plain.wall).toFixed(1)} s (${(scan.cpu + plain.cpu).toFixed(1)} s of CPU)`,
    '3 s',
    scan.wall + plain.wall <= 3,
  );
  const iam = await seconds(() => readAll(chosen));
  row(
    'static reader as a whole',
    `${(scan.wall + iam.wall).toFixed(1)} s (${(scan.cpu + iam.cpu).toFixed(1)} s of CPU)`,
    '10 s',
    scan.wall + iam.wall <= 10,
  );
  if (!values.static) {
    // A checkout of the chosen servers alone: both sides do the same work.
    const subset = path.join(work, 'checkout');
    for (const { id, directory } of chosen)
      await cp(directory, path.join(subset, 'src', id), { recursive: true });
    const manifest = path.join(work, 'manifest');
    await installAlone(chosen);
    await rm(path.join(work, 'alone'), { recursive: true });
    const install = await seconds(() => installAlone(chosen));
    const start = await seconds(() => startAlone(chosen));
    const env = { ...process.env };
    const run = async (script: string, args: string[]): Promise<string> => {
      const file = path.resolve(import.meta.dirname, script);
      const result = await runChild(process.execPath, [file, ...args], { seconds: 3600, env });
      if (result.code !== 0) throw new Error(result.stderr);
      return result.stdout;
    };
    let said = '';
    const cold = await seconds(async () => {
      said = await run('cold.ts', [subset, manifest, String(jobs)]);
    });
    const { megabytes, failed } = JSON.parse(said) as { megabytes: number; failed: unknown[] };
    for (const one of failed) console.error(JSON.stringify(one));
    const peer = { wall: install.wall + start.wall, cpu: install.cpu + start.cpu };
    row(
      `cold discovery of ${chosen.length}`,
      `${cold.wall.toFixed(0)} s (${cold.cpu.toFixed(0)} s of CPU)`,
      `1.5 × (uv sync ${install.wall.toFixed(0)} s + starts ${start.wall.toFixed(0)} s) = ${(1.5 * peer.wall).toFixed(0)} s (CPU: 1.5 × ${peer.cpu.toFixed(0)} = ${(1.5 * peer.cpu).toFixed(0)} s)`,
      cold.wall <= 1.5 * peer.wall,
    );
    row('its own memory', `${megabytes.toFixed(0)} MB`, '400 MB', megabytes <= 400);
    const again = await seconds(() =>
      run('../../cli/mcpgw.mjs', ['discover', '--checkout', subset, '--manifest', manifest]),
    );
    row(
      'unchanged rerun, the command as a whole',
      `${again.wall.toFixed(2)} s (${again.cpu.toFixed(2)} s of CPU)`,
      '1 s',
      again.wall <= 1,
    );
  }
  console.log(`| what | measured | target | met |\n|---|---|---|---|\n${rows.join('\n')}`);
} finally {
  await rm(work, { recursive: true, force: true });
}
