/**
 * The runbooks of docs/operations.md, in their order, on the real engine against the stand-in. `mcpgw` runs in process,
 * its deployments on one backend that lives as long as the story; `pulumi` is the real CLI on that backend.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { deploy } from '../../cli/deploying/deploy.ts';
import { type Driver, rehearsalDriver } from '../../cli/deploying/driver.ts';
import { runPreflight } from '../../cli/deploying/ports.ts';
import { loadProject } from '../../cli/project.ts';
import { ensureEngine, OfflineBackend } from '../../offline/index.ts';
import { configFile, createStack } from '../../offline/preview.ts';
import { offlineConfig } from '../../offline/stack-config.ts';
import { McpgwError } from '../../plan/errors.ts';
import { type DocCommand, mcpgwWords, readBlocks } from '../docs/commands.ts';
import { type Ran, runIn } from '../integration/cli/run.ts';
import { Team } from '../integration/cli/team.ts';
import { ROOT } from './support/rehearsal.ts';

jest.setTimeout(900_000);

const blocks = (await readBlocks(join(ROOT, 'docs/operations.md'))).filter(({ run }) => run);
let team: Team;
let backend: OfflineBackend;
let driver: Driver;

beforeAll(async () => {
  team = await Team.open({ program: true });
  await team.stack('dev', { 'mcpgw:servers': { include: ['files-mcp-server', 'mail-mcp-server'] } });
  await team.manifest([{ id: 'files-mcp-server' }, { id: 'mail-mcp-server' }, { id: 'queues-mcp-server' }]);
  team.commit('first');
  backend = await OfflineBackend.open({ root: team.folder, engine: await ensureEngine() });
  await createStack(backend, 'dev', await offlineConfig(team.folder, 'dev'));
  await faults([]);
  driver = rehearsalDriver(backend, 'dev', configFile(backend, 'dev'), {
    MCPGW_OFFLINE_FAULTS: backend.faults,
  });
});
afterAll(async () => {
  await backend?.close();
  await team?.close();
});

const faults = (all: object[]) => writeFile(backend.faults, JSON.stringify(all));

/** What happened before a runbook is needed. */
const before: Record<string, () => Promise<unknown>> = {
  'A changed setting': () => setting('mcpgw:tags', { team: 'platform' }),
  'A target that failed or hangs': async () => {
    await setting('mcpgw:servers', { include: ['*'] });
    await faults([{ op: 'create', urn: 'AgentcoreGatewayTarget::queues', times: 1 }]);
  },
  'A half-done update': async () => {
    await faults([]);
    await addPendingCreate();
  },
  'A stale lock': async () => {
    await setting('mcpgw:tags', { team: 'agents' });
    await lock();
  },
  "Rotating a client's secret": () =>
    setting('mcpgw:auth', {
      type: 'cognito',
      clients: { agents: { scopes: ['invoke'] }, 'agents-2027': { scopes: ['invoke'] } },
    }),
};

async function setting(key: string, value: unknown): Promise<void> {
  const file = join(team.folder, 'Pulumi.dev.yaml');
  const old = parse(await readFile(file, 'utf8')) as { config: Record<string, unknown> };
  await writeFile(file, stringify({ config: { ...old.config, [key]: value } }));
}

/** A checkpoint as an engine leaves it that was killed while it created something. */
async function addPendingCreate(): Promise<void> {
  const { stdout } = await driver.run(['stack', 'export']);
  const state = JSON.parse(stdout) as {
    deployment: { resources: { type: string; urn: string }[]; pending_operations?: unknown[] };
  };
  const some = state.deployment.resources.find(({ type }) => type === 'aws:cloudwatch/logGroup:LogGroup');
  const resource = { ...some, urn: `${some?.urn}-new`, id: '' };
  state.deployment.pending_operations = [{ resource, type: 'creating' }];
  const file = join(backend.folder, 'pending.json');
  await writeFile(file, JSON.stringify(state));
  expect((await driver.run(['stack', 'import', '--file', file, '--force'])).exitCode).toBe(0);
}

/** The lock file of an update that was killed. */
async function lock(): Promise<void> {
  const { mkdir } = await import('node:fs/promises');
  const folder = join(new URL(backend.url).pathname, '.pulumi/locks/organization/mcpgw/dev');
  await mkdir(folder, { recursive: true });
  const held = { pid: 1, username: 'colleague', hostname: 'elsewhere', timestamp: '2026-01-01T00:00:00Z' };
  await writeFile(join(folder, '01234567-89ab-cdef-0123-456789abcdef.json'), JSON.stringify(held));
  const blocked = await run({
    text: '',
    words: ['npx', 'mcpgw', 'deploy', '--stack', 'dev', '--yes'],
    exitCode: 1,
  });
  expect(blocked).toMatchObject({ code: 1, stderr: expect.stringMatching(/pulumi cancel --stack dev/) });
}

async function run(command: DocCommand): Promise<Ran> {
  const words = mcpgwWords(command);
  if (words?.[0] === 'deploy') return deployHere();
  if (words) return runIn(team.folder, {}, ...words);
  const [program, ...args] = command.words;
  if (program !== 'pulumi') throw new Error(`not run here: ${command.text}`);
  await useSettings();
  const onStack = args.filter((word, index) => word !== '--stack' && args[index - 1] !== '--stack');
  const plain = args[0] === 'cancel' || args[0] === 'stack'; // take the stack's name as it stands
  const { exitCode, stdout, stderr } = plain ? await driver.backend(args) : await driver.run(onStack);
  return { code: exitCode, stdout, stderr };
}

/** `mcpgw deploy` as it is, but for the account: there is none. */
async function deployHere(): Promise<Ran> {
  const said: string[] = [];
  try {
    await useSettings();
    const project = await loadProject({ root: team.folder, cwd: team.folder, stack: 'dev', sound: true });
    const made = await deploy({
      plan: project.plan,
      driver,
      preflight: (state) => runPreflight(project, driver, process.env, state),
      publish: async () => {},
      confirm: async () => true,
      say: (text) => said.push(text),
    });
    return { code: 0, stdout: made.result, stderr: said.join('\n') };
  } catch (error) {
    if (!(error instanceof McpgwError)) throw error;
    return { code: error.exitCode, stdout: '', stderr: [...said, error.message, error.hint].join('\n') };
  }
}

/** The stack's file as it is now, in the copy that holds the throw-away backend's salt. */
async function useSettings(): Promise<void> {
  const file = configFile(backend, 'dev');
  const salted = parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const config = parse(await offlineConfig(team.folder, 'dev')) as Record<string, unknown>;
  await writeFile(file, stringify({ ...salted, ...config }));
}

describe('docs/operations.md', () => {
  const done = new Set<string>();
  test.each(blocks.map((block) => [`${block.heading} (line ${block.line})`, block] as const))(
    '%s',
    async (_, block) => {
      if (!done.has(block.heading)) await before[block.heading]?.();
      done.add(block.heading);
      for (const command of block.commands) {
        const { code, stdout, stderr } = await run(command);
        if (code !== command.exitCode) throw new Error(`${command.text}: exit ${code}\n${stdout}\n${stderr}`);
        expect(code).toBe(command.exitCode);
        // the fault switch counts for each run of the plugin: what was to fail once has failed
        if (command.exitCode !== 0) await faults([]);
      }
    },
  );

  test('every thing that was to happen before a runbook did', () => {
    expect([...done]).toEqual(expect.arrayContaining(Object.keys(before)));
  });
});
