import fc from 'fast-check';
import { LineSplitter } from '../../../proxies/lines.ts';

function split(chunks: Buffer[], limit = 1000): { lines: string[]; tooLong: string[] } {
  const lines: string[] = [];
  const tooLong: string[] = [];
  const splitter = new LineSplitter({
    limit,
    onLine: (line) => lines.push(line),
    onTooLong: (head) => tooLong.push(head),
  });
  for (const chunk of chunks) splitter.write(chunk);
  splitter.end();
  return { lines, tooLong };
}

test('lines do not depend on how the bytes arrive, even within a character', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ unit: 'binary' }).map((line) => line.replace(/[\r\n]/g, '')),
        { minLength: 1 },
      ),
      fc.array(fc.nat(200)),
      (lines, cuts) => {
        const bytes = Buffer.from(`${lines.join('\n')}\n`);
        const at = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].sort(
          (a, b) => a - b,
        );
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect(split(chunks).lines).toEqual(bytes.toString().slice(0, -1).split('\n'));
      },
    ),
  );
});

test('a last line without a newline counts, a carriage return does not', () => {
  expect(split([Buffer.from('a\r\nb')]).lines).toEqual(['a', 'b']);
});

test('a line over the limit is reported once and skipped whole, the next one is read', () => {
  const chunks = Array(10).fill(Buffer.alloc(30, 'x'));
  const { lines, tooLong } = split([...chunks, Buffer.from('x\nnext\n')], 100);
  expect(tooLong).toEqual(['x'.repeat(100)]);
  expect(lines).toEqual(['next']);
});
