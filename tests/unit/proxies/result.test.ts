/** What the gateway gets for a result: nothing lost, nothing changed, nothing empty, nothing too large. */
import fc from 'fast-check';
import type { Json } from '../../../plan/hash.ts';
import { cutToFit, escapedSize, REPLY_LIMIT } from '../../../proxies/cut.ts';
import { readResult, toReply, toWholeReply } from '../../../proxies/result.ts';

const text = (value: string) => ({ type: 'text', text: value });
const reply = (...content: Json[]) => toReply(readResult({ content }));

describe('one text', () => {
  test('is the string', () => expect(reply(text('two buckets'))).toBe('two buckets'));
  test('of JSON is the value', () => expect(reply(text(' {"a": [1, null]}\n'))).toEqual({ a: [1, null] }));
  test.each(['true', '42', '-0.5'])('%s, a scalar, is the value', (given) => {
    expect(reply(text(given))).toBe(JSON.parse(given));
  });
  test.each(['1.10', '1e3', '00123', '12345678901234567890', '"quoted" text', '{broken', 'NaN'])(
    '%s stays as it was written',
    (given) => expect(reply(text(given))).toBe(given),
  );
  test.each(['{"id": 12345678901234567890}', '{"n": 0.12345678901234567891}', '{"n": 1e400}'])(
    '%s keeps its digits by staying a text',
    (given) => expect(reply(text(given))).toBe(given),
  );
  test('with a long number that a double holds is the value', () => {
    expect(reply(text('{"ms": 1732377600000, "x": 0.1, "y": 1e21, "z": 100000000000000000000}'))).toEqual({
      ms: 1732377600000,
      x: 0.1,
      y: 1e21,
      z: 1e20,
    });
  });
});

describe('nothing is never an empty string', () => {
  test.each(['', '  \n', '""', 'null'])('one text %j', (given) => {
    const value = reply(text(given));
    expect(value).not.toBe('');
    expect(value).not.toBeNull();
    expect(JSON.stringify(value)).toContain(JSON.stringify(given));
  });
  test('no block', () => expect(reply()).toEqual({ content: [] }));
  test('no content at all', () => expect(toReply(readResult({}))).toEqual({ content: [] }));
});

describe('other kinds', () => {
  const blocks: Json[] = [
    { type: 'image', data: 'aGk=', mimeType: 'image/png' },
    { type: 'audio', data: 'aGk=', mimeType: 'audio/wav' },
    { type: 'resource', resource: { uri: 'file:///a', mimeType: 'text/plain', text: 'a' } },
    { type: 'resource', resource: { uri: 'file:///b', blob: 'aGk=' } },
    { type: 'resource_link', uri: 'https://example.com/x', name: 'x' },
    { type: 'of-the-future', anything: { goes: true } },
  ];
  test.each(blocks)('%j is passed on', (block) => expect(reply(block)).toEqual({ content: [block] }));
  test('in their order, beside texts', () => {
    const all = [text('one'), ...blocks, text('two')];
    expect(reply(...all)).toEqual({ content: all });
  });
  test('several texts stay several', () => {
    expect(reply(text('{"a":1}'), text('b'))).toEqual({ content: [text('{"a":1}'), text('b')] });
  });
  test("the server's _meta is left out, annotations are not", () => {
    const annotations = { audience: ['user'] };
    expect(reply({ type: 'image', data: 'a', mimeType: 'b', annotations, _meta: { secret: 1 } })).toEqual({
      content: [{ type: 'image', data: 'a', mimeType: 'b', annotations }],
    });
  });
});

describe('structured content', () => {
  test('is the value', () => {
    const beside = (words: string) =>
      toReply(readResult({ content: [text(words)], structuredContent: { a: 1 } }));
    expect([beside('{"a":1}'), beside('a is 1')]).toEqual([{ a: 1 }, { a: 1 }]);
  });
  test('beside an image loses neither', () => {
    const image = { type: 'image', data: 'a', mimeType: 'b' };
    expect(toReply(readResult({ content: [image], structuredContent: { a: 1 } }))).toEqual({
      content: [image],
      structuredContent: { a: 1 },
    });
  });
  test('with a number that a double cannot hold gives way to the text beside it', () => {
    const written = '{"id":12345678901234567890}';
    const given = { content: [text(written)], structuredContent: JSON.parse(written) as Json };
    expect(toReply(readResult(given))).toBe(written);
  });
  test('null is none', () => {
    expect(toReply(readResult({ content: [text('x')], structuredContent: null }))).toBe('x');
  });
});

describe('errors', () => {
  test('are data that says so', () => {
    expect(toReply(readResult({ content: [text('no')], isError: true }))).toEqual({
      isError: true,
      error: 'no',
    });
  });
  test('without a text are not empty', () => {
    expect(toReply(readResult({ content: [], isError: true }))).toEqual({
      isError: true,
      error: { content: [] },
    });
  });
  test('only true is an error', () => {
    expect(toReply(readResult({ content: [text('x')], isError: 'false' }))).toBe('x');
  });
});

