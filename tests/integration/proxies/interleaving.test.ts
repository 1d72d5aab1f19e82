/** No call sees anything of another: not in its result, its error or its log lines. */
import { closeRigs, rig } from './support.ts';

afterEach(closeRigs);

test('lines printed during a call carry its id, also when they arrive with its answer', async () => {
  const { call, lines } = rig();
  await call('echo');
  for (let i = 0; i < 40; i += 1) await call('say', { text: `words of ${i}` }, { awsRequestId: `id-${i}` });
  const said = lines('stderr').filter(({ line }) => String(line).startsWith('words of'));
  expect(said).toHaveLength(40);
  for (const { line, requestId } of said)
    expect(requestId).toBe(`id-${String(line).slice('words of '.length)}`);
});

test('lines that are read after the answer, because this process was busy, still carry the id of their call', async () => {
  const { call, lines } = rig();
  await call('echo');
  const answer = call('mixed', { ms: 100, text: 'before the answer' }, { awsRequestId: 'mixed' });
  // While this thread sleeps, noise, line and answer come to lie in the pipes; the answer's pipe is read first.
  setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400), 50);
  expect(await answer).toBe('mixed');
  await call('echo');
  expect(lines('stderr').find(({ line }) => line === 'before the answer')?.requestId).toBe('mixed');
});

test("a crash's last words are of its own call", async () => {
  const { call } = rig();
  await call('say', { text: 'secret of the call before' });
  const reply = JSON.stringify(await call('kill'));
  expect(reply).toContain('SIGKILL');
  expect(reply).not.toContain('secret of the call before');
});

test('overlapping calls: lines that could be of either are given to neither', async () => {
  const { call, lines } = rig();
  await call('echo');
  const slow = call('slow', { ms: 300 }, { awsRequestId: 'slow' });
  await call('say', { text: 'whose is it?' }, { awsRequestId: 'fast' });
  await slow;
  const [said] = lines('stderr').filter(({ line }) => line === 'whose is it?');
  expect(said).toBeDefined();
  expect(said?.requestId).toBeUndefined();
  await call('say', { text: 'mine' }, { awsRequestId: 'alone' });
  expect(lines('stderr').find(({ line }) => line === 'mine')?.requestId).toBe('alone');
});

test('overlapping calls of which one crashes the server: each is told, none is repeated', async () => {
  const { call, lines } = rig();
  await call('echo');
  const slow = call('slow', { ms: 60_000 }, { ms: 120_000 });
  // By its answer the slow call has been written as well.
  await call('slow', { ms: 100 });
  const replies = await Promise.all([slow, call('crash', { say: 'only of the crash' })]);
  for (const reply of replies)
    expect(reply).toMatchObject({ isError: true, error: expect.stringContaining('not tried again') });
  expect(JSON.stringify(replies[0])).not.toContain('only of the crash');
  expect(lines('started')).toHaveLength(1);
});

test('many overlapping calls get their own answers', async () => {
  const { call } = rig();
  const replies = await Promise.all(
    Array.from({ length: 200 }, (_, n) => call(n % 2 ? 'slow' : 'echo', { n, ms: (n * 7) % 30 })),
  );
  expect(replies).toEqual(replies.map((_, n) => ({ n, ms: (n * 7) % 30 })));
});

test('a flood of one call does not silence the next', async () => {
  const { call, lines } = rig();
  await call('flood-stderr', { lines: 2000 }, { awsRequestId: 'flood' });
  await call('say', { text: 'still heard' });
  const flood = lines('stderr').filter(({ line }) => String(line).startsWith('err '));
  expect(new Set(flood.map(({ requestId }) => requestId))).toEqual(new Set(['flood']));
  expect(lines('stderr').map(({ line }) => line)).toContain('still heard');
});

test('arguments stand in the log only when asked for', async () => {
  const quiet = rig();
  await quiet.call('echo', { private: 'of the caller' });
  expect(JSON.stringify(quiet.log)).not.toContain('of the caller');
  const asked = rig({ logArguments: true });
  await asked.call('echo', { private: 'of the caller' });
  expect(asked.lines('call')).toMatchObject([{ arguments: { private: 'of the caller' } }]);
});
