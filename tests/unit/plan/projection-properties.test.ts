/** The projection's laws, on a few hundred schemas; `npm run fuzz:plan` tries them on many more. */
import fc from 'fast-check';
import {
  alwaysLegal,
  isLegal,
  junkIsProjectedToo,
  projectingTwiceChangesNothing,
  validStaysValid,
} from './projection-properties.ts';

test('is always legal for the gateway', () => {
  fc.assert(alwaysLegal, { numRuns: 300 });
});

test('changes nothing the second time', () => {
  fc.assert(projectingTwiceChangesNothing, { numRuns: 300 });
});

test('accepts what the original accepts, but for what the loss report calls narrowed', () => {
  const counts = { compared: 0 };
  fc.assert(validStaysValid(counts), { numRuns: 300 });
  expect(counts.compared).toBeGreaterThanOrEqual(300);
});

test('takes anything for a schema', () => {
  fc.assert(junkIsProjectedToo, { numRuns: 300 });
});

test('the second opinion on legality can say no', () => {
  expect(isLegal({ type: 'object', properties: { a: { type: 'string' } }, required: ['a'] })).toBe(true);
  for (const bad of [
    {},
    { type: 'null' },
    { type: 'object', enum: [] },
    { type: 'object', required: ['a'] },
    { type: 'array', items: {} },
  ]) {
    expect(isLegal(bad)).toBe(false);
  }
});
