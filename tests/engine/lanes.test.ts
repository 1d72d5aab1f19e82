/** The service takes five target operations at once on a gateway; a full gateway that changes by half stays below. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Operation } from '../../offline/plugin/journal.ts';
import { Rehearsal } from './support/rehearsal.ts';
import { manyServers, type SyntheticServer } from './support/synthetic.ts';
import { mostInFlight, TARGET } from './support/targets.ts';

jest.setTimeout(600_000);

const servers = manyServers(150);
let stack: Rehearsal;
let made: Operation[];
let updated: Operation[];
let mixed: Operation[];
let refused: string;
let changed: Operation[];
let crossed: Operation[];
let outputs: Record<string, unknown>;

beforeAll(async () => {
  stack = await Rehearsal.open({});
  await stack.manifest(servers.slice(0, 100));
  made = await bringUp();
  // The tools of all hundred change at once: a hundred updates in place.
  await stack.manifest(servers.slice(0, 100).map(reworded));
  updated = await bringUp();
  const kept = servers.slice(0, 100).filter((_, index) => index % 2 === 0);
  await stack.removeManifest();
  await stack.manifest([...kept, ...servers.slice(100)]);
  refused = (await stack.up()).stdout;
  await stack.removeManifest();
  await stack.manifest(kept.map(reworded));
  changed = await bringUp();
  await stack.removeManifest();
  // Those that stay get their first tools back while others go and others come.
  await stack.manifest([...kept.slice(0, 25), ...servers.slice(100)]);
  mixed = await bringUp();
  changed = [...changed, ...mixed];
  await stack.removeManifest();
  await stack.manifest([...kept.slice(0, 25), ...servers.slice(100), ...manyServers(178).slice(150)]);
  crossed = await bringUp();
  outputs = await stack.outputs();
});
afterAll(() => stack?.close());

function reworded(server: SyntheticServer): SyntheticServer {
  return { ...server, word: 'other thing' };
}

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

test('a hundred targets are updated in place, within five at once', () => {
  const targets = updated.filter(({ type }) => type === TARGET);
  expect(countOf(targets)).toEqual({ update: 100 });
  expect(updated.filter(({ op }) => op === 'refused')).toEqual([]);
  expect(mostInFlight(targets)).toBeGreaterThan(1);
  expect(mostInFlight(targets)).toBeLessThanOrEqual(5);
});

test('removing half of them, and a quarter while adding fifty and updating the rest, stays within five at once', () => {
  const targets = changed.filter(({ type }) => type === TARGET);
  expect(countOf(targets)).toEqual({ create: 50, delete: 75, update: 25 });
  expect(countOf(mixed.filter(({ type }) => type === TARGET))).toEqual({
    create: 50,
    delete: 25,
    update: 25,
  });
  expect(changed.filter(({ op }) => op === 'refused')).toEqual([]);
  expect(mostInFlight(targets)).toBeGreaterThan(1);
  expect(mostInFlight(targets)).toBeLessThanOrEqual(5);
});

function countOf(operations: readonly Operation[]): Record<string, number> {
  return Object.fromEntries(
    ['create', 'update', 'delete', 'refused']
      .map((op) => [op, operations.filter((operation) => operation.op === op).length] as const)
      .filter(([, count]) => count > 0),
  );
}

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
