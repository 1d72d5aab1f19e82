/** The fast reader reads what the writer wrote, and what YAML 1.2 says. */
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { readYaml } from '../../../plan/yaml-text.ts';

const telling = fc.constantFrom(
  '1_000',
  '0b1',
  '0o7',
  '0x1F',
  'yes',
  'null',
  '~',
  '.5',
  '1e3',
  '.inf',
  '12:30',
  '',
);
// The writer leaves these two as they are, which YAML forbids and the reader refuses.
const isPrintable = (one: string) => !/[\ufffe\uffff]/.test(one);
const text = fc.oneof(fc.string({ unit: 'binary' }).filter(isPrintable), fc.string(), telling);
const value = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      tie('node'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).node;

test('whatever yaml writes is read back', () => {
  fc.assert(
    fc.property(value, (given) => {
      const written = stringify(given, { lineWidth: 0, aliasDuplicateObjects: false, blockQuote: false });
      expect(readYaml(written)).toEqual(parse(written));
    }),
    { numRuns: 500 },
  );
});

test.each([
  '1_000',
  '0b1',
  '0o17',
  '0x1F',
  '+5',
  '1.5e3',
  '.5',
  '5.',
  'True',
  '~',
  'yes',
  '2026-01-01',
  '1:30',
])('%s means what YAML 1.2 says', (scalar) => {
  expect(readYaml(`a: ${scalar}`)).toEqual(parse(`a: ${scalar}`));
});

test('anchors, duplicate keys and broken text are refused', () => {
  expect(() => readYaml('a: &x [1]\nb: *x')).toThrow(/anchors/);
  expect(() => readYaml('a: 1\na: 2')).toThrow(/duplicated/);
  expect(() => readYaml('a: [')).toThrow();
});
