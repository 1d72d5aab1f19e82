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
