/**
 * Reads the handler's log lines back, from whatever carries them: JSON lines, lines with a time or a stream's name in front
 * (`aws logs tail`, an export to S3, also gzipped), the JSON of `aws logs filter-log-events` and of Logs Insights, or
 * Insights' CSV. Lines of anything else are passed over.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { McpgwError, messageOf } from '../plan/errors.ts';
import type { LoggedCalls } from '../plan/why/usage.ts';

const awsCall = z.object({ action: z.string(), error: z.string().optional() });
/** A call, or what a server did between two calls. */
const callLine = z.union([
  z.object({
    event: z.literal('call'),
    server: z.string(),
    tool: z.string().optional(),
    aws: z.array(awsCall).default([]),
    awsMore: z.number().default(0),
  }),
  z.object({ event: z.literal('aws'), server: z.string(), calls: z.array(awsCall) }),
]);

/** Every call of the log in `file`; `-` is `stdin`. */
export async function readCallLog(file: string, stdin: Readable): Promise<LoggedCalls[]> {
  const found: LoggedCalls[] = [];
  const input = file === '-' ? stdin : createReadStream(file);
  const text = file.endsWith('.gz') ? createGunzip() : new PassThrough();
  const reading = readLines(text, (line) => found.push(...callsIn(line)));
  try {
    await Promise.all([pipeline(input, text), reading]);
  } catch (cause) {
    throw new McpgwError('usage', `${file} cannot be read: ${messageOf(cause)}`, {
      hint: 'the log of `mcpgw serve` is .mcpgw/gateway.log; of a stack, export the log groups of its functions',
      cause,
    });
  }
  return found;
}

async function readLines(text: Readable, onText: (text: string) => void): Promise<void> {
  // One document over many lines, as the AWS CLI prints it, is read whole; a log line by line.
  let document: string[] | undefined;
  for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (document === undefined && /^\s*[[{]\s*$/.test(line)) document = [];
    if (document === undefined) onText(line);
    else document.push(line);
  }
  if (document !== undefined) onText(document.join('\n'));
}

/** The calls that a line, or a whole document, holds. */
export function callsIn(text: string): LoggedCalls[] {
  const at = /^\s*\[/.test(text) ? 0 : text.indexOf('{');
  if (at < 0) return [];
  const plain =
    parsed(text.slice(at)) ?? parsed(text.slice(at, text.lastIndexOf('}') + 1).replaceAll('""', '"'));
  return plain === undefined ? [] : [...walk(plain, 0)];
}

/** How deep a line may lie in what carries it: document, events, event, message. */
const DEPTH = 6;

function* walk(value: unknown, depth: number): Generator<LoggedCalls> {
  if (depth > DEPTH) return;
  if (typeof value === 'string') {
    if (value.includes('"event"')) yield* callsIn(value);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  // A line of ours, whichever: what it holds were a server's or a caller's words, and might look like a call.
  if ('event' in value && typeof value.event === 'string') yield* callOf(value);
  else for (const member of Object.values(value)) yield* walk(member, depth + 1);
}

function* callOf(value: object): Generator<LoggedCalls> {
  const line = callLine.safeParse(value).data;
  if (line?.event === 'aws') yield { server: line.server, calls: line.calls, more: 0 };
  if (line?.event === 'call') {
    const { server, tool = '(none)', aws, awsMore } = line;
    yield { server, tool, calls: aws, more: awsMore };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
