/**
 * A stack that outgrew its first gateway, looked at from outside: targets lie where updates put them, not where their
 * ids would. `mcpgw` runs in process; `pulumi` on its PATH is the real CLI on the backend that the stack was brought up
 * in. What the deployed gateways list is served here, each target in the gateway in which the account has it.
 */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Driver, rehearsalDriver } from '../../cli/deploying/driver.ts';
import { loadDefinitions, loadProject } from '../../cli/project.ts';
import { type LocalGateway, startGateway } from '../../gateway/index.ts';
import { readRunning } from '../../gateway/running.ts';
import { ensureEngine, OfflineBackend } from '../../offline/index.ts';
import { Journal } from '../../offline/plugin/journal.ts';
import { configFile, createStack } from '../../offline/preview.ts';
import { offlineConfig } from '../../offline/stack-config.ts';
import { createPlan } from '../../plan/plan.ts';
import { stateDir } from '../../store/paths.ts';
import { type ControlPlane, startControlPlane } from '../integration/cli/control-plane.ts';
import { runIn } from '../integration/cli/run.ts';
import { Team } from '../integration/cli/team.ts';
import { manyServers } from './support/synthetic.ts';
import { TARGET } from './support/targets.ts';

jest.setTimeout(600_000);

const GATEWAY = 'aws:bedrock/agentcoreGateway:AgentcoreGateway';
const PASSPHRASE = 'of this test';
const given = { ...process.env };
let team: Team;
let backend: OfflineBackend;
let driver: Driver;
let plane: ControlPlane;
let served: LocalGateway;
let bin: string;

beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' });
  team = await Team.open({ program: true });
  bin = join(team.folder, '.mcpgw', 'bin');
  await team.stack('dev');
  const engine = await ensureEngine();
  const environment = { PULUMI_CONFIG_PASSPHRASE: PASSPHRASE };
  backend = await OfflineBackend.open({ root: team.folder, engine, environment });
  await createStack(backend, 'dev', await offlineConfig(team.folder, 'dev'));
  driver = rehearsalDriver(backend, 'dev', configFile(backend, 'dev'), {
    MCPGW_OFFLINE_LATENCY: '0',
    // The state is written once at the end: half the time of an update.
    PULUMI_EXPERIMENTAL: 'true',
    PULUMI_SKIP_CHECKPOINTS: 'true',
  });
  await team.manifest(manyServers(100));
  await bringUp();
  await team.manifest(manyServers(104));
  await bringUp();
  plane = await startControlPlane();
  served = await serveAsDeployed();
  await putPulumi(engine.pulumi);
});
afterAll(async () => {
  process.env = given;
  await served?.close();
  plane?.close();
  await backend?.close();
  await team?.close();
});

async function bringUp(): Promise<void> {
  const { exitCode, stdout, stderr } = await driver.run(['up', '--yes', '--skip-preview']);
  if (exitCode !== 0) throw new Error(`${stdout.slice(-3000)}\n${stderr.slice(-3000)}`);
}

/** Names of targets by gateway, as the account has them. */
function deployed(): Map<{ name: string; id: string }, string[]> {
  const journal = new Journal(backend.journal);
  const targets = journal.ofType(TARGET);
  return new Map(
    journal.ofType(GATEWAY).map(({ inputs, id }) => {
      const own = targets.filter((target) => target.inputs.gatewayIdentifier === id);
      return [{ name: String(inputs.name), id }, own.map((target) => String(target.inputs.name))];
    }),
  );
}

async function serveAsDeployed(): Promise<LocalGateway> {
  const where: Record<string, number> = {};
  for (const [{ name, id }, targets] of deployed()) {
    plane.targets[id] = targets.map((target) => ({ name: target, status: 'READY' }));
    for (const target of targets) where[target] = name === 'tools-dev' ? 0 : 1;
  }
  const project = await loadProject({ root: team.folder, cwd: team.folder, stack: 'dev' });
  return startGateway({
    plan: createPlan(project.manifest, project.plan.settings, where),
    definitions: await loadDefinitions(project),
    launch: () => Promise.reject(new Error('nothing is called')),
    port: 0,
    stateDir: stateDir(team.folder),
    manifest: project.manifestDir,
    signals: false,
  });
}

