/**
 * `mcpgw verify` as a command. What it looks at is the local gateway, as the running one (`--local`) or as the one that a
 * stack's outputs name (`--stack`): there a `pulumi` on PATH prints outputs of infra/'s form, and the control plane with
 * the states of targets is imitated.
 */
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadDefinitions, loadProject } from '../../../cli/project.ts';
import { type LocalGateway, startGateway } from '../../../gateway/index.ts';
import { readRunning } from '../../../gateway/running.ts';
import { stateDir } from '../../../store/paths.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { runIn } from './run.ts';
import { Team } from './team.ts';

const FILES = { id: 'files-mcp-server' };
const MAIL = { id: 'mail-mcp-server', tools: 3 };
const GATEWAY = 'tools-dev-0123456789';
const READY = [
  { name: 'files', status: 'READY' },
  { name: 'mail', status: 'READY' },
];

let team: Team;
let gateway: LocalGateway;
let plane: ControlPlane;
const given = { ...process.env };

beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' });
  plane = await startControlPlane();
  team = await Team.open();
  await team.stack('dev');
  await team.manifest([FILES, MAIL]);
  gateway = await serve('dev');
});
afterAll(async () => {
  process.env = given;
  await gateway?.close();
  plane?.close();
  await team?.close();
});
beforeEach(async () => {
  plane.targets = { [GATEWAY]: READY };
  plane.refuses = false;
  await team.manifest([FILES, MAIL]);
  await writeOutputs(await outputs());
});

async function serve(stack: string): Promise<LocalGateway> {
  const project = await loadProject({ root: team.folder, cwd: team.folder, stack, sound: true });
  return startGateway({
    plan: project.plan,
    definitions: await loadDefinitions(project),
    launch: () => Promise.reject(new Error('verify calls no tool')),
    port: 0,
    stateDir: stateDir(team.folder),
    manifest: project.manifestDir,
    signals: false,
  });
}

/** As infra/ gives them. */
async function outputs(): Promise<Record<string, unknown>> {
  const { url, tokenUrl, clientId, clientSecret, scope } = (await readRunning(stateDir(team.folder)))!;
  return {
    gatewayUrl: url,
    gateways: { 'tools-dev': { url, id: GATEWAY } },
    tokenUrl,
    clients: { default: { clientId, clientSecret, scopes: [scope] } },
  };
}

async function writeOutputs(value: object): Promise<void> {
  const bin = join(team.folder, '.mcpgw', 'bin');
  await mkdir(bin, { recursive: true });
  const said = join(bin, 'outputs.json');
  await writeFile(said, JSON.stringify(value));
  await writeFile(
    join(bin, 'pulumi'),
    `#!/bin/sh\n[ "$1 $2 $6" = "stack output dev" ] && exec cat '${said}'\nexit 1\n`,
  );
  await chmod(join(bin, 'pulumi'), 0o755);
}

const verify = (...argv: string[]) =>
  runIn(
    team.folder,
    {
      PATH: `${join(team.folder, '.mcpgw', 'bin')}:${process.env.PATH}`,
      AWS_ENDPOINT_URL: plane.url,
      AWS_REGION: 'us-east-1',
    },
    'verify',
    ...argv,
  );

describe.each([[['--local']], [[]], [['--stack', 'dev']]])('verify %j', (how) => {
  test('what is served is what is planned', async () => {
    expect(await verify(...how)).toEqual({
      code: 0,
      stdout: `${gateway.url} is as planned: 5 tools\n`,
      stderr: '',
    });
  });

  test('other words and a tool less in the manifest are drift, each named', async () => {
    await team.manifest([
      { ...FILES, word: 'gadget' },
      { ...MAIL, tools: 2 },
    ]);
    const { code, stdout } = await verify(...how);
    expect(code).toBe(6);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^description {2}files___tool_0: .*gadget/),
      expect.stringMatching(/^description {2}files___tool_1: .*gadget/),
      'not-planned  mail___tool_2: the gateway lists it, but the plan does not',
      '3 differences',
      '',
    ]);
  });

  test('without definitions a difference is found by its hash', async () => {
    await team.manifest([{ ...FILES, word: 'gadget' }, MAIL]);
    await rm(join(team.folder, 'manifest', 'tools'), { recursive: true });
    const { code, stdout, stderr } = await verify(...how);
    expect(code).toBe(6);
    expect(stdout).toMatch(/2 differences/);
    expect(stderr).toMatch(/without definitions a difference is found, but not told in detail/);
  });
});

