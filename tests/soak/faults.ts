/** The faults of the soak: how often, what is called, and which reply is the only right one. */
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../plan/hash.ts';

export interface Expected {
  /** What the table says of it. */
  says: string;
  matches(reply: Json): boolean;
  /** The server may end during one of the next calls. */
  shakes: boolean;
}

export interface FaultCall {
  tool: string;
  args: Record<string, unknown>;
  ms: number;
  expected: Expected;
}

export interface Fault {
  name: string;
  weight: number;
  /** Makes no sense where every call has its own process. */
  warmOnly?: boolean;
  call(nonce: string): FaultCall;
}

const MS = 20_000;

const equals = (value: Json, says = 'answered', shakes = false): Expected => ({
  says,
  shakes,
  matches: (reply) => isDeepStrictEqual(reply, value),
});
const told = (pattern: RegExp, says: string): Expected => ({
  says: `told: ${says}`,
  shakes: false,
  matches: (reply) => {
    const { isError, error } = (reply ?? {}) as { isError?: boolean; error?: string };
    return isError === true && pattern.test(String(error));
  },
});
/** A tool that answers with its arguments, after its fault. */
const echoing =
  (tool: string, more: Record<string, unknown> = {}) =>
  (nonce: string): FaultCall => {
    const args = { nonce, ...more };
    return { tool, args, ms: MS, expected: equals(args as Json) };
  };
const fixed =
  (tool: string, args: Record<string, unknown>, expected: Expected, ms = MS) =>
  (): FaultCall => ({
    tool,
    args,
    ms,
    expected,
  });

export const FAULTS: readonly Fault[] = [
  { name: 'none', weight: 700, call: echoing('echo') },
  { name: 'slow answer', weight: 40, call: echoing('slow', { ms: 30 }) },
  { name: 'forged replies with guessed ids', weight: 30, call: echoing('forge') },
  { name: 'two replies to one call', weight: 30, call: echoing('twice') },
  { name: 'garbage on stdout', weight: 30, call: fixed('garbage', {}, equals('clean')) },
  { name: 'text before the reply', weight: 30, call: fixed('prefix', {}, equals('behind a prefix')) },
  { name: 'flood on stdout', weight: 10, call: fixed('flood', { lines: 3000 }, equals('after the flood')) },
  {
    name: 'flood on stderr',
    weight: 10,
    call: fixed('flood-stderr', { lines: 3000 }, equals('after the flood')),
  },
  {
    name: 'large reply',
    weight: 5,
    call: fixed('big', { count: 200_000 }, equals('x'.repeat(200_000))),
  },
  {
    name: 'tool error',
    weight: 20,
    call: fixed('fail', { message: 'no' }, equals({ isError: true, error: 'no' })),
  },
  { name: 'protocol error', weight: 20, call: fixed('rpc-error', {}, told(/nope/, 'protocol error')) },
  {
    name: 'crash',
    weight: 20,
    call: fixed('crash', { code: 9 }, told(/exit code 9.*not tried again/s, 'crashed')),
  },
  { name: 'killed', weight: 10, call: fixed('kill', {}, told(/SIGKILL.*not tried again/s, 'crashed')) },
  { name: 'hang', weight: 4, call: fixed('hang', {}, told(/deadline/, 'deadline'), 2500) },
  { name: 'busy loop', weight: 2, call: fixed('block', { ms: 60_000 }, told(/deadline/, 'deadline'), 2500) },
  {
    name: 'answer after the deadline',
    weight: 4,
    call: fixed('late', { ms: 4000 }, told(/deadline/, 'deadline'), 2500),
  },
  { name: 'endless line', weight: 1, call: fixed('endless-line', {}, told(/more than \d+ bytes/, 'ended')) },
  {
    name: 'exit after the answer',
    weight: 10,
    call: fixed('answer-then-exit', {}, equals('last words', 'answered', true)),
  },
  {
    name: 'exit some time later',
    weight: 10,
    warmOnly: true,
    call: fixed('exit-soon', { ms: 20 }, equals('soon', 'answered', true)),
  },
  {
    name: 'input closed',
    weight: 5,
    warmOnly: true,
    call: fixed('close-input', {}, equals('deaf now', 'answered', true)),
  },
  {
    name: 'helper process',
    weight: 5,
    call: fixed(
      'child',
      { quiet: true },
      {
        says: 'answered',
        shakes: false,
        matches: (reply) => typeof (reply as { pid?: number } | null)?.pid === 'number',
      },
    ),
  },
  {
    name: 'foreign tool name',
    weight: 10,
    call: fixed('delete_everything', {}, told(/not offered/, 'refused')),
  },
];
