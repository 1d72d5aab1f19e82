/**
 * Cold starts of one packaged server in the Lambda test bed, init to first answer, beside the bare server's own start
 * with and without .pyc files: the same bytes, the same call, another start.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { ServerEntry } from '../../plan/manifest.ts';
import { prepareEnvironment } from '../../proxies/environment.ts';
import { launchOf } from '../../proxies/packaging/launch.ts';
import { readServerFile, type ServerFile } from '../../proxies/packaging/server-file.ts';
import { ServerProcess } from '../../proxies/process.ts';
import { encodeProxySettings, PROXY_VARIABLE } from '../../proxies/settings.ts';
import { Testbed } from '../../tests/lambda-testbed/testbed.ts';
import { openSettings } from './published.ts';
import { percentile } from './statistics.ts';

export interface PackagedServer {
  entry: ServerEntry;
  /** Unpacked package and layer, and a folder that the test bed's user reaches. */
  task: string;
  layer: string;
  work: string;
  /** Stands in for AWS. */
  endpoint: string;
  /** What the server cannot start without. */
  arguments?: readonly string[];
  environment?: Readonly<Record<string, string>>;
}

/** Medians: wall time in ms, CPU time (which other load on the machine hardly changes) in ms. */
export interface ColdStart {
  server: string;
  withPyc: number;
  withoutPyc: number;
  cold: number;
  init: number;
  withPycCpu: number;
  withoutPycCpu: number;
  coldCpu: number;
  nodeMb: number;
  allMb: number;
  answer: string;
}

export const BOUNDS = {
  withinStart: ({ cold, withPyc }: ColdStart) => cold <= withPyc * 1.15 + 150,
  twiceAsFast: ({ cold, withoutPyc }: ColdStart) => cold * 2 <= withoutPyc,
};

export async function measureColdStart(server: PackagedServer, rounds: number): Promise<ColdStart> {
  const { entry, work } = server;
  const tool = firstTool(entry);
  const bare: Started[] = [];
  const withoutPyc: Started[] = [];
  const cold: (Started & { init: number })[] = [];
  let [nodeMb, allMb, answer] = [0, 0, ''];
  // Of its own: what a server writes into its code where it may, the packaged one must not find.
  const plain = { ...server, task: copyOf(server) };
  for (let round = 0; round < rounds; round += 1) {
    bare.push(await bareStart(plain, tool, {}));
    // Python looks for compiled files there only: as if there were none.
    withoutPyc.push(await bareStart(plain, tool, { PYTHONPYCACHEPREFIX: join(work, 'no-pyc') }));
    const bed = openBed(server, { environment: awsVariables(server) });
    try {
      const began = performance.now();
      await bed.start();
      const { payload, functionError } = await bed.call(`bench___${tool}`);
      const ms = performance.now() - began;
      cold.push({ ms, cpu: cpuOf(bed.processes()), init: bed.inits[0]?.ms ?? 0 });
      nodeMb = Math.max(nodeMb, bed.memory() / 1e6);
      allMb = Math.max(allMb, bed.processes().reduce((sum, pid) => sum + residentOf(pid), 0) / 1e6);
      answer = functionError ?? JSON.stringify(payload).slice(0, 120);
    } finally {
      await bed.close();
    }
  }
  rmSync(plain.task, { recursive: true, force: true });
  const p50 = (values: readonly number[]) => Math.round(percentile(values, 0.5));
  return {
    server: entry.id,
    withPyc: p50(bare.map(({ ms }) => ms)),
    withoutPyc: p50(withoutPyc.map(({ ms }) => ms)),
    cold: p50(cold.map(({ ms }) => ms)),
    init: p50(cold.map(({ init }) => init)),
    withPycCpu: p50(bare.map(({ cpu }) => cpu)),
    withoutPycCpu: p50(withoutPyc.map(({ cpu }) => cpu)),
    coldCpu: p50(cold.map(({ cpu }) => cpu)),
    ...{ nodeMb: Math.round(nodeMb), allMb: Math.round(allMb), answer },
  };
}

