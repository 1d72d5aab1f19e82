/** The local gateway runs the interceptor's own code, where the stack has one, before anything else looks at a call. */
import type { Json } from '../../../plan/hash.ts';
import { SUBJECT_ARGUMENT } from '../../../proxies/interceptor.ts';
import { testGateway } from './support.ts';

async function sent(config: Record<string, unknown>, given: Record<string, Json>) {
  let event: unknown;
  const gateway = await testGateway({
    config,
    handle: async (received) => {
      event = received;
      return null;
    },
  });
  const params = { name: 'calculator___add', arguments: given };
  const { body } = await gateway.rpc('tools/call', params);
  expect(body.result.isError).toBe(false);
  return { event, client: gateway.identity.clients[0]?.id };
}

test('on: the token’s subject reaches the proxy, whatever the caller wrote there', async () => {
  const forged = { a: 1, b: 2, [SUBJECT_ARGUMENT]: 'root' };
  const { event, client } = await sent({ observe: { subject: true } }, forged);
  // A machine's subject is its client.
  expect(event).toEqual({ a: 1, b: 2, [SUBJECT_ARGUMENT]: client });
});

test('off: nothing is added', async () => {
  expect((await sent({}, { a: 1, b: 2 })).event).toEqual({ a: 1, b: 2 });
});

test('a gateway that drops arguments it does not know loses it, and the call goes on', async () => {
  let event: unknown;
  const gateway = await testGateway({
    config: { observe: { subject: true } },
    behaviour: { unknownArguments: 'dropped' },
    handle: async (received) => {
      event = received;
      return null;
    },
  });
  await gateway.rpc('tools/call', { name: 'calculator___add', arguments: { a: 1, b: 2 } });
  expect(event).toEqual({ a: 1, b: 2 });
});
