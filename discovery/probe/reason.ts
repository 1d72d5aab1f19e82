/** Why a server could not be listed, in one line that is the same on every machine. */
import { printable } from '../text.ts';

const MAX = 240;

/** The exception that ended a Python process says more than the SDK's "connection closed". */
export function reasonFrom(thrown: string, exit: string | undefined, stderr: string): string {
  const timedOut = /timed? ?out/i.test(thrown);
  const exception = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) =>
      /^(?:[A-Za-z_][\w.]*(?:Error|Exception|NotFound|Exit|Interrupt)|usage|[\w.-]+: error):/.test(line),
    )
    .at(-1);
  const closed = /connection closed/i.test(thrown);
  if (timedOut) return neutral('no answer in the time allowed');
  if (closed) return neutral([exit ?? 'it closed the connection', exception].filter(Boolean).join(': '));
  return neutral(thrown);
}

/** Without paths, addresses, times and process ids of this machine. */
export function neutral(text: string): string {
  const plain = text
    .replace(/(?:\/[\w.@+-]+){2,}\/?/g, '<path>')
    .replace(/0x[0-9a-f]{6,}/gi, '<address>')
    .replace(/127\.0\.0\.1:\d+|localhost:\d+/g, '<loopback>')
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?/g, '<time>');
  return printable(plain, MAX);
}