/** What a packaged server lists, by a start of its own. */
export async function listedTools(server: PackagedServer): Promise<Tool[]> {
  const plain = { ...server, task: copyOf(server) };
  try {
    return (await bareStart(plain, firstTool(server.entry), {})).tools;
  } finally {
    rmSync(plain.task, { recursive: true, force: true });
  }
}

/** The packaged server as deployed, from a copy: the test bed takes write permission from its folder. */
export function openBed(
  server: PackagedServer,
  settings: { environment: Record<string, string>; timeout?: number; tools?: readonly string[] },
): Testbed {
  const { entry, layer, arguments: args = [] } = server;
  const copy = copyOf(server);
  const open = openSettings(entry, 'bench');
  // One that lists nothing without an account or input is called all the same: it must answer in words.
  const allow = [...open.allow, firstTool(entry), ...(settings.tools ?? [])];
  const environment = { ...settings.environment, ...server.environment };
  const proxy = { ...open, allow, arguments: [...args], environment };
  const bed = new Testbed({
    taskRoot: copy,
    environment: { [PROXY_VARIABLE]: encodeProxySettings(proxy), MCPGW_LAYER_ROOT: layer },
    memory: 512,
    timeout: settings.timeout ?? 60,
  });
  const close = bed.close.bind(bed);
  bed.close = async () => {
    await close();
    rmSync(copy, { recursive: true, force: true });
  };
  return bed;
}

function copyOf({ task, work }: PackagedServer): string {
  const copy = mkdtempSync(join(work, 'task-'));
  cpSync(task, copy, { recursive: true });
  return copy;
}

interface Started {
  ms: number;
  cpu: number;
}

async function bareStart(
  server: PackagedServer,
  tool: string,
  extra: Record<string, string>,
): Promise<Started & { tools: Tool[] }> {
  const { task, layer, work, arguments: args = [] } = server;
  const file = await readServerFile(task);
  const launch = launchOf(file, { taskRoot: task, layerRoot: layer });
  const { env, cwd, remove } = await prepareEnvironment({
    layers: [launch.env, awsVariables(server), extra],
    region: 'us-east-1',
    tmp: work,
  });
  const started = performance.now();
  const { command } = launch;
  const child = new ServerProcess({
    command,
    args: ['-P', '-c', consoleScript(file.entrypoint), ...args],
    env,
    cwd,
    onOutput: () => {},
  });
  const client = new Client({ name: 'bench', version: '1' });
  try {
    await client.connect(child, { timeout: 120_000 });
    await client.callTool({ name: tool, arguments: {} }).catch(() => {});
    const ms = performance.now() - started;
    const cpu = cpuOf([child.pid ?? -1]);
    const { tools } = await client.listTools().catch(() => ({ tools: [] }));
    return { ms, cpu, tools };
  } finally {
    await child.end(0, 'measured');
    await remove();
  }
}

/** As its installed script starts it, with nothing of ours. */
function consoleScript({ module, attribute }: ServerFile['entrypoint']): string {
  const [first = ''] = attribute.split('.');
  return `import sys; from ${module} import ${first}; sys.exit(${attribute}())`;
}

/** One that refuses a call without arguments by itself, without AWS. */
export function firstTool(entry: ServerEntry): string {
  const tools = Object.entries(entry.tools ?? {});
  const [name] =
    tools.find(([, { parameters }]) => Object.values(parameters).some((type) => type.includes('!'))) ??
    tools[0] ??
    [];
  return name ?? 'none';
}

function awsVariables({ endpoint, environment }: PackagedServer): Record<string, string> {
  return {
    ...environment,
    AWS_ENDPOINT_URL: endpoint,
    AWS_MAX_ATTEMPTS: '1',
    AWS_ACCESS_KEY_ID: 'AKIDBENCH',
    AWS_SECRET_ACCESS_KEY: 'bench',
  };
}

function residentOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}

/** User and system time of processes and of those children of theirs that ended, ms; ticks are 10 ms on Linux. */
function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return sum + fields.slice(11, 15).reduce((ticks, field) => ticks + Number(field), 0) * 10;
  }, 0);
}
