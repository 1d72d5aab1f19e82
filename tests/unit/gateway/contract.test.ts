/** The contract kit: every question finds either answer, told apart by a local gateway that behaves so. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Behaviour } from '../../../gateway/behaviour.ts';
import { writeContract } from '../../../gateway/contract/index.ts';
import { probeTools } from '../../../gateway/contract/probe.ts';
import { handler } from '../../../gateway/contract/probe-function.mjs';
import { probedGateway } from '../../../gateway/contract/probed-gateway.ts';
import { QUESTIONS } from '../../../gateway/contract/questions.ts';
import { readBehaviour } from '../../../gateway/contract/read-behaviour.ts';
import {
  advice,
  behaviourOf,
  EXPECTED,
  formatRecord,
  parseRecord,
  recordOf,
} from '../../../gateway/contract/record.ts';
import { type ContractPlatform, runContract } from '../../../gateway/contract/run.ts';
import type { Json } from '../../../plan/hash.ts';
import { testGateway } from './support.ts';

async function probed(behaviour: Partial<Behaviour> = {}, config = {}) {
  const gateway = await testGateway({
    targets: ['mcpgw-probe'],
    tools: [...probeTools],
    handle: (event, context) => handler(event, context) as Promise<Json>,
    behaviour,
    config,
  });
  const request = (url: string, init: RequestInit) => gateway.request(new URL(url).pathname, init);
  return probedGateway({ url: 'http://127.0.0.1:4127/mcp', token: await gateway.token() }, request);
}

async function answers(behaviour: Partial<Behaviour> = {}, config = {}) {
  const gateway = await probed(behaviour, config);
  const found = await Promise.all(
    QUESTIONS.map(async ({ id, ask }) => [id, (await ask(gateway)).answer] as const),
  );
  return Object.fromEntries(found);
}

test('a gateway as we assume it answers as expected', async () => {
  const found = await answers();
  for (const [id, answer] of Object.entries(found))
    if (EXPECTED[id]) expect([id, answer]).toEqual([id, EXPECTED[id]]);
  expect(found['page-size']).toBe('100');
});

test.each<[string, string, Partial<Behaviour>, object]>([
  ['results', 'lifted', { liftResults: true }, {}],
  ['errors', 'lifted', { liftResults: true }, {}],
  ['structured-content', 'added', { structuredContent: true }, {}],
  ['free-form-objects', 'dropped', { freeFormObjects: 'dropped' }, {}],
  ['unknown-arguments', 'dropped', { unknownArguments: 'dropped' }, {}],
  ['unknown-arguments', 'refused', { unknownArguments: 'refused' }, {}],
  ['page-size', '40', { pageSize: 40 }, {}],
  ['page-size', 'at least 156', { pageSize: 1000 }, {}],
  ['thrown-errors', 'shown', {}, { gateway: { name: 'tools', debugErrors: true } }],
])('%s: %s', async (id, answer, behaviour, config) => {
  expect((await answers(behaviour, config))[id]).toBe(answer);
});

test('the record sets the switches: a gateway made from it answers the same again', async () => {
  const behaviour: Behaviour = {
    liftResults: true,
    structuredContent: true,
    unknownArguments: 'refused',
    freeFormObjects: 'dropped',
    pageSize: 33,
  };
  const gateway = await probed(behaviour);
  const findings = new Map(
    await Promise.all(QUESTIONS.map(async (one) => [one.id, await one.ask(gateway)] as const)),
  );
  const record = parseRecord(formatRecord(recordOf('dev', 'us-east-1', findings)), 'contract.dev.yaml');
  expect(behaviourOf(record)).toEqual(behaviour);
  expect(advice(record).map((line) => line.split(':')[0])).toEqual([
    'errors',
    'free-form-objects',
    'results',
    'structured-content',
    'unknown-arguments',
  ]);
  const root = await mkdtemp(join(tmpdir(), 'mcpgw-test-'));
  expect(await readBehaviour(root, 'dev')).toBeUndefined();
  expect(await writeContract(root, record)).toBe(join(root, 'contract.dev.yaml'));
  expect(await readBehaviour(root, 'dev')).toEqual(behaviour);
  expect(() => parseRecord('formatVersion: 2', 'contract.dev.yaml')).toThrow(/contract\.dev\.yaml/);
});

describe('the run', () => {
  const platform = (changes: Partial<ContractPlatform> = {}): ContractPlatform => ({
    deployProbe: () => probed(),
    tryTargetSchema: async (schema) => {
      const refused = JSON.stringify(schema).includes('null');
      return { accepted: !refused, message: refused ? 'ValidationException: null' : 'READY' };
    },
    sixAtOnce: async () => [...Array(5).fill('accepted'), 'ConflictException: too many'],
    removeAll: async () => [],
    ...changes,
  });

  test('answers every question, and tells the evidence', async () => {
    const { findings, left } = await runContract(platform());
    expect(left).toEqual([]);
    expect([...findings.keys()].sort()).toEqual([...Object.keys(EXPECTED), 'page-size'].sort());
    expect(findings.get('schema any-of-null')).toEqual({
      answer: 'refused',
      evidence: 'ValidationException: null',
    });
    expect(findings.get('schema enum')?.answer).toBe('accepted');
    expect(findings.get('sixth-operation')).toEqual({
      answer: 'refused',
      evidence: 'ConflictException: too many',
    });
  });

  test('all six accepted is the other answer; a question that fails is not answered and stops no other', async () => {
    const { findings } = await runContract(
      platform({
        sixAtOnce: async () => Array(6).fill('accepted'),
        tryTargetSchema: async () => {
          throw new Error('throttled');
        },
      }),
    );
    expect(findings.get('sixth-operation')?.answer).toBe('accepted');
    expect(findings.get('schema enum')).toEqual({ answer: 'not answered', evidence: 'throttled' });
    expect(findings.get('results')?.answer).toBe('stringified');
  });

  test('a probe that cannot be deployed: everything is taken away, and what stayed is named', async () => {
    let removed = 0;
    const failing = platform({
      deployProbe: async () => {
        throw new Error('no permission');
      },
      removeAll: async () => {
        removed += 1;
        return ['function mcpgw-contract-1'];
      },
    });
    await expect(runContract(failing)).rejects.toThrow(
      /no permission\. Still there: function mcpgw-contract-1\./,
    );
    expect(removed).toBe(1);
  });
});