describe('6 MB', () => {
  const huge = 7 * 1024 * 1024;
  const size = (value: Json) => Buffer.byteLength(JSON.stringify(JSON.stringify(value)));

  test.each([
    ['a plain text', 'x'],
    ['quotes, which the gateway escapes twice', '"'],
    ['control characters', '\u0001'],
    ['four-byte characters', '😀'],
  ])('%s is cut with a note and fits', (_what, unit) => {
    const value = reply(text(unit.repeat(huge / unit.length)));
    expect(size(value)).toBeLessThanOrEqual(REPLY_LIMIT);
    expect(size(value)).toBeGreaterThan(REPLY_LIMIT - 4096);
    expect(String(value)).toMatch(/\[cut: the whole reply would be \d+ bytes/);
    expect(String(value).isWellFormed()).toBe(true);
  });

  test('whatever characters stand at the cut, what is kept is a prefix, whole and within the limit', () => {
    const characters = fc.constantFrom(
      'a',
      '"',
      '\\',
      '\n',
      '\u0001',
      '\u007f',
      'é',
      '€',
      '\u2028',
      '😀',
      '👩‍👩‍👧',
      '\ud800',
    );
    fc.assert(
      fc.property(
        fc.array(characters, { minLength: 400 }),
        fc.integer({ min: 700, max: 1100 }),
        (all, limit) => {
          const given = all.join('');
          const cut = String(cutToFit(given, limit));
          expect(escapedSize(cut)).toBeLessThanOrEqual(limit);
          if (cut === given) return;
          const kept = cut.slice(0, cut.lastIndexOf('\n[cut:'));
          expect(given.startsWith(kept)).toBe(true);
          expect(kept.isWellFormed() || !given.isWellFormed()).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a value keeps its beginning as JSON text', () => {
    const value = reply(text(JSON.stringify({ items: Array(500_000).fill('a "b"') }))) as { json: string };
    expect(size(value)).toBeLessThanOrEqual(REPLY_LIMIT);
    expect(value).toMatchObject({ cut: true, note: expect.stringContaining('6 MB') });
    expect(value.json).toMatch(/^\{"items":\["a/);
  });

  test('blocks: what fits stays, the rest is named', () => {
    const image = { type: 'image', data: 'A'.repeat(huge), mimeType: 'image/png' };
    const value = reply(text('first'), image, text('last')) as { content: Json[] };
    expect(value.content[0]).toEqual(text('first'));
    expect(JSON.stringify(value.content[1])).toMatch(/image of \d+ bytes left out/);
    expect(value.content[2]).toEqual(text('last'));
  });

  test('an error is cut and stays an error', () => {
    const value = toReply(readResult({ content: [text('e'.repeat(huge))], isError: true }));
    expect(value).toMatchObject({ isError: true, error: expect.stringContaining('cut:') });
    expect(size(value)).toBeLessThanOrEqual(REPLY_LIMIT);
  });

  test('what fits is not touched, what is cut fits, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        fc.integer({ min: 1500, max: 4000 }),
        fc.nat(6000),
        (json, limit, count) => {
          const value = { json: json as Json, pad: '"\n'.repeat(count) };
          const cut = cutToFit(value, limit);
          expect(escapedSize(cut)).toBeLessThanOrEqual(limit);
          if (escapedSize(value) <= limit) expect(cut).toBe(value);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('whole', () => {
  const whole = (raw: Record<string, unknown>, hint?: string) => toWholeReply(readResult(raw), hint);
  const content = [text('{"a":1}'), { type: 'image', data: 'aGk=', mimeType: 'image/png' }];

  test('is what the server returned, without its talk with its client', () => {
    expect(whole({ content, structuredContent: { a: 1 }, _meta: { x: 1 } })).toEqual({
      content,
      structuredContent: { a: 1 },
      isError: false,
    });
  });

  test('an error has the hint as a text of its own', () => {
    expect(whole({ content: [text('denied')], isError: true }, 'grant it')).toEqual({
      content: [text('denied'), text('grant it')],
      isError: true,
    });
    expect(whole({ content: [text('fine')] }, 'grant it')).toEqual({
      content: [text('fine')],
      isError: false,
    });
  });

  test('what is too large is cut, and stays a result', () => {
    const cut = whole({
      content: [text('x'.repeat(REPLY_LIMIT))],
      structuredContent: { a: 1 },
      isError: true,
    });
    expect(escapedSize(cut)).toBeLessThanOrEqual(REPLY_LIMIT);
    expect(cut).toMatchObject({
      isError: true,
      content: [{ type: 'text', text: expect.stringMatching(/^xxx/) }],
    });
    expect(cut).not.toHaveProperty('structuredContent');
  });
});