describe('the states of a deployed stack', () => {
  test('a target that is not ready is drift, told with its reason', async () => {
    plane.targets[GATEWAY] = [
      { name: 'files', status: 'FAILED', statusReasons: ['Lambda cannot be invoked'] },
      { name: 'strange', status: 'READY' },
    ];
    expect(await verify('--stack', 'dev')).toEqual({
      code: 6,
      stdout: [
        'state  files: is FAILED: Lambda cannot be invoked',
        'missing  mail: the gateway has no such target',
        'not-planned  strange: target of status READY that the plan does not have',
        '3 differences',
        '',
      ].join('\n'),
      stderr: '',
    });
  });

  test('a gateway that was deleted by hand is drift', async () => {
    plane.targets = {};
    expect(await verify('--stack', 'dev')).toMatchObject({
      code: 6,
      stderr: expect.stringMatching(/there is no gateway at .*hint: was it deleted by hand/s),
    });
  });

  test('who may not ask AWS is told so, and gets what a client sees', async () => {
    plane.refuses = true;
    expect(await verify('--stack', 'dev')).toMatchObject({
      code: 0,
      stdout: `${gateway.url} is as planned: 5 tools\n`,
      stderr: expect.stringMatching(/the states of targets could not be asked: AWS refuses/),
    });
  });

  test("where tokens are another issuer's, states are all there is to ask", async () => {
    await writeOutputs({ ...(await outputs()), tokenUrl: null, clients: {} });
    expect(await verify('--stack', 'dev', '--json')).toMatchObject({ code: 0 });
    const { stdout } = await verify('--stack', 'dev', '--json');
    expect(JSON.parse(stdout)).toEqual({
      stack: 'dev',
      gateways: [{ key: 'gateway', url: gateway.url }],
      drift: [],
      unasked: [expect.stringMatching(/tools were not listed/)],
    });
    plane.refuses = true;
    expect(await verify('--stack', 'dev')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/nothing could be asked of/),
    });
  });

  test.each([
    [{}, 4, /stack dev has no gateway in its outputs[\s\S]*deploy it first/],
    [{ gateways: {} }, 6, /stack dev has no gateway tools-dev/],
  ])('outputs %j', async (change, code, message) => {
    await writeOutputs('gateways' in change ? { ...(await outputs()), ...change } : {});
    expect(await verify('--stack', 'dev')).toMatchObject({ code, stderr: expect.stringMatching(message) });
  });
});

test('of several gateways each is compared with its own servers', async () => {
  await team.stack('sets', {
    'mcpgw:toolsets': {
      reading: { include: ['files-mcp-server'] },
      sending: { include: ['mail-mcp-server'] },
    },
  });
  await gateway.close();
  gateway = await serve('sets');
  const [first, second] = [gateway.url, new URL('/sending/mcp', gateway.url).href];
  expect(await verify('--local')).toEqual({
    code: 0,
    stdout: `${first} is as planned: 2 tools\n${second} is as planned: 3 tools\n`,
    stderr: '',
  });
  await team.manifest([FILES, { ...MAIL, word: 'letter' }]);
  const { code, stdout } = await verify('--local');
  expect(code).toBe(6);
  expect(stdout).not.toMatch(/files___/);
  expect(stdout).toMatch(/3 differences/);
});
