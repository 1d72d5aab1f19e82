/**
 * `npm run soak:proxies [-- CALLS [SEED]]`: 10,000 calls over eight published servers and six of a fault server that
 * crashes, hangs, floods, forges and prints garbage; about three minutes on two quiet cores. Fails when a call was
 * answered wrongly or for another, was lost, when a process is left, or when memory grew.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { openSettings } from '../../bench/proxies/published.ts';
import { percentile, table } from '../../bench/proxies/statistics.ts';
import type { Json } from '../../plan/hash.ts';
import type { LaunchSpec, ProxySettings } from '../../plan/types.ts';
import { createHandler, type Handler } from '../../proxies/handler.ts';
import { contextFor, faultLaunch, isRunning, settingsOf } from '../integration/proxies/support.ts';
import { type Expected, FAULTS, type Fault } from './faults.ts';
import { realServers } from './real-servers.ts';

const CALLS = Number(process.argv[2] ?? 10_000);
const SEED = Number(process.argv[3] ?? 1);
const FAULT_SEATS = 6;

interface Seat {
  name: string;
  handler: Handler;
  calls(n: number): {
    tool: string;
    args: Record<string, unknown>;
    ms: number;
    expected: Expected;
    fault: string;
  };
  /** A fault before will end the running process, maybe during a later call; that call must say so. */
  shaken: boolean;
  /** Of the running server. */
  pid?: number;
}

const pids = new Set<number>();
const counts = new Map<string, Map<string, number>>();
const wrong: string[] = [];
const heap: number[] = [];
const resident: number[] = [];
let done = 0;

const random = generator(SEED);
const seats = [...faultSeats(FAULT_SEATS), ...(await realSeats())];
const started = performance.now();
await Promise.all(seats.map((seat, index) => run(seat, share(index))));
const seconds = (performance.now() - started) / 1000;
await Promise.all(seats.map(({ handler }) => handler.close()));
await delay(200);
report();

async function run(seat: Seat, calls: number): Promise<void> {
  for (let n = 0; n < calls; n += 1) {
    const { tool, args, ms, expected, fault } = seat.calls(n);
    const context = contextFor(`${seat.name}___${tool}`, { ms });
    const reply = await Promise.race([
      seat.handler.handle(args, context),
      delay(ms + 3000).then(() => 'LOST' as const),
    ]);
    const outcome = judge(seat, reply, expected);
    note(fault, outcome);
    if (outcome === 'WRONG' || outcome === 'LOST')
      wrong.push(`${seat.name} ${tool} #${n}: ${JSON.stringify(reply).slice(0, 200)}`);
    collectChild(reply);
    done += 1;
    if (done % Math.ceil(CALLS / 20) === 0) sample();
  }
}

function judge(seat: Seat, reply: Json, expected: Expected): string {
  if (reply === 'LOST') return 'LOST';
  if (expected.matches(reply)) {
    seat.shaken ||= expected.shakes;
    return expected.says;
  }
  const error = errorOf(reply);
  if (
    seat.shaken &&
    error !== undefined &&
    /the server ended during the call \((exit code 0|signal SIGKILL)\)/.test(error)
  ) {
    return 'told: server ended';
  }
  return 'WRONG';
}

function errorOf(reply: Json): string | undefined {
  const { isError, error } = (reply ?? {}) as { isError?: boolean; error?: Json };
  return isError === true ? String(error) : undefined;
}

function faultSeats(number: number): Seat[] {
  return Array.from({ length: number }, (_, index) => {
    const name = `fault${index}`;
    // One ignores SIGTERM, one starts a process a call.
    const change: Partial<ProxySettings> = {
      target: name,
      environment: { SEAT: name, ...(index === 1 ? { FAULT_DEAF: '1' } : {}) },
      isolation: index === 2 ? 'per-call' : 'warm',
    };
    return seatOf(name, settingsOf(change), faultLaunch, (n) => {
      const fault = pick(index);
      const nonce = `${name}-${n}-${Math.floor(random() * 1e9)}`;
      return { ...fault.call(nonce), fault: fault.name };
    });
  });
}

