/**
 * Readers of what a checkout, an index or a server sends: any input gives a result or an error in words, soon.
 * MCPGW_FUZZ=20000 makes a long run of it: 20,000 cases a reader, some three minutes.
 */
import fc from 'fast-check';
import { parsePyproject } from '../../../discovery/classify/pyproject.ts';
import { endpointsIn } from '../../../discovery/classify/remote.ts';
import { neutral, reasonFrom } from '../../../discovery/probe/reason.ts';
import { filesOfHtml, filesOfJson } from '../../../discovery/source/index-client.ts';
import { readTarGz } from '../../../discovery/source/tar.ts';
import { pyproject, tarGz } from './support.ts';

const runs = { numRuns: Number(process.env.MCPGW_FUZZ ?? 300) };
const text = fc.string({ unit: 'binary', maxLength: 300 });

/** A valid text with a piece cut out, repeated or replaced: nearer to the readers' branches than noise. */
const mutated = (valid: string): fc.Arbitrary<string> =>
  fc
    .record({
      at: fc.nat(valid.length),
      length: fc.nat(40),
      piece: fc.oneof(text, fc.constantFrom('[', '"""', '{', '\0', '=')),
      times: fc.integer({ min: 0, max: 30 }),
    })
    .map(
      ({ at, length, piece, times }) => valid.slice(0, at) + piece.repeat(times) + valid.slice(at + length),
    );

/** Runs it; what is thrown must be an Error with words, not an engine that ran out of stack. */
function survives(task: () => unknown): void {
  try {
    task();
  } catch (error) {
    // By name: errors of node's own modules belong to another realm than the test's.
    const { name, message } = error as Error;
    expect(name).toMatch(/Error$/);
    expect(message).not.toMatch(/^$|call stack/);
  }
}

const PROJECT = pyproject(
  'x',
  { x: 'awslabs.x.server:main' },
  '[tool.hatch.build.targets.wheel]\npackages = ["awslabs"]\n',
);
const README = '# X\n```json\n{"mcpServers": {"x": {"url": "https://x.api.aws", "args": ["a"]}}}\n```\n';

test('pyproject.toml', () => {
  fc.assert(
    fc.property(fc.oneof(text, mutated(PROJECT)), (source) => {
      survives(() => {
        const { packages, buildFiles, scripts } = parsePyproject(Buffer.from(source));
        for (const file of [...packages, ...buildFiles]) expect(file.split(/[\\/]/)).not.toContain('..');
        for (const [script, target] of Object.entries(scripts))
          expect([typeof script, typeof target]).toEqual(['string', 'string']);
      });
    }),
    runs,
  );
});

test.each([
  ['deep arrays', `a = ${'['.repeat(200_000)}`],
  ['deep inline tables', `a = ${'{b='.repeat(100_000)}`],
  ['a deep dotted key', `${'a.'.repeat(100_000)}a = 1`],
  ['many tables', Array.from({ length: 20_000 }, (_, index) => `[t${index}]`).join('\n')],
  ['a long text', `a = "${'x'.repeat(900_000)}"`],
])('a TOML bomb of %s ends in an error', (_, bomb) => {
  expect(() => parsePyproject(Buffer.from(bomb))).toThrow(Error);
});

test('README', () => {
  fc.assert(
    fc.property(fc.oneof(text, mutated(README)), (source) => {
      for (const url of endpointsIn(source)) expect(new URL(url).protocol).toBe('https:');
    }),
    runs,
  );
});

test('index pages', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        text,
        mutated('{"files": [{"filename": "x-1.tar.gz", "url": "u", "hashes": {"sha256": "0"}}]}'),
      ),
      (source) => {
        survives(() => filesOfJson(source));
        survives(() => filesOfHtml(source));
      },
    ),
    runs,
  );
});

test('archives', () => {
  const valid = tarGz([{ name: 'x-1/a', content: 'a' }]);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(valid.length), (bytes, at) => {
      survives(() => readTarGz(Buffer.from(bytes)));
      survives(() => readTarGz(Buffer.concat([valid.subarray(0, at), bytes])));
    }),
    runs,
  );
});

test('what a server says when it ends', () => {
  fc.assert(
    fc.property(text, text, (thrown, stderr) => {
      const reason = reasonFrom(thrown, undefined, stderr);
      expect(reason.length).toBeLessThanOrEqual(240);
      expect(neutral(reason)).toBe(reason);
    }),
    runs,
  );
});
