/**
 * Speed of discovery against its targets, on a checkout and its own cold cache:
 *   node bench/discovery/bench.ts --checkout DIR [--servers GLOB…] [--jobs N]
 * All servers take some 5 minutes on 2 idle cores (two installations of each); a glob takes less.
 * uv's own download cache is warmed first, so that both sides install from the same state.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runChild } from '../../discovery/child.ts';
import type { Classified } from '../../discovery/classify/classify.ts';
import { discover } from '../../discovery/discover.ts';
import { knowledgeOf, readKnowledge } from '../../discovery/knowledge.ts';
import { mapPool } from '../../discovery/pool.ts';
import { probeServer } from '../../discovery/probe/probe.ts';
import { startStandIn } from '../../discovery/probe/stand-in.ts';
import { installerEnv } from '../../discovery/python/installer-env.ts';
import { choosePython } from '../../discovery/python/interpreter.ts';
import { ensureUv } from '../../discovery/python/uv.ts';
import { scanCheckout } from '../../discovery/source/checkout.ts';
import { readPackageSource } from '../../discovery/static/index.ts';
import { loadPackage } from '../../discovery/static/package.ts';
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

async function seconds(task: () => Promise<unknown>): Promise<{ wall: number; cpu: number }> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await task();
  const used = process.cpuUsage(cpu);
  return { wall: (performance.now() - start) / 1000, cpu: (used.user + used.system) / 1e6 };
}

const rows: string[] = [];
function row(what: string, measured: string, target: string, good: boolean): void {
  rows.push(`| ${what} | ${measured} | ${target} | ${good ? 'yes' : 'NO'} |`);
}

/** Every module parsed, or everything the static reader derives, the IAM actions too. */
async function readAll(servers: readonly Classified[], what: 'parse' | 'everything'): Promise<void> {
  for (const { directory, sources, entrypoint } of servers) {
    const location = { root: directory, files: Object.keys(sources?.files ?? {}) };
    if (what === 'parse') await loadPackage(location);
    else await readPackageSource(location, entrypoint === undefined ? {} : { entrypoint });
  }
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
  const plain = await seconds(() => readAll(chosen, 'parse'));
  row(
    'classified and parsed',
    `${(scan.wall + plain.wall).toFixed(1)} s (${(scan.cpu + plain.cpu).toFixed(1)} s of CPU)`,
    '3 s',
    scan.wall + plain.wall <= 3,
  );
  const iam = await seconds(() => readAll(chosen, 'everything'));
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
    const options = { checkout: subset, manifest: path.join(work, 'manifest'), jobs };
    await installAlone(chosen);
    await rm(path.join(work, 'alone'), { recursive: true });
    const install = await seconds(() => installAlone(chosen));
    const start = await seconds(() => startAlone(chosen));
    const cold = await seconds(() => discover(options));
    const peer = install.wall + start.wall;
    row(
      `cold discovery of ${chosen.length}`,
      `${cold.wall.toFixed(0)} s`,
      `1.5 × (uv sync ${install.wall.toFixed(0)} s + starts ${start.wall.toFixed(0)} s) = ${(1.5 * peer).toFixed(0)} s`,
      cold.wall <= 1.5 * peer,
    );
    const again = await seconds(() => discover(options));
    row(
      'unchanged rerun',
      `${again.wall.toFixed(2)} s (${again.cpu.toFixed(2)} s of CPU)`,
      '1 s',
      again.wall <= 1,
    );
  }
  const memory = process.resourceUsage().maxRSS / 1024;
  row('memory of our own process', `${memory.toFixed(0)} MB`, '400 MB', memory <= 400);
  console.log(`| what | measured | target | met |\n|---|---|---|---|\n${rows.join('\n')}`);
} finally {
  await rm(work, { recursive: true, force: true });
}
