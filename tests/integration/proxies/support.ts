/** A handler over the fault server, its log, and questions about processes. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Json } from '../../../plan/hash.ts';
import type { ProxySettings } from '../../../plan/types.ts';
import type { CallContext } from '../../../proxies/context.ts';
import { createHandler, type Handler, type HandlerDependencies } from '../../../proxies/handler.ts';

const FAULT_SERVER = new URL('../../fixtures/fault-server.mjs', import.meta.url).pathname;

/** Every tool of the fault server but `forbidden` ones. */
export const TOOLS = [
  ...readFileSync(FAULT_SERVER, 'utf8').matchAll(/^ {2}'?([a-z-]+)'?: (?:async )?\(/gm),
].map(([, name]) => String(name));

export const faultLaunch = { command: process.execPath, args: [FAULT_SERVER], env: {} };

export function settingsOf(change: Partial<ProxySettings> = {}): ProxySettings {
  return {
    server: 'fault-mcp-server',
    target: 'fault',
    arguments: [],
    environment: {},
    aliases: {},
    allow: TOOLS,
    onToolError: 'return',
    isolation: 'warm',
    ...change,
  };
}

export interface Rig {
  handler: Handler;
  log: Record<string, unknown>[];
  call(tool: string, args?: unknown, context?: Partial<CallContext> & { ms?: number }): Promise<Json>;
  /** Log lines of one kind. */
  lines(event: string): Record<string, unknown>[];
}

const rigs: Rig[] = [];

export function rig(change: Partial<ProxySettings> = {}, more: Partial<HandlerDependencies> = {}): Rig {
  const log: Record<string, unknown>[] = [];
  const settings = settingsOf(change);
  const handler = createHandler({ settings, launch: faultLaunch, log: (line) => log.push(line), ...more });
  const made: Rig = {
    handler,
    log,
    call: (tool, args = {}, context = {}) => handler.handle(args, contextFor(`fault___${tool}`, context)),
    lines: (event) => log.filter((line) => line.event === event),
  };
  rigs.push(made);
  return made;
}

/** For afterEach: ends every server that a test started. */
export async function closeRigs(): Promise<void> {
  await Promise.all(rigs.splice(0).map(({ handler }) => handler.close()));
}

let requests = 0;

export function contextFor(
  tool: string,
  { ms = 20_000, ...rest }: Partial<CallContext> & { ms?: number } = {},
): CallContext {
  const end = Date.now() + ms;
  requests += 1;
  return {
    awsRequestId: `request-${requests}`,
    clientContext: { custom: { bedrockAgentCoreToolName: tool } },
    getRemainingTimeInMillis: () => end - Date.now(),
    ...rest,
  };
}

/** Alive, no zombie, and no thread of it left that still holds its files. */
export function isRunning(pid: number): boolean {
  if (existsSync('/proc/self/stat')) {
    try {
      const zombie = /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
      return !zombie || readdirSync(`/proc/${pid}/task`).length > 1;
    } catch {
      return false;
    }
  }
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
