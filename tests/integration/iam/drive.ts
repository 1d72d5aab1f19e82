/**
 * Drives a real server against a stand-in for AWS: calls its tools with plausible arguments, watches which AWS calls it makes,
 * and holds them against the actions that the static reader derived from its source.
 */
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ErrorCode } from '@modelcontextprotocol/sdk/types.js';
import { makeSandbox } from '../../../discovery/probe/sandbox.ts';
import { endStrays } from '../../../discovery/probe/strays.ts';
import { ProbeTransport } from '../../../discovery/probe/transport.ts';
import type { ServerEntry, ToolDefinition } from '../../../plan/manifest.ts';
import type { LaunchSpec } from '../../../plan/types.ts';
import { type SeenCall, startMonitor } from './monitor.ts';
import { plausibleCalls } from './plausible.ts';

export interface Drive {
  entry: ServerEntry;
  launch: LaunchSpec;
  /** URL of the stand-in for AWS. */
  endpoint: string;
  arguments?: readonly string[];
  environment?: Readonly<Record<string, string>>;
  /** For the whole server. */
  seconds?: number;
  /** At most so many of its tools, evenly taken from its list, and so many calls of each. */
  most?: { tools: number; calls: number };
}

export interface Verdict {
  id: string;
  derived: number;
  calls: number;
  answered: number;
  /** Distinct AWS operations seen, `service Operation`. */
  seen: string[];
  /** Seen and not covered by the server's actions, with the tool that made the call. */
  missed: string[];
  /** Seen during a tool that is said to reach fewer actions. */
  missedByTool: string[];
  /** What the manifest tells in words (`unresolved`): private services, and operations that the caller names. */
  told: string[];
  /** The time was up before all calls were made. */
  cut: boolean;
}

const CALL_MS = 10_000;

export async function drive(options: Drive): Promise<Verdict> {
  const { entry } = options;
  const mark = randomUUID();
  const monitor = await startMonitor();
  const sandbox = await makeSandbox({
    bin: dirname(options.launch.command),
    endpoint: options.endpoint,
    mark,
    environment: { ...options.launch.env, ...monitor.environment, ...options.environment },
  });
  const { command, args } = options.launch;
  const transport = new ProbeTransport({
    command,
    args: [...args, ...(options.arguments ?? [])],
    env: sandbox.env,
    cwd: sandbox.cwd,
  });
  const client = new Client({ name: 'mcpgw-iam-proof', version: '1' });
  client.onerror = () => {};
  const judge = new Judge(entry);
  try {
    await client.connect(transport, { timeout: 90_000 });
    await sleep(100);
    judge.saw(undefined, monitor.take());
    const deadline = performance.now() + (options.seconds ?? 120) * 1000;
    const tools = spread((await client.listTools()).tools as ToolDefinition[], options.most?.tools);
    for (const tool of tools)
      for (const call of plausibleCalls(tool).slice(0, options.most?.calls)) {
        if (performance.now() > deadline) {
          judge.cut = true;
          break;
        }
        const ok = await client
          .callTool({ name: tool.name, arguments: call }, undefined, { timeout: CALL_MS })
          .then(
            () => true,
            (error: { code?: number }) => (error.code === ErrorCode.RequestTimeout ? undefined : false),
          );
        await sleep(5); // datagrams overtake nothing but the reply
        judge.called(ok === true);
        judge.saw(tool.name, monitor.take());
        if (ok === undefined) break; // it waits for something that is not here, and would again
      }
  } finally {
    await transport.close();
    await endStrays(mark);
    await client.close().catch(() => {});
    await monitor.close();
    await sandbox.remove().catch(() => {});
  }
  return judge.verdict();
}

/** All, or so many of them with equal steps between. */
function spread<T>(all: readonly T[], most = all.length): T[] {
  const step = Math.max(1, all.length / most);
  return all.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

/** Flags that open what is closed by default, so that more of the code runs. */
export function opening(entry: ServerEntry): string[] {
  return (entry.arguments ?? []).filter((flag) =>
    /^--allow-(write|writes|sensitive-data-access|resource-creation)$/.test(flag),
  );
}

class Judge {
  cut = false;
  readonly #entry: ServerEntry;
  readonly #derived: ReadonlySet<string>;
  readonly #seen = new Set<string>();
  readonly #missed = new Set<string>();
  readonly #missedByTool = new Set<string>();
  readonly #told = new Set<string>();
  #calls = 0;
  #answered = 0;

  constructor(entry: ServerEntry) {
    this.#entry = entry;
    this.#derived = new Set(Object.keys(entry.aws?.actions ?? {}));
  }

  called(answered: boolean): void {
    this.#calls++;
    if (answered) this.#answered++;
  }

  saw(tool: string | undefined, calls: readonly SeenCall[]): void {
    const reached = tool === undefined ? undefined : this.#entry.tools?.[tool]?.actions;
    for (const { service, operation, actions } of calls) {
      const name = `${service} ${operation}`;
      this.#seen.add(name);
      const where = tool ?? 'start';
      if (actions === undefined)
        (this.#isTold(service) ? this.#told : this.#missed).add(`${name} (${where})`);
      for (const action of actions ?? []) {
        if (!this.#derived.has(action))
          (this.#isTold(`operations of ${service} by names`) ? this.#told : this.#missed).add(
            `${action} (${where})`,
          );
        else if (reached && !reached.includes(action)) this.#missedByTool.add(`${action} (${where})`);
      }
    }
  }

  #isTold(what: string): boolean {
    return (this.#entry.aws?.unresolved ?? []).join(' ').toLowerCase().includes(what.toLowerCase());
  }

  verdict(): Verdict {
    return {
      id: this.#entry.id,
      derived: this.#derived.size,
      calls: this.#calls,
      answered: this.#answered,
      seen: [...this.#seen].sort(),
      missed: [...this.#missed].sort(),
      missedByTool: [...this.#missedByTool].sort(),
      told: [...this.#told].sort(),
      cut: this.cut,
    };
  }
}
