/** Rate limits: exact by window, each client and tool for itself where the settings say so, 0 blocks. */
import fc from 'fast-check';
import { createLimiter } from '../../../gateway/limits.ts';
import { rateLimitsOf } from '../../../plan/rate-limits.ts';
import { planOf, targetOf, testGateway } from './support.ts';

const targets = [targetOf('a', []), targetOf('b', [])];
const call = (client: string, target = 'a', tool = 'x') => ({ client, target, tool });

function limiter(rateLimits: object[]) {
  const clock = { now: 0 };
  const plan = planOf(targets, { rateLimits });
  return { clock, limit: createLimiter(rateLimitsOf(plan.settings, targets), () => clock.now) };
}

test('so many in a window, then none until its end', () => {
  const { clock, limit } = limiter([{ client: '*', rate: 2, per: 'minute' }]);
  expect([limit(call('c')), limit(call('c'))]).toEqual([undefined, undefined]);
  clock.now = 15_000;
  expect(limit(call('c'))).toEqual({ limitKey: 'client', metric: 'calls per minute', retryAfter: 45 });
  expect(limit(call('another'))).toBeUndefined();
  clock.now = 60_000;
  expect(limit(call('c'))).toBeUndefined();
});

test('0 blocks one tool and leaves the others; a named client goes before the star', () => {
  const { limit } = limiter([
    { target: 'a-mcp-server', tool: 'delete', rate: 0 },
    { client: '*', target: 'b-mcp-server', rate: 1 },
    { client: 'trusted', target: 'b-mcp-server', rate: 100 },
  ]);
  expect(limit(call('c', 'a', 'delete'))).toMatchObject({ limitKey: 'target-tool' });
  expect(limit(call('c', 'a', 'read'))).toBeUndefined();
  expect([limit(call('c', 'b')), limit(call('c', 'b'))?.limitKey]).toEqual([undefined, 'client-target']);
  expect([limit(call('trusted', 'b')), limit(call('trusted', 'b'))]).toEqual([undefined, undefined]);
});

test('a call refused by one limit counts in no other', () => {
  const { clock, limit } = limiter([
    { client: '*', rate: 2, per: 'minute' },
    { target: 'a-mcp-server', rate: 1, per: 'second' },
  ]);
  expect(limit(call('c'))).toBeUndefined();
  expect(limit(call('c'))?.limitKey).toBe('target');
  clock.now = 1000;
  expect(limit(call('c'))).toBeUndefined();
});

test('never more than the rate in any window that starts with a counted call', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5 }), fc.array(fc.nat(400), { maxLength: 60 }), (rate, steps) => {
      const { clock, limit } = limiter([{ client: '*', rate, per: 'second' }]);
      let start = Number.NEGATIVE_INFINITY;
      let passed = 0;
      for (const step of steps) {
        clock.now += step;
        if (clock.now - start >= 1000) [start, passed] = [clock.now, 0];
        if (limit(call('c')) === undefined) passed += 1;
        expect(passed).toBeLessThanOrEqual(rate);
      }
    }),
  );
});

test('the gateway answers -32003 with the key and when to come back, and reaches no server', async () => {
  let called = 0;
  const gateway = await testGateway({
    config: { rateLimits: [{ client: 'default', target: 'calculator-mcp-server', rate: 1 }] },
    handle: async () => {
      called += 1;
      return null;
    },
  });
  const add = () => gateway.rpc('tools/call', { name: 'calculator___add', arguments: { a: 1, b: 2 } });
  expect((await add()).body.result.isError).toBe(false);
  expect((await add()).body.error).toEqual({
    code: -32003,
    message: expect.stringContaining('Rate limit exceeded'),
    data: { limitKey: 'client-target', metric: 'calls per minute', retryAfter: expect.any(Number) },
  });
  expect(called).toBe(1);
});
