/** The stack's policy on this machine: enforced it hides and refuses as AWS does, log-only it only says so. */
import { DENIED } from '../../../gateway/policy.ts';
import { type TestGateway, testGateway } from './support.ts';

const auth = {
  type: 'cognito',
  clients: { admin: { scopes: ['invoke'] }, guest: { scopes: ['invoke'], toolsets: ['reading'] } },
};
const toolsets = { reading: { include: ['reader-*'] }, all: { include: ['*'] } };

async function open(mode: 'enforce' | 'log-only'): Promise<TestGateway> {
  return testGateway({
    targets: ['reader', 'writer'],
    config: { auth, toolsets, policy: { mode, toolsets: 'permits' } },
  });
}

async function as(gateway: TestGateway, name: 'admin' | 'guest') {
  const { id, scopes } = gateway.identity.clients.find((client) => client.name === name)!;
  return { authorization: `Bearer ${await gateway.token({ clientId: id, scopes })}` };
}

async function targets(gateway: TestGateway, name: 'admin' | 'guest') {
  const { body } = await gateway.rpc('tools/list', {}, await as(gateway, name));
  return [...new Set(body.result.tools.map((tool: { name: string }) => tool.name.split('___')[0]))];
}

const call = { name: 'writer___add', arguments: { a: 1, b: 2.5 } };

test('enforced: a client sees and calls what it is permitted on the one gateway', async () => {
  const gateway = await open('enforce');
  expect(await targets(gateway, 'admin')).toEqual(['reader', 'writer']);
  expect(await targets(gateway, 'guest')).toEqual(['reader']);
  const { status, body } = await gateway.rpc('tools/call', call, await as(gateway, 'guest'));
  expect(status).toBe(200);
  expect(body.result).toEqual({ content: [{ type: 'text', text: DENIED }], isError: true });
  const admitted = await gateway.rpc('tools/call', call, await as(gateway, 'admin'));
  expect(admitted.body.result.isError).toBe(false);
});

test('log-only: nothing is hidden or refused', async () => {
  const gateway = await open('log-only');
  expect(await targets(gateway, 'guest')).toEqual(['reader', 'writer']);
  const { body } = await gateway.rpc('tools/call', call, await as(gateway, 'guest'));
  expect(body.result.isError).toBe(false);
});