/** Real servers; now and then one is killed just before a call, which is answered by the next, or told. */
async function realSeats(): Promise<Seat[]> {
  return (await realServers()).map(({ entry, launch, tool, call }, index) => {
    const name = `real${index}`;
    const settings = { ...openSettings(entry, name), allow: [tool] };
    const seat = seatOf(name, settings, launch, (n) => {
      const kill = seat.pid !== undefined && random() < 0.005;
      if (kill) process.kill(Number(seat.pid), 'SIGKILL');
      seat.shaken ||= kill;
      const nonce = `${name}-${n}-${Math.floor(random() * 1e9)}`;
      return { ...call(nonce), fault: kill ? 'real server killed before the call' : `none, ${entry.id}` };
    });
    return seat;
  });
}

function seatOf(name: string, settings: ProxySettings, launch: LaunchSpec, calls: Seat['calls']): Seat {
  const log = (line: Record<string, unknown>) => {
    if (line.event !== 'started') return;
    seat.pid = Number(line.pid);
    pids.add(seat.pid);
    seat.shaken = false;
  };
  const seat: Seat = { name, handler: createHandler({ settings, launch, log }), calls, shaken: false };
  return seat;
}

function pick(seat: number): Fault {
  // A deaf server and one that is started for every call are slow to end: fewer of the faults that kill.
  let roll = random() * FAULTS.reduce((sum, { weight }) => sum + weight, 0);
  for (const fault of FAULTS) {
    roll -= fault.weight;
    if (roll < 0) return seat === 2 && fault.warmOnly === true ? (FAULTS[0] as Fault) : fault;
  }
  return FAULTS[0] as Fault;
}

/** Seats that start a process a call take fewer of the calls. */
function share(index: number): number {
  const weights = seats.map((_, seat) => (seat === 2 ? 0.2 : 1));
  const sum = weights.reduce((a, b) => a + b, 0);
  return Math.ceil((CALLS * (weights[index] ?? 1)) / sum);
}

function note(fault: string, outcome: string): void {
  const row = counts.get(fault) ?? new Map<string, number>();
  counts.set(fault, row.set(outcome, (row.get(outcome) ?? 0) + 1));
}

function collectChild(reply: Json): void {
  const pid = (reply as { pid?: number } | null)?.pid;
  if (typeof pid === 'number') pids.add(pid);
}

function sample(): void {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  heap.push(heapUsed / 1e6);
  resident.push(rss / 1e6);
  process.stderr.write(
    `${done} calls, heap ${(heapUsed / 1e6).toFixed(1)} MB, rss ${(rss / 1e6).toFixed(0)} MB\n`,
  );
}

function report(): void {
  const rows = [...counts]
    .sort()
    .map(([fault, outcomes]) => [
      fault,
      String([...outcomes.values()].reduce((a, b) => a + b, 0)),
      [...outcomes].map(([outcome, n]) => `${outcome} ${n}`).join(', '),
    ]);
  console.log(table(['fault', 'calls', 'what happened'], rows));
  const left = [...pids].filter(isRunning);
  const early = percentile(heap.slice(2, 8), 0.5);
  const late = percentile(heap.slice(-6), 0.5);
  const grew = late > early * 1.25 + 5;
  console.log(
    `${done} calls in ${seconds.toFixed(0)} s, seed ${SEED}; ${wrong.length} wrong or lost; ${pids.size} processes started, ${left.length} left; ` +
      `heap ${early.toFixed(1)} MB early, ${late.toFixed(1)} MB late${grew ? ' (GREW)' : ''}, resident at most ${Math.max(...resident).toFixed(0)} MB`,
  );
  for (const line of wrong.slice(0, 20)) console.log(`WRONG ${line}`);
  process.exitCode = wrong.length > 0 || left.length > 0 || grew ? 1 : 0;
}

/** mulberry32: the same calls for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
