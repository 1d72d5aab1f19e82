import { describe, expect, test } from '@jest/globals';
import { requireContinuity } from '../../../infra/continuity.ts';
import type { Identity } from '../../../plan/identity.ts';

const identity = (
  targets: string[],
  own: Partial<Identity> = {},
  search: 'none' | 'semantic' = 'none',
): Identity => ({
  region: 'us-east-1',
  gateways: { tools: { search, targets } },
  ...own,
});
const many = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `t${from + n}`);
const refusal = (before: Identity | undefined, now: Identity, allow = false): string => {
  try {
    requireContinuity(before, now, allow);
    return '';
  } catch (thrown) {
    return (thrown as Error).message;
  }
};

describe('an update', () => {
  test('of a stack that was never made, or that changes targets only, passes', () => {
    expect(refusal(undefined, identity(['a']))).toBe('');
    expect(refusal(identity(['a']), identity(['b', 'c']))).toBe('');
  });

  test.each([
    ['another search', identity([], {}, 'semantic'), 'from none to semantic'],
    [
      'another name',
      identity([], { gateways: { other: { search: 'none', targets: [] } } }),
      'tools would be deleted',
    ],
    ['another region', identity([], { region: 'eu-west-1' }), 'would move from us-east-1 to eu-west-1'],
  ])('with %s is refused, unless it is allowed', (_what, now, message) => {
    expect(refusal(identity([]), now)).toContain(message);
    expect(refusal(identity([]), now, true)).toBe('');
  });

  test('that passes a hundred targets on the way is refused, even when replacing is allowed', () => {
    expect(refusal(identity(many(0, 100)), identity(many(0, 100)))).toBe('');
    expect(refusal(identity(many(0, 100)), identity(many(1, 101)), true)).toContain(
      'would have 101 targets on the way',
    );
  });
});
