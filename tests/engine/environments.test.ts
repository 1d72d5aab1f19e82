/** The committed stacks, and one with everything on, through the real engine: its own checks of their keys, and the house rules. */
import { describe, expect, jest, test } from '@jest/globals';
import { readReferees } from '../../offline/plugin/referees.ts';
import { HOUSE_RULES, violations } from '../../offline/policy.ts';
import { EVERYTHING, operationsOf } from './support/committed.ts';
import { houseMutants } from './support/house-mutants.ts';
import { recorded } from './support/mutants.ts';
import { Rehearsal } from './support/rehearsal.ts';

jest.setTimeout(600_000);

const { schema } = readReferees();

describe.each(['Pulumi.dev.yaml', 'Pulumi.staging.yaml', 'Pulumi.prod.yaml', EVERYTHING])('%s', (file) => {
  test('breaks no house rule, and each rule that it can break is seen to be broken, alone', async () => {
    const resources = recorded(await operationsOf(file));
    expect(resources.length).toBeGreaterThan(30);
    expect(violations(resources, schema)).toEqual([]);
    const mutants = houseMutants(resources, schema);
    const missed = mutants.filter(({ rule, resources: broken }) => {
      const found = violations(broken, schema);
      return found.length === 0 || found.some((line) => !line.startsWith(`${rule}: `));
    });
    expect(missed.map(({ rule, what }) => `${rule}: ${what}`)).toEqual([]);
    if (file === EVERYTHING) expect(new Set(mutants.map(({ rule }) => rule))).toEqual(new Set(HOUSE_RULES));
  });
});

describe('the engine checks the keys of a stack file before the program runs', () => {
  test.each([
    ['mcpgw:gateway', 'tools', /'mcpgw:gateway' must be of type 'object'/],
    ['mcpgw:readOnly', 'perhaps', /'mcpgw:readOnly' must be of type 'boolean'/],
    ['mcpgw:rateLimits', { client: 'default' }, /'mcpgw:rateLimits' must be of type 'array<object>'/],
  ])('%s: %j', async (key, value, message) => {
    const stack = await Rehearsal.open({ [key]: value });
    try {
      const { exitCode, stdout, stderr } = await stack.preview();
      expect(stdout + stderr).toMatch(message);
      expect(exitCode).not.toBe(0);
    } finally {
      await stack.close();
    }
  });
});
