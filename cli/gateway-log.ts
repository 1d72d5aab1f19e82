/**
 * The local gateway's log: every line as JSON into `.mcpgw/gateway.log`, and what a person wants to see on the terminal.
 * Lines carry no tokens, no credentials and no arguments.
 */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Output } from './output.ts';

type Line = Record<string, unknown>;

export interface GatewayLog {
  file: string;
  write(line: Line): void;
  close(): Promise<void>;
}

/** Starts an empty log file; the terminal gets calls, starts and failures, or every line with `verbose`. */
export async function openGatewayLog(stateDir: string, out: Output, verbose: boolean): Promise<GatewayLog> {
  await mkdir(stateDir, { recursive: true });
  const file = join(stateDir, 'gateway.log');
  const stream = createWriteStream(file, { mode: 0o600 });
  return {
    file,
    write(line) {
      const time = new Date().toISOString();
      stream.write(`${JSON.stringify({ time, ...line })}\n`);
      const told = verbose ? JSON.stringify(line) : forPeople(line);
      if (told !== undefined) out.note(`${time.slice(11, 19)}  ${told}`);
    },
    close: () => new Promise((done) => stream.end(done)),
  };
}

const TOLD = new Set(['refused', 'failed', 'not-started', 'not-served', 'ended', 'credentials-failed']);

function forPeople(line: Line): string | undefined {
  const { event, target, tool, outcome, ms } = line;
  const why = line.reason ?? line.problem ?? line.error;
  // the gateway's line of a call names target and tool together; the handler's own line stays in the file
  if (event === 'call' && target === undefined) {
    return `${String(tool).replace('___', '/')}  ${String(outcome)}  ${String(ms)} ms`;
  }
  if (event === 'started') return `${String(target)}: server started in ${String(ms)} ms`;
  if (TOLD.has(String(event))) {
    return [target, event, why].filter((part) => part !== undefined).join('  ');
  }
  return undefined;
}
