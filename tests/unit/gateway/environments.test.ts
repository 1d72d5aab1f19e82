/** Environments behave as Lambda's: one call at a time each, warm, the first preferred, none after closing. */
import { createEnvironments } from '../../../gateway/environments.ts';
import type { Json } from '../../../plan/hash.ts';
import { targetOf } from './support.ts';

const context = { awsRequestId: 'r' };

/** Handlers numbered as they were made, which answer when told to. */
function world() {
  const made: string[] = [];
  const closed: number[] = [];
  const pending: { environment: number; event: unknown; answer: (value: Json) => void }[] = [];
  const environments = createEnvironments((target) => {
    const environment = made.push(target.name);
    return {
      handle: (event) => new Promise((answer) => pending.push({ environment, event, answer })),
      close: async () => {
        closed.push(environment);
      },
    };
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { environments, made, closed, pending, settled };
}

test('none is made before the first call; one after the other stays in one', async () => {
  const { environments, made, pending, settled } = world();
  expect(made).toEqual([]);
  for (const event of [1, 2, 3]) {
    const call = environments.invoke(targetOf('t', []), event, context);
    await settled();
    pending[event - 1]!.answer(event);
    expect(await call).toBe(event);
  }
  expect(made).toEqual(['t']);
});

test('calls at once get one each, up to three; the next waits its turn and no answer is swapped', async () => {
  const { environments, made, pending, settled } = world();
  const target = targetOf('t', []);
  const calls = [0, 1, 2, 3, 4].map((event) => environments.invoke(target, event, context));
  await settled();
  expect(made).toHaveLength(3);
  expect(pending.map(({ event }) => event)).toEqual([0, 1, 2]);
  pending[1]!.answer('one');
  await settled();
  expect(pending[3]).toMatchObject({ environment: 2, event: 3 });
  pending[3]!.answer('three');
  await settled();
  pending[4]!.answer('four');
  pending[0]!.answer('zero');
  pending[2]!.answer('two');
  expect(await Promise.all(calls)).toEqual(['zero', 'one', 'two', 'three', 'four']);
});

test('reserved concurrency is respected; targets do not share', async () => {
  const { environments, made, settled } = world();
  const single = targetOf('single', []);
  single.function.concurrency = 1;
  void environments.invoke(single, 1, context);
  void environments.invoke(single, 2, context);
  void environments.invoke(targetOf('other', []), 3, context);
  await settled();
  expect(made).toEqual(['single', 'other']);
});

test('a thrown error frees its environment', async () => {
  let calls = 0;
  const environments = createEnvironments(() => ({
    handle: async () => {
      calls += 1;
      throw new Error(`call ${calls}`);
    },
    close: async () => {},
  }));
  const target = targetOf('t', []);
  target.function.concurrency = 1;
  await expect(environments.invoke(target, 1, context)).rejects.toThrow('call 1');
  await expect(environments.invoke(target, 1, context)).rejects.toThrow('call 2');
});

test('closing ends every environment, and later calls are refused', async () => {
  const { environments, closed, settled } = world();
  void environments.invoke(targetOf('a', []), 1, context);
  void environments.invoke(targetOf('a', []), 1, context);
  void environments.invoke(targetOf('b', []), 1, context);
  await settled();
  await environments.close();
  expect(closed.sort()).toEqual([1, 2, 3]);
  await expect(environments.invoke(targetOf('a', []), 1, context)).rejects.toThrow('closing');
});
