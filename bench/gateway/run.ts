/**
 * What the gateway adds to a call: the same echo through the gateway (token, argument check, handler, a server process
 * behind stdio) and through a plain SDK server over HTTP, in one run, alternating, so that both meet the same machine.
 *
 *   npm run bench:gateway [-- CALLS]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getToken } from '../../gateway/client.ts';
import { readRunning } from '../../gateway/running.ts';

const calls = Number(process.argv[2] ?? 2000);
const PARALLEL = 8;

interface Peer {
  name: string;
  url: string;
  tool: string;
  headers: Record<string, string>;
  times: number[];
}

function start(script: string, ...args: string[]): { child: ChildProcess; url: Promise<string> } {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = once(child.stdout, 'data').then(([data]) => String(data).trim());
  return { child, url };
}

let id = 0;
async function call(peer: Peer): Promise<number> {
  id += 1;
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name: peer.tool, arguments: { text: `call ${id}` } },
  });
  const started = performance.now();
  const response = await fetch(peer.url, { method: 'POST', headers: peer.headers, body });
  const answer = await response.text();
  const ms = performance.now() - started;
  if (!answer.includes('"result"')) throw new Error(`${peer.name}: ${answer.slice(0, 300)}`);
  return ms;
}

const quantile = (values: number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;

async function throughput(peer: Peer): Promise<number> {
  const started = performance.now();
  let left = calls;
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      while (left-- > 0) await call(peer);
    }),
  );
  return calls / ((performance.now() - started) / 1000);
}

const stateDir = await mkdtemp(join(tmpdir(), 'mcpgw-bench-'));
const processes = [start('plain-server.ts'), start('served.ts', stateDir)] as const;
try {
  const [plainUrl, gatewayUrl] = await Promise.all(processes.map(({ url }) => url));
  const { tokenUrl = '', clientId = '', clientSecret = '', scope = '' } = (await readRunning(stateDir)) ?? {};
  const token = await getToken({ tokenUrl, clientId, clientSecret, scope });
  const common = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const peers: Peer[] = [
    { name: 'plain SDK server', url: plainUrl ?? '', tool: 'echo', headers: common, times: [] },
    {
      name: 'gateway',
      url: gatewayUrl ?? '',
      tool: 'fixture___echo',
      headers: { ...common, authorization: `Bearer ${token}` },
      times: [],
    },
  ];
  for (const peer of peers) for (let warm = 0; warm < 200; warm += 1) await call(peer);
  for (let round = 0; round < calls; round += 1) for (const peer of peers) peer.times.push(await call(peer));
  const rows = [];
  for (const peer of peers) {
    const perSecond = await throughput(peer);
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((part) => quantile(peer.times, part));
    rows.push({ name: peer.name, p50, p95, p99, perSecond });
  }
  const [plain, gateway] = rows;
  const round = (value = 0) => Number(value.toFixed(2));
  console.table(
    Object.fromEntries(
      rows.map(({ name, p50, p95, p99, perSecond }) => [
        name,
        {
          'p50 ms': round(p50),
          'p95 ms': round(p95),
          'p99 ms': round(p99),
          [`calls/s, ${PARALLEL} at once`]: round(perSecond),
        },
      ]),
    ),
  );
  console.log(
    `${calls} calls each, ${cpus().length} cores, Node ${process.version}; gateway to plain: ` +
      `${round((gateway?.p50 ?? 0) / (plain?.p50 ?? 1))} of p50, ${round((gateway?.perSecond ?? 0) / (plain?.perSecond ?? 1))} of throughput`,
  );
} finally {
  for (const { child } of processes) child.kill('SIGTERM');
  await Promise.all(processes.map(({ child }) => child.exitCode ?? once(child, 'exit')));
  await rm(stateDir, { recursive: true, force: true });
}
