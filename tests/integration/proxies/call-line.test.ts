/** Every line of a call, whatever became of the call, is a whole EMF document: no metric is lost. */
import { emfProblems } from '../../unit/proxies/emf.ts';
import { closeRigs, contextFor, rig } from './support.ts';

afterEach(closeRigs);

test('of each outcome', async () => {
  const { call, lines } = rig({}, { metrics: true });
  await call('echo');
  await call('fail');
  await call('rpc-error');
  await call('crash');
  await call('hang', {}, { ms: 600 });
  await call('no-such-tool');
  expect(lines('call').map(({ outcome }) => outcome)).toEqual([
    'ok',
    'tool-error',
    'protocol-error',
    'crashed',
    'timed-out',
    'refused',
  ]);
  expect(lines('call').flatMap(emfProblems)).toEqual([]);
});

test('arguments of megabytes are cut in the log, not for the tool', async () => {
  const { call, lines } = rig({ logArguments: true }, { metrics: true });
  const text = '"ü"'.repeat(500_000);
  expect(await call('echo', { text })).toEqual({ text });
  await call('echo', { text: 'short' });
  const [long, short] = lines('call');
  expect(emfProblems(long ?? {})).toEqual([]);
  expect(long?.arguments).toMatch(/^\{"text":"\\"ü.*…$/);
  expect(short?.arguments).toEqual({ text: 'short' });
});

test('arguments that hold a known secret are masked in the log', async () => {
  const { call, lines } = rig({ logArguments: true, environment: { DB_PASSWORD: 'tr0ub4dor&3' } });
  await call('echo', { text: 'is it tr0ub4dor&3?' });
  expect(lines('call')[0]?.arguments).toBe('{"text":"is it ***?"}');
});

test('what stands in the client context cannot make the line large or odd', async () => {
  const { call, lines } = rig({}, { metrics: true });
  for (const id of ['x'.repeat(1_000_000), { deep: [1] }, undefined, 'a-uuid']) {
    const { clientContext } = contextFor('fault___echo') as { clientContext: { custom: object } };
    const custom = { ...clientContext.custom, bedrockAgentCoreAwsRequestId: id };
    await call('echo', {}, { clientContext: { custom } });
  }
  const ids = lines('call').map(({ gatewayRequestId }) => gatewayRequestId);
  expect(ids).toEqual([`${'x'.repeat(100)}…`, undefined, undefined, 'a-uuid']);
  expect(lines('call').flatMap(emfProblems)).toEqual([]);
});
