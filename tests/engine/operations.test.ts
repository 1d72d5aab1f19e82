/**
 * The runbooks of docs/operations.md, in their order, as their reader runs them: `mcpgw` and `pulumi` as processes in the
 * team's folder, on an account that is imitated (support/account.ts) behind the real engine.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type DocCommand, mcpgwWords, readBlocks } from '../docs/commands.ts';
import type { Ran } from '../integration/cli/run.ts';
import { Team } from '../integration/cli/team.ts';
import { Account, BUCKET } from './support/account.ts';
import { LiveBackend } from './support/live.ts';
import { ROOT } from './support/rehearsal.ts';

jest.setTimeout(900_000);

const blocks = (await readBlocks(join(ROOT, 'docs/operations.md'))).filter(({ run }) => run);
const IDS = ['files-mcp-server', 'iam-mcp-server', 'mail-mcp-server', 'queues-mcp-server'];
let team: Team;
let live: LiveBackend;
let account: Account;

beforeAll(async () => {
  team = await Team.open({ program: true });
  await team.stack('dev', {
    'mcpgw:artefacts': { bucket: BUCKET },
    'mcpgw:servers': { include: ['files-mcp-server', 'mail-mcp-server'] },
  });
  await team.manifest(IDS.map((id) => ({ id, free: true })));
  team.commit('first');
  live = await LiveBackend.open(team.folder);
  account = await Account.open(live, team.folder);
});
afterAll(async () => {
  await account?.close();
  await live?.close();
  await team?.close();
});

/** What happened before a runbook is needed. */
const before: Record<string, () => Promise<unknown>> = {
  'A changed setting': () => setting('mcpgw:tags', { team: 'platform' }),
  'A target that failed or hangs': async () => {
    await setting('mcpgw:servers', { include: ['*'] });
    await live.faults([{ op: 'create', urn: 'AgentcoreGatewayTarget::queues', times: 1 }]);
  },
  'A half-done update': addPendingCreate,
  'A stale lock': async () => {
    await setting('mcpgw:tags', { team: 'agents' });
    await lock();
  },
  "Rotating a client's secret": () =>
    setting('mcpgw:auth', {
      type: 'cognito',
      clients: { agents: { scopes: ['invoke'] }, 'agents-2027': { scopes: ['invoke'] } },
    }),
  Throttling: async () => {
    await serverSetting({ concurrency: 5 });
    const message = 'ThrottlingException: Rate exceeded';
    await live.faults([{ op: 'update', urn: 'Function::files', times: 1, message }]);
  },
  AccessDenied: () =>
    serverSetting({
      concurrency: 5,
      statements: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::reports/*'] }],
    }),
};

const serverSetting = (files: object) =>
  setting('mcpgw:servers', { include: ['*'], settings: { 'files-mcp-server': files } });

const setting = (key: string, value: unknown) => team.setting('dev', key, value);

/** A checkpoint as an engine leaves it that was killed while it created something. */
async function addPendingCreate(): Promise<void> {
  const { stdout } = await live.pulumi('stack', 'export', '--stack', 'dev');
  const state = JSON.parse(stdout) as {
    deployment: { resources: { type: string; urn: string }[]; pending_operations?: unknown[] };
  };
  const some = state.deployment.resources.find(({ type }) => type === 'aws:cloudwatch/logGroup:LogGroup');
  const resource = { ...some, urn: `${some?.urn}-new`, id: '' };
  state.deployment.pending_operations = [{ resource, type: 'creating' }];
  const file = join(live.backend.folder, 'pending.json');
  await writeFile(file, JSON.stringify(state));
  const { exitCode } = await live.pulumi('stack', 'import', '--stack', 'dev', '--file', file, '--force');
  expect(exitCode).toBe(0);
}

/** The lock file of an update that was killed. */
async function lock(): Promise<void> {
  const folder = join(new URL(live.backend.url).pathname, '.pulumi/locks/organization/mcpgw/dev');
  await mkdir(folder, { recursive: true });
  const held = { pid: 1, username: 'colleague', hostname: 'elsewhere', timestamp: '2026-01-01T00:00:00Z' };
  await writeFile(join(folder, '01234567-89ab-cdef-0123-456789abcdef.json'), JSON.stringify(held));
  const blocked = await mcpgw('deploy', '--stack', 'dev', '--yes');
  expect(blocked).toMatchObject({ code: 1, stderr: expect.stringMatching(/pulumi cancel --stack dev/) });
}

const mcpgw = (...words: string[]) => live.spawn(account.environment, ...words).ended;

async function run(command: DocCommand): Promise<Ran> {
  const words = mcpgwWords(command);
  if (words?.[0] === 'deploy') await account.putPackages('dev');
  account.states = words?.[0] === 'verify' && command.exitCode === 6 ? { files: 'FAILED' } : {};
  // a rehearsal takes an engine as it is installed; what is on PATH here is bound to this test's backend
  const offline = words?.some((word) => /^(?:--)?offline$/.test(word));
  if (words && offline) return live.spawn({ PATH: process.env.PATH }, ...words).ended;
  if (words) return mcpgw(...words);
  const [program, ...args] = command.words;
  if (program !== 'pulumi') throw new Error(`not run here: ${command.text}`);
  const { exitCode, stdout, stderr } = await live.pulumi(...args);
  return { code: exitCode, stdout, stderr };
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
        if (command.exitCode !== 0) await live.faults([]);
      }
    },
  );

  test('every thing that was to happen before a runbook did', () => {
    expect([...done]).toEqual(expect.arrayContaining(Object.keys(before)));
  });
});