/** The real CLI; of the stack's outputs only the addresses are changed, to where the gateways are served. */
async function putPulumi(pulumi: string): Promise<void> {
  const { url, tokenUrl, clientId, clientSecret, scope } = (await readRunning(stateDir(team.folder)))!;
  const ids = Object.fromEntries([...deployed().keys()].map(({ name, id }) => [name, id]));
  const here = {
    gatewayUrl: url,
    gateways: {
      'tools-dev': { url, id: ids['tools-dev'] },
      'tools-dev-2': { url: new URL('/gateway-2/mcp', url).href, id: ids['tools-dev-2'] },
    },
    tokenUrl,
    clients: { default: { clientId, clientSecret, scopes: [scope] } },
  };
  const script = `#!${process.execPath}
const { spawnSync } = require('node:child_process');
const args = process.argv.slice(2);
const env = { ...process.env, PULUMI_BACKEND_URL: '${backend.url}', PULUMI_CONFIG_PASSPHRASE: '${PASSPHRASE}', PULUMI_SKIP_UPDATE_CHECK: 'true' };
const { status, stdout, stderr } = spawnSync('${pulumi}', args, { env, encoding: 'utf8' });
process.stderr.write(stderr);
const whole = args.includes('--show-secrets');
process.stdout.write(whole ? JSON.stringify({ ...JSON.parse(stdout), ...${JSON.stringify(here)} }) : stdout);
process.exitCode = status;
`;
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'package.json'), '{"type":"commonjs"}');
  await writeFile(join(bin, 'pulumi'), script);
  await chmod(join(bin, 'pulumi'), 0o755);
}

const mcpgw = (...argv: string[]) =>
  runIn(
    team.folder,
    { PATH: `${bin}:${process.env.PATH}`, AWS_ENDPOINT_URL: plane.url, AWS_REGION: 'us-east-1' },
    ...argv,
  );
const withoutPulumi = (...argv: string[]) => runIn(team.folder, { PATH: join(team.folder, 'none') }, ...argv);

test('the hundred lie in the first gateway, the rest in the second', () => {
  expect([...deployed()].map(([{ name }, targets]) => [name, targets.length])).toEqual([
    ['tools-dev', 100],
    ['tools-dev-2', 4],
  ]);
});

test('verify finds each target where it lies', async () => {
  expect(await mcpgw('verify', '--stack', 'dev')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /\/mcp is as planned: 200 tools\n.*gateway-2\/mcp is as planned: 8 tools\n/,
    ),
    stderr: '',
  });
});

test('a record that names another gateway is drift: it is the record that is read', async () => {
  const script = await readFile(join(bin, 'pulumi'), 'utf8');
  await writeFile(
    join(bin, 'pulumi'),
    script.replace('...{"gatewayUrl"', 'identity: undefined, ...{"gatewayUrl"'),
  );
  const { code, stdout } = await mcpgw('verify', '--stack', 'dev');
  await writeFile(join(bin, 'pulumi'), script);
  expect(code).toBe(6);
  expect(stdout).toMatch(/^missing {2}server-\d{3}___tool_0/m);
});

test('verify --local finds each where it is served', async () => {
  expect(await mcpgw('verify', '--local')).toMatchObject({ code: 0, stderr: '' });
});

test('plan shows them where they lie', async () => {
  const { code, stdout } = await mcpgw('plan', '--stack', 'dev');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^tools-dev +100 +200 +\d+$/m);
  expect(stdout).toMatch(/^tools-dev-2 +4 +8 +\d+$/m);
  expect(stdout).toContain('as the last update of stack dev recorded');
  expect(JSON.parse((await mcpgw('plan', '--stack', 'dev', '--json')).stdout)).toMatchObject({
    spread: { by: 'record' },
  });
});

test('without a record plan spreads them by their ids, and says why', async () => {
  const { code, stdout } = await withoutPulumi('plan', '--stack', 'dev');
  expect(code).toBe(0);
  expect(stdout).not.toMatch(/^tools-dev +100 /m);
  expect(stdout).toContain('by their servers’ ids, as in a first update: no `pulumi` on PATH');
  await team.stack('new', { 'mcpgw:gateway': { name: 'tools-new' } });
  expect((await mcpgw('plan', '--stack', 'new')).stdout).toMatch(
    /servers’ ids, as in a first update: the record could not be read \(.*new/,
  );
});
