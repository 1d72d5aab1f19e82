/** The committed stacks: in what they differ, and that each difference has its reason beside it. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { alarmsOf } from '../../../plan/alarms.ts';
import { createPlan } from '../../../plan/plan.ts';
import { readManifest } from '../../../store/manifest.ts';
import { readSettings } from '../../../store/stackfile.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const STACKS = ['dev', 'staging', 'prod'] as const;
const plans = new Map(
  await Promise.all(
    STACKS.map(async (stack) => {
      const manifest = await readManifest(resolve(ROOT, 'manifest'));
      return [stack, createPlan(manifest, await readSettings(ROOT, stack))] as const;
    }),
  ),
);
const of = (stack: (typeof STACKS)[number]) => plans.get(stack)!;
const text = (stack: string) => readFile(resolve(ROOT, `Pulumi.${stack}.yaml`), 'utf8');

test('each can be planned', () => {
  for (const stack of STACKS) expect(of(stack).problems).toEqual([]);
});

test('servers: dev tries others, production has what staging had', () => {
  const servers = (stack: (typeof STACKS)[number]) => of(stack).targets.map(({ server }) => server);
  expect(servers('dev')).not.toEqual(servers('prod'));
  expect(servers('staging')).toEqual(servers('prod'));
});

test.each([
  ['read-only', (stack) => of(stack).settings.readOnly, [false, true, true]],
  ['retention', (stack) => of(stack).settings.logs.retentionDays, [7, 30, 365]],
  ['errors that raise an alarm', (stack) => of(stack).settings.observe.alarms?.errors, [undefined, 1, 5]],
  ['alarms', (stack) => alarmsOf(of(stack)).length > 0, [false, true, true]],
  ['protect', (stack) => of(stack).settings.protect, [false, false, true]],
  ['policy', (stack) => of(stack).settings.policy?.mode, ['log-only', 'enforce', 'enforce']],
  ['logs of what is removed', (stack) => of(stack).settings.removal.logs, ['delete', 'retain', 'retain']],
  ['accounts', (stack) => of(stack).settings.removal.users, ['delete', 'delete', 'retain']],
  ['audit records', (stack) => of(stack).settings.removal.audit, ['delete', 'retain', 'retain']],
] as [string, (stack: (typeof STACKS)[number]) => unknown, unknown[]][])('%s', (_what, read, expected) => {
  expect(STACKS.map(read)).toEqual(expected);
});

/** Names and tags say which stack it is: that needs no reason. */
const PLAIN = ['gateway', 'tags'];

test.each(STACKS)('%s: a reason stands above each setting', async (stack) => {
  const lines = (await text(stack)).split('\n');
  const bare = lines.flatMap((line, index) => {
    const key = /^ {2}mcpgw:(\w+):/.exec(line)?.[1];
    if (key === undefined || PLAIN.includes(key)) return [];
    return [lines[index - 1], lines[index + 1]].some((beside) => /^ +#/.test(beside ?? '')) ? [] : [key];
  });
  expect(bare).toEqual([]);
});
