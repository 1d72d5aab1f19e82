/** `mcpgw deploy` on the real engine: environments one after another, a failure half-way and its repair, the way back. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { stringify } from 'yaml';
import { type DeployPorts, deploy } from '../../cli/deploying/deploy.ts';
import { type Driver, rehearsalDriver } from '../../cli/deploying/driver.ts';
import { readState } from '../../cli/deploying/state.ts';
import { ensureEngine, OfflineBackend } from '../../offline/index.ts';
import { configFile, createStack } from '../../offline/preview.ts';
import { createPlan } from '../../plan/plan.ts';
import { parseSettings } from '../../plan/settings/settings.ts';
import { readManifest } from '../../store/manifest.ts';
import { ROOT } from './support/rehearsal.ts';
import { manyServers, type SyntheticServer, writeSynthetic } from './support/synthetic.ts';

jest.setTimeout(900_000);

let backend: OfflineBackend;
let manifest: string;
beforeAll(async () => {
  backend = await OfflineBackend.open({ root: ROOT, engine: await ensureEngine() });
  manifest = join(backend.folder, 'manifest');
});
afterAll(() => backend?.close());

const configOf = (stack: string) => ({
  'aws:region': 'us-east-1',
  'mcpgw:gateway': { name: `tools-${stack}` },
  'mcpgw:protect': stack === 'prod',
});

async function stackOf(stack: string) {
  await createStack(backend, stack, stringify({ config: configOf(stack) }));
  const environment = { MCPGW_MANIFEST: manifest, MCPGW_OFFLINE_FAULTS: backend.faults };
  return rehearsalDriver(backend, stack, configFile(backend, stack), environment);
}

async function release(servers: SyntheticServer[]): Promise<void> {
  await writeSynthetic(manifest, servers);
}

const fault = (faults: object[]) => writeFile(backend.faults, JSON.stringify(faults));

async function run(driver: Driver, stack: string, ports: Partial<DeployPorts> = {}) {
  const plan = createPlan(await readManifest(manifest), parseSettings(stack, configOf(stack), 'f'));
  return deploy({
    plan,
    driver,
    preflight: async () => ({ problems: [], unchecked: [], passed: [] }),
    publish: async () => {},
    confirm: async () => true,
    say: () => {},
    ...ports,
  });
}

const servers = manyServers(3);
const newer = servers.map((server, index) => (index === 2 ? { ...server, version: '2.0.0' } : server));

describe('a release through dev, staging and prod', () => {
  const drivers: Record<string, Driver> = {};
  beforeAll(async () => {
    await fault([]);
    await release(servers);
    for (const stack of ['dev', 'staging', 'prod']) drivers[stack] = await stackOf(stack);
  });
  const driver = (stack: string) => {
    const found = drivers[stack];
    if (!found) throw new Error(stack);
    return found;
  };

  test('preflight problems stop it before the first change, all of them told', async () => {
    const problem = { check: 'account', message: 'another account', hint: 'use that profile' };
    const stopped = run(driver('dev'), 'dev', {
      preflight: async () => ({
        problems: [problem, { ...problem, check: 'domain' }],
        unchecked: [],
        passed: [],
      }),
    });
    await expect(stopped).rejects.toMatchObject({
      code: 'preflight-failed',
      message: expect.stringMatching(/nothing was changed:\n {2}account: another account\n.*\n {2}domain:/),
    });
    expect((await readState(driver('dev'))).resources).toEqual([]);
  });

  test('what is not confirmed is not done', async () => {
    expect(await run(driver('dev'), 'dev', { confirm: async () => false })).toMatchObject({
      result: 'declined',
    });
    expect((await readState(driver('dev'))).resources).toEqual([]);
  });

  test('dev is deployed, and a second time there is nothing to do', async () => {
    const first = await run(driver('dev'), 'dev', { check: async () => 'looked at' });
    expect(first).toMatchObject({
      result: 'deployed',
      checked: 'looked at',
      outputs: { gatewayUrl: expect.stringMatching(/^https:\/\/tools-dev-/), clients: expect.anything() },
    });
    expect(JSON.stringify(first.outputs)).not.toMatch(/"clientSecret":/);
    expect(await run(driver('dev'), 'dev')).toMatchObject({ result: 'unchanged', preview: { changes: [] } });
  });

  test('a failure in the middle of staging says what is there and what to run; the next run finishes it', async () => {
    await fault([{ op: 'create', urn: 'AgentcoreGatewayTarget::server-002', times: 1 }]);
    await expect(run(driver('staging'), 'staging')).rejects.toMatchObject({
      code: 'deploy-failed',
      message: expect.stringMatching(
        /`pulumi up` failed\n[\s\S]*injected by the fault switch[\s\S]*stack staging holds \d+ resources now, \d of 3 targets\nwithout: .*server-002-mcp-server/,
      ),
      hint: 'run `mcpgw deploy --stack staging` again: it goes on where this one stopped',
    });
    await fault([]);
    const repaired = await run(driver('staging'), 'staging');
    expect(repaired.result).toBe('deployed');
    const names = repaired.preview.changes.map(({ op, type, name }) => `${op} ${type} ${name}`);
    expect(names).toContain('create bedrock.AgentcoreGatewayTarget server-002-mcp-server');
    expect(names).not.toContain('create bedrock.AgentcoreGateway gateway');
  });

  test('prod is deployed, a server is updated, and the previous release brings it back', async () => {
    await run(driver('prod'), 'prod');
    await release(newer);
    const updated = await run(driver('prod'), 'prod');
    expect(new Set(updated.preview.changes.map(({ name }) => name))).toEqual(
      new Set(['server-002-mcp-server']),
    );
    await release(servers);
    const back = await run(driver('prod'), 'prod');
    expect(back.preview.changes.map(({ op, type }) => `${op} ${type}`)).toEqual(
      updated.preview.changes.map(({ op, type }) => `${op} ${type}`),
    );
  });

  test('a preview that the state has moved past does not count', async () => {
    await release(newer);
    const stale = run(driver('dev'), 'dev', {
      confirm: async () => {
        await run(driver('dev'), 'dev'); // a colleague was faster
        return true;
      },
    });
    await expect(stale).rejects.toMatchObject({ code: 'plan-stale' });
  });

  test("somebody else's lock is told from a failure", async () => {
    const locked: Driver = {
      ...driver('dev'),
      run: async (args, onOutput) =>
        args[0] === 'preview'
          ? { exitCode: 255, stdout: '', stderr: 'error: the stack is currently locked by 1 lock(s).' }
          : driver('dev').run(args, onOutput),
    };
    await expect(run(locked, 'dev')).rejects.toMatchObject({
      code: 'deploy-failed',
      message: expect.stringMatching(/nothing was changed/),
      hint: expect.stringMatching(/pulumi cancel --stack dev/),
    });
  });
});
