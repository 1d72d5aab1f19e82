/**
 * What the handler itself costs, apart from the server it runs: the size of its bundle, the time to load it in a fresh
 * Node, and the memory of the Node side after real calls, each beside a function that gives the same replies by itself, in
 * the same run.
 * `npm run bench:init [-- --json]`; half a minute. Exit code 1 when a bound is broken.
 */
import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleHandler } from '../../proxies/packaging/handler-bundle.ts';
import { encodeProxySettings, PROXY_VARIABLE } from '../../proxies/settings.ts';
import { settingsOf } from '../../tests/integration/proxies/support.ts';
import { Testbed } from '../../tests/lambda-testbed/testbed.ts';
import { percentile, table } from './statistics.ts';

const BOUNDS = { bundleKb: 600, initMs: 80, memoryMb: 80 };
const ROUNDS = 30;
const CALLS = 200;

const work = mkdtempSync(join(tmpdir(), 'mcpgw-init-'));
chmodSync(work, 0o755);
const { code } = await bundleHandler();
const folders = { bare: join(work, 'bare'), ours: join(work, 'ours') };
for (const folder of Object.values(folders))
  cpSync('tests/fixtures', join(folder, 'python'), { recursive: true });
writeFileSync(
  join(folders.bare, 'index.mjs'),
  "export const handler = async ({ count = 1 }) => 'x'.repeat(count);",
);
writeFileSync(join(folders.ours, 'index.mjs'), code);
const server = { command: process.execPath, args: ['{root}/python/fault-server.mjs'], env: {} };
writeFileSync(join(folders.ours, 'server.json'), JSON.stringify(server));
writeFileSync(
  join(work, 'load.mjs'),
  `const before = performance.now();
   await import(process.argv[2]);
   const ms = performance.now() - before;
   const { user, system } = process.cpuUsage();
   console.log(JSON.stringify({ ms, cpu: (user + system) / 1000 }));
   process.exit();`,
);

type Arm = keyof typeof folders;
const loads: Record<Arm, { ms: number; cpu: number }[]> = { bare: [], ours: [] };
let memory: Record<Arm, Memory>;
try {
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const arm of ['bare', 'ours'] as const) loads[arm].push(await load(arm));
  }
  memory = { bare: await memoryOf('bare'), ours: await memoryOf('ours') };
} finally {
  rmSync(work, { recursive: true, force: true });
}
report();

/** Without a server, which is started apart from the loading: an isolated one starts with its call. */
async function load(arm: Arm): Promise<{ ms: number; cpu: number }> {
  const env = {
    LAMBDA_TASK_ROOT: folders[arm],
    [PROXY_VARIABLE]: encodeProxySettings(settingsOf({ isolation: 'per-call' })),
  };
  const args = [join(work, 'load.mjs'), join(folders[arm], 'index.mjs')];
  return JSON.parse((await promisify(execFile)(process.execPath, args, { env })).stdout) as never;
}

interface Memory {
  init: number;
  calls: number;
  large: number;
}

/** Of the runtime's process, MB: after init, after many calls, and after some with replies of a megabyte. */
async function memoryOf(arm: Arm): Promise<Memory> {
  const bed = new Testbed({
    taskRoot: folders[arm],
    environment: { [PROXY_VARIABLE]: encodeProxySettings(settingsOf()) },
    memory: 512,
  });
  try {
    await bed.start();
    const init = bed.memory() / 1e6;
    for (let call = 0; call < CALLS; call += 1) await bed.call('fault___echo', { call });
    const calls = bed.memory() / 1e6;
    for (let call = 0; call < 5; call += 1) await bed.call('fault___big', { count: 1_000_000 });
    return { init, calls, large: bed.memory() / 1e6 };
  } finally {
    await bed.close();
  }
}

function report(): void {
  const p50 = (arm: Arm, key: 'ms' | 'cpu') =>
    percentile(
      loads[arm].map((one) => one[key]),
      0.5,
    );
  const best = (arm: Arm) => Math.min(...loads[arm].map(({ ms }) => ms));
  const bundleKb = code.length / 1000;
  const within = {
    bundle: bundleKb < BOUNDS.bundleKb,
    init: p50('ours', 'ms') < BOUNDS.initMs,
    memory: memory.ours.calls < BOUNDS.memoryMb,
  };
  if (process.argv.includes('--json')) {
    const arms = (['bare', 'ours'] as const).map((arm) => [
      arm,
      { loadMs: p50(arm, 'ms'), bestMs: best(arm), cpuMs: p50(arm, 'cpu'), memoryMb: memory[arm] },
    ]);
    console.log(JSON.stringify({ bundleKb, ...Object.fromEntries(arms), bounds: BOUNDS, within }));
  } else {
    const row = (name: string, arm: Arm) => [
      name,
      best(arm),
      p50(arm, 'ms'),
      p50(arm, 'cpu'),
      memory[arm].init,
      memory[arm].calls,
      memory[arm].large,
    ];
    const head = [
      '',
      'load ms, best',
      'p50',
      'CPU ms of the process',
      'MB after init',
      `${CALLS} calls`,
      '1 MB replies',
    ];
    console.log(table(head, [row('a function without a server', 'bare'), row('this handler', 'ours')]));
    console.log(`bundle ${bundleKb.toFixed(1)} kB (bound ${BOUNDS.bundleKb})`);
    for (const [name, kept] of Object.entries(within)) console.log(`${name}: ${kept ? 'kept' : 'BROKEN'}`);
  }
  process.exitCode = Object.values(within).every(Boolean) ? 0 : 1;
}
