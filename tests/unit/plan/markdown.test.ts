import fc from 'fast-check';
import { code, fitLines, folded, plain, unescaped } from '../../../plan/markdown.ts';

test.each([
  ['a', '`a`'],
  ['a`b', '``a`b``'],
  ['`', '`` ` ``'],
  ['two\nlines', '`two lines`'],
  ['', '` `'],
])('%j as code is %j', (text, expected) => expect(code(text)).toBe(expected));

test('no text leaves its code span', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const made = code(text);
      const fence = /^`+/.exec(made)?.[0] ?? '';
      const inside = made.slice(fence.length, -fence.length);
      expect(made.endsWith(fence)).toBe(true);
      expect(inside.match(/`+/g) ?? []).not.toContain(fence);
      expect(made).not.toContain('\n');
    }),
  );
});

test('plain text mentions nobody and links nowhere', () => {
  expect(plain('@octocat see [here](https://evil.example) <img src=x> # no')).toBe(
    '@&#8203;octocat see &#91;here&#93;(https&#58;//evil.example) &#60;img src=x&#62; &#35; no',
  );
});

test('what was escaped is read in a log as it was found', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      // a number that was found is no escape of ours
      fc.pre(!/&#\d+;/.test(text) && !text.includes('\u200b'));
      expect(unescaped(plain(text))).toBe(text.replace(/\s+/g, ' '));
    }),
  );
});

test('what fits is whole, what does not is counted, and never more than the room', () => {
  const lines = fc.array(
    fc.string({ maxLength: 40 }).map((text) => text.replaceAll('\n', ' ')),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(lines, fc.integer({ min: 100, max: 2000 }), (all, room) => {
      const made = fitLines(all, room);
      expect(made.length).toBeLessThanOrEqual(room);
      if (all.join('\n').length <= room) expect(made).toBe(all.join('\n'));
      else expect(made).toMatch(/… and \d+ more/);
    }),
  );
  expect(folded('none', [], 100)).toBe('');
});
