/** The service takes five target operations at once on a gateway; a full gateway that changes by half stays below. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Operation } from '../../offline/plugin/journal.ts';
import { Rehearsal } from './support/rehearsal.ts';
import { manyServers } from './support/synthetic.ts';
import { mostInFlight, TARGET } from './support/targets.ts';

jest.setTimeout(600_000);

const servers = manyServers(150);
let stack: Rehearsal;
let made: Operation[];
let refused: string;
let changed: Operation[];
let crossed: Operation[];
let outputs: Record<string, unknown>;

beforeAll(async () => {
  stack = await Rehearsal.open({});
  await stack.manifest(servers.slice(0, 100));
  made = await bringUp();
  const kept = servers.slice(0, 100).filter((_, index) => index % 2 === 0);
  await stack.removeManifest();
  await stack.manifest([...kept, ...servers.slice(100)]);
  refused = (await stack.up()).stdout;
  await stack.removeManifest();
  await stack.manifest(kept);
  changed = await bringUp();
  await stack.removeManifest();
  await stack.manifest([...kept.slice(0, 25), ...servers.slice(100)]);
  changed = [...changed, ...(await bringUp())];
  await stack.removeManifest();
  await stack.manifest([...kept.slice(0, 25), ...servers.slice(100), ...manyServers(178).slice(150)]);
  crossed = await bringUp();
  outputs = await stack.outputs();
});
afterAll(() => stack?.close());

async function bringUp(): Promise<Operation[]> {
  const { exitCode, stdout, stderr } = await stack.up();
  const operations = stack.operations();
  if (exitCode !== 0) throw new Error(`${stdout.slice(-3000)}\n${stderr.slice(-3000)}`);
  return operations;
}

test('a hundred targets are made', () => {
  expect(made.filter(({ op, type }) => op === 'create' && type === TARGET)).toHaveLength(100);
  expect(made.filter(({ op }) => op === 'refused')).toEqual([]);
  expect(mostInFlight(made)).toBeLessThanOrEqual(5);
});

test('a change that would pass a hundred on the way is refused before anything is done, with the way out', () => {
  expect(refused).toContain('gateway tools would have 150 targets on the way, it takes 100');
  expect(refused).toContain('remove servers in one update, add in the next');
});

test('removing half of them, and a quarter while adding fifty, stays within five at once and touches no other', () => {
  const targets = changed.filter(({ type }) => type === TARGET);
  expect(targets.filter(({ op }) => op === 'create')).toHaveLength(50);
  expect(targets.filter(({ op }) => op === 'delete')).toHaveLength(75);
  expect(targets).toHaveLength(125);
  expect(mostInFlight(targets)).toBeGreaterThan(1);
  expect(mostInFlight(targets)).toBeLessThanOrEqual(5);
});

test('crossing a hundred makes another gateway for the servers that found no room, and moves none', () => {
  const done = crossed.map(({ op, type, urn }) => ({ op, type, name: urn.split('::').pop() ?? '' }));
  expect(done.filter(({ op, type }) => op !== 'create' && type === TARGET)).toEqual([]);
  expect(done.filter(({ op }) => op === 'delete')).toEqual([]);
  expect(done.filter(({ type }) => type === TARGET)).toHaveLength(28);
  expect(
    done.filter(({ type }) => type.endsWith(':AgentcoreGateway')).map(({ op, name }) => [op, name]),
  ).toEqual([['create', 'gateway-2']]);
  const { gateways } = outputs.identity as { gateways: Record<string, { targets: string[] }> };
  expect(Object.entries(gateways).map(([name, { targets }]) => [name, targets.length])).toEqual([
    ['tools', expect.any(Number)],
    ['tools-2', expect.any(Number)],
  ]);
  const before = [...servers.slice(0, 50).filter((_, index) => index % 2 === 0), ...servers.slice(100)];
  const names = before.map(({ id }) => id.replace('-mcp-server', ''));
  expect(gateways.tools?.targets).toEqual(expect.arrayContaining(names));
});
