/** What `mcpgw deploy` looks at after its update, against real handlers behind the local gateway. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GatewayAccess } from '../../../cli/connection.ts';
import type { Ask } from '../../../cli/deploying/aws.ts';
import { checkDeployed } from '../../../cli/deploying/check.ts';
import { type LocalGateway, startGateway } from '../../../gateway/index.ts';
import { readRunning } from '../../../gateway/running.ts';
import type { ToolDefinition, ToolEntry } from '../../../plan/manifest.ts';
import { hashProjection, projectTool } from '../../../plan/schema/projection.ts';
import type { Plan } from '../../../plan/types.ts';
import { planOf, targetOf } from '../../unit/gateway/support.ts';
import { definitions as all, fixtureServer } from '../gateway/support.ts';

const NAMES = ['count', 'refuse', 'echo', 'crash'];
const toolOf = (name: string) => all.filter((tool) => tool.name === name);

/** A server for each tool, called as the tool is. */
function planWith(names: readonly string[]): Plan {
  return planOf(
    names.map((name) => {
      const tools = toolOf(name);
      const parameters: Record<string, string> = name === 'echo' ? { text: 'string!' } : {};
      return targetOf(name, tools, {
        tools: tools.map((tool) => ({
          name: tool.name,
          exposed: tool.name,
          projection: hashProjection(projectTool(tool).tool),
          entry: { access: 'read', parameters } as unknown as ToolEntry,
        })),
      });
    }),
  );
}

let folder: string;
let gateway: LocalGateway;
let access: GatewayAccess[];
const definitions: Record<string, ToolDefinition[]> = Object.fromEntries(
  NAMES.map((name) => [`${name}-mcp-server`, toolOf(name)]),
);

async function serve(names: readonly string[], breaks = false): Promise<Plan> {
  await gateway?.close();
  const plan = planWith(names);
  gateway = await startGateway({
    plan,
    definitions,
    launch: async () => ({
      command: breaks ? '/nowhere/python' : process.execPath,
      args: [fixtureServer],
      env: {},
    }),
    port: 0,
    stateDir: folder,
    signals: false,
  });
  const running = await readRunning(folder);
  if (!running?.tokenUrl || !running.clientId || !running.clientSecret) throw new Error('not running');
  const { url, tokenUrl, clientId, clientSecret, scope = '' } = running;
  access = [
    { key: 'gateway', url, gatewayId: 'tools-1', client: { tokenUrl, clientId, clientSecret, scope } },
  ];
  return plan;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcpgw-check-'));
});
afterAll(async () => {
  await gateway?.close();
  await rm(folder, { recursive: true });
});

/** A control plane whose targets have these states, a look after another; the last one stays. */
function plane(names: readonly string[], looks: readonly string[]): Ask & { looks(): number } {
  let count = 0;
  const ask = async ({ path = '' }: { path?: string }) => {
    if (!path.includes('maxResults')) return { status: 200, text: '{"statusReasons":["still at it"]}' };
    const status = looks[Math.min(count, looks.length - 1)];
    count += 1;
    const items = names.map((name) => ({ targetId: name, name, status }));
    return { status: 200, text: JSON.stringify({ items }) };
  };
  return Object.assign(ask as Ask, { looks: () => count });
}

const check = (plan: Plan, ask: Ask, wait: () => Promise<unknown> = async () => {}) =>
  checkDeployed({ plan, gateways: access, definitions, ask, wait });

test('one reading call a server that needs no argument; what a tool says against it is told, not thrown', async () => {
  const names = ['count', 'refuse', 'echo'];
  const plan = await serve(names);
  const { gateways, calls, unasked } = await check(plan, plane(names, ['READY']));
  expect(gateways).toEqual([{ key: 'gateway', url: gateway.url, tools: 3 }]);
  expect(unasked).toEqual([]);
  expect(calls).toEqual([
    { server: 'count-mcp-server', tool: 'count___count', answer: 'answered' },
    {
      server: 'refuse-mcp-server',
      tool: 'refuse___refuse',
      answer: 'tool-error',
      said: expect.stringMatching(/AccessDenied/),
    },
    { server: 'echo-mcp-server', tool: undefined, answer: 'none fits' },
  ]);
});

test('targets that are under way are waited for; what stays so is drift', async () => {
  const plan = await serve(['count']);
  const becomes = plane(['count'], ['CREATING', 'UPDATING', 'READY']);
  await check(plan, becomes);
  expect(becomes.looks()).toBe(3);
  const stays = plane(['count'], ['UPDATING']);
  await expect(check(plan, stays)).rejects.toMatchObject({
    code: 'drift',
    message: expect.stringMatching(/state count: is UPDATING: still at it/),
  });
  expect(stays.looks()).toBeGreaterThan(5);
  const failed = plane(['count'], ['FAILED']);
  await expect(check(plan, failed)).rejects.toMatchObject({ code: 'drift' });
  expect(failed.looks()).toBe(1);
});

test('a name that is not known yet is tried again', async () => {
  const plan = await serve(['count']);
  const [good] = access;
  if (!good?.client) throw new Error('no client');
  access = [{ ...good, client: { ...good.client, tokenUrl: 'http://127.0.0.1:1/token' } }];
  let waits = 0;
  const made = await check(plan, plane(['count'], ['READY']), async () => {
    waits += 1;
    if (waits === 2 && good.client) Object.assign(access[0]?.client ?? {}, good.client);
  });
  expect([waits, made.calls.map(({ answer }) => answer)]).toEqual([2, ['answered']]);
});

test.each([
  ['ends at a call', 'crash', false, /crash-mcp-server: crash___crash: the server ended during the call/],
  ['cannot be started', 'count', true, /count-mcp-server: count___count: the server did not start/],
])('a server that %s fails the deployment', async (_, name, breaks, message) => {
  const plan = await serve([name], breaks);
  await expect(check(plan, plane([name], ['READY']))).rejects.toMatchObject({
    code: 'deploy-failed',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(/the previous commit/),
  });
});
