/** The policy engine on the real engine: made, changed, and taken down in the order that the service demands. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Operation } from '../../offline/plugin/journal.ts';
import { checkModel } from '../../offline/plugin/model-check.ts';
import { readReferees } from '../../offline/plugin/referees.ts';
import { at } from '../../offline/plugin/values.ts';
import { violations } from '../../offline/policy.ts';
import { MAPPINGS } from '../../offline/schema/mappings.ts';
import { mutantsOf, recorded, samples, survives } from './support/mutants.ts';
import { Rehearsal, shortOf } from './support/rehearsal.ts';
import { manyServers } from './support/synthetic.ts';

jest.setTimeout(600_000);

const [first = '', second = ''] = manyServers(3).map(({ id }) => id);
// With an interceptor: the gateway's role then needs both, and the stand-in asks for both.
const base = {
  'mcpgw:observe': { subject: true },
  'mcpgw:toolsets': { some: { include: [first] }, rest: { include: ['*'] } },
  'mcpgw:auth': {
    type: 'cognito',
    clients: { few: { scopes: ['invoke'], toolsets: ['some'] }, all: { scopes: ['invoke'] } },
  },
};
const policy = (mode: string) => ({ 'mcpgw:policy': { mode, toolsets: 'permits' } });
const isPolicy = ({ type }: Operation) => /:AgentcorePolicy(Engine)?$/.test(type);
let stack: Rehearsal;
let made: Operation[];

async function up(): Promise<Operation[]> {
  const { exitCode, stdout, stderr } = await stack.up();
  if (exitCode !== 0) throw new Error(`${stdout.slice(-3000)}\n${stderr.slice(-2000)}`);
  return stack.operations();
}

beforeAll(async () => {
  stack = await Rehearsal.open({ ...base, ...policy('enforce') });
  await stack.manifest(manyServers(3));
  made = await up();
});
afterAll(() => stack?.close());

test('one gateway, its engine before it, a policy a group of clients after its targets', () => {
  const order = made.map(({ urn }) => shortOf(urn).split(' ')[0]);
  expect(order.filter((type) => type === 'AgentcoreGateway')).toHaveLength(1);
  expect(order.indexOf('AgentcorePolicyEngine')).toBeLessThan(order.indexOf('AgentcoreGateway'));
  expect(order.lastIndexOf('AgentcoreGatewayTarget')).toBeLessThan(order.indexOf('AgentcorePolicy'));
  const gateway = made.find(({ type }) => type.endsWith(':AgentcoreGateway'));
  expect(at(gateway?.inputs, 'policyEngineConfiguration.mode')).toBe('ENFORCE');
  expect(at(gateway?.inputs, 'interceptorConfigurations.0.interceptionPoints')).toEqual(['REQUEST']);
  const ids = Object.fromEntries(
    made
      .filter(({ type }) => type.endsWith(':UserPoolClient'))
      .map(({ urn, id }) => [shortOf(urn).split(' ')[1], id]),
  );
  const texts = made
    .filter(({ type }) => type.endsWith(':AgentcorePolicy'))
    .map(({ inputs }) => String(at(inputs, 'definition.cedar.statement')));
  expect(texts).toHaveLength(2);
  const few = texts.find((text) => text.includes(`== "${ids.few}"`));
  expect(few).toContain(String(at(gateway?.outputs, 'gatewayArn')));
  expect(few).not.toContain('server-001');
});

test('its inputs are judged by the service’s model, and no house rule is broken', () => {
  const { models, schema } = readReferees();
  const own = made.filter(isPolicy);
  const unjudged = own.flatMap(
    ({ type, inputs = {} }) => checkModel(models, MAPPINGS[type]!, inputs).unjudged,
  );
  expect(unjudged).toEqual([]);
  expect(violations(recorded(made), schema)).toEqual([]);
  expect(samples(own).flatMap((resource) => mutantsOf(resource, readReferees()).filter(survives))).toEqual(
    [],
  );
});

test('another mode changes the gateway alone; a server that goes leaves its policy first', async () => {
  await stack.configure({ ...base, ...policy('log-only') });
  expect((await stack.changes()).map(({ op, urn }) => `${op} ${shortOf(urn)}`)).toEqual([
    'update AgentcoreGateway gateway',
  ]);
  await stack.configure({ ...base, ...policy('log-only'), 'mcpgw:servers': { exclude: [second] } });
  const changed = await up();
  const named = changed.map(({ op, urn }) => `${op} ${shortOf(urn)}`);
  expect(named).toContain('update AgentcorePolicy gateway-all_tools');
  expect(named.indexOf('update AgentcorePolicy gateway-all_tools')).toBeLessThan(
    named.indexOf(`delete AgentcoreGatewayTarget ${second}`),
  );
});

test('destroy leaves nothing', async () => {
  expect((await stack.destroy()).exitCode).toBe(0);
  expect(stack.existing()).toEqual([]);
});
