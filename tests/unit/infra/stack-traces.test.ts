/** Long stack traces are most of what a large stack costs the program; who looks for leaks still gets them. */
import { afterEach, expect, test } from '@jest/globals';
import { keepTracesShort } from '../../../infra/stack-traces.ts';

const before = Error.stackTraceLimit;
afterEach(() => {
  Error.stackTraceLimit = before;
});

test('an error says where it was thrown, and no more', () => {
  keepTracesShort({});
  const frames = (new Error('here').stack ?? '').split('\n').slice(1);
  expect(frames).toHaveLength(1);
  expect(frames[0]).toContain('stack-traces.test.ts');
});

test('with PULUMI_DEBUG_PROMISE_LEAKS traces stay whole', () => {
  keepTracesShort({ PULUMI_DEBUG_PROMISE_LEAKS: 'true' });
  expect(Error.stackTraceLimit).toBe(before);
});
