/** The probe against servers that misbehave: it ends in time, says why, and leaves nothing running. */
import { mkdir, mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Listing, probeServer } from '../../../discovery/probe/probe.ts';
import { sweepSandboxes } from '../../../discovery/probe/sandbox.ts';
import { startStandIn } from '../../../discovery/probe/stand-in.ts';

const SERVER = fileURLToPath(new URL('./hostile-server.mjs', import.meta.url));

async function probe(mode: string, detail = '', seconds = { start: 20, list: 20 }): Promise<Listing> {
  return probeServer({
    launch: { command: process.execPath, args: [SERVER, mode, detail], env: {} },
    arguments: [],
    environment: { HOSTILE_TEST: mode },
    endpoint: 'http://127.0.0.1:9',
    seconds,
  });
}

/** Processes anywhere on this machine that were started with this mode's environment. */
async function left(mode: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
    if (environment.split('\0').includes(`HOSTILE_TEST=${mode}`)) found.push(pid);
  }
  return found;
}

describe('listing', () => {
  test('tools sorted by name, prompts counted, a method that is missing counts nothing', async () => {
    const listing = await probe('good');
    expect(listing).toMatchObject({ status: 'listed', prompts: 1, resources: 0 });
    expect(listing.tools.map((tool) => tool.name)).toEqual(['a', 'b']);
  });

  test('all pages are read', async () => {
    expect((await probe('pages')).tools.map((tool) => tool.name)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('lines that are no JSON-RPC are dropped and counted', async () => {
    expect(await probe('noise')).toMatchObject({ status: 'listed', dropped: 4 });
  });

  test('a server that ends with status 1 after a good session was listed all the same', async () => {
    expect(await probe('sour')).toMatchObject({ status: 'listed' });
  });

  test.each(['empty', 'toolless'])('a server that lists nothing (%s) is empty, not failed', async (mode) => {
    expect(await probe(mode)).toMatchObject({ status: 'empty', tools: [] });
  });
});

describe('failures', () => {
  test.each([
    ['crash', /ended with status 1: RangeError: not today/],
    ['twice', /two tools of one name/],
    ['malformed', /malformed: inputSchema/],
    ['million', /more than 5000 tools|on stdout/],
    ['endless', /more than 100 pages/],
    ['flood', /bytes on stdout/],
    ['endless-line', /a line of more than/],
  ])('%s is told', async (mode, reason) => {
    const listing = await probe(mode);
    expect(listing.status).toBe('failed');
    expect(listing.reason).toMatch(reason);
  });

  test.each(['mute', 'hang'])('no answer (%s) ends at the time allowed', async (mode) => {
    expect(await probe(mode, '', { start: 2, list: 1 })).toMatchObject({
      status: 'failed',
      reason: 'no answer in the time allowed',
    });
  });

  test('a command that does not exist is told', async () => {
    const listing = await probeServer({
      launch: { command: '/nonexistent/server', args: [], env: {} },
      arguments: [],
      environment: {},
      endpoint: 'http://127.0.0.1:9',
    });
    expect(listing.status).toBe('failed');
  });
});

describe('nothing is left', () => {
  test.each(['good', 'stubborn', 'fork', 'escape', 'mute', 'flood'])(
    'after %s no process and no folder',
    async (mode) => {
      const before = (await readdir(tmpdir())).filter((name) =>
        name.startsWith(`mcpgw-probe-${process.pid}-`),
      );
      await probe(mode, '', { start: 3, list: 3 });
      expect(await left(mode)).toEqual([]);
      const after = (await readdir(tmpdir())).filter((name) =>
        name.startsWith(`mcpgw-probe-${process.pid}-`),
      );
      expect(after.filter((name) => !before.includes(name))).toEqual([]);
    },
  );
});

test('folders that a killed run left behind are removed by a later one', async () => {
  const dead = 4_194_305; // above every process id of Linux
  const [old, fresh] = ['old', 'fresh'].map((name) => path.join(tmpdir(), `mcpgw-probe-${dead}-${name}`)) as [
    string,
    string,
  ];
  for (const folder of [old, fresh]) await mkdir(path.join(folder, 'home'), { recursive: true });
  await utimes(old, 0, 0);
  await sweepSandboxes();
  const left = await readdir(tmpdir());
  expect([left.includes(path.basename(old)), left.includes(path.basename(fresh))]).toEqual([false, true]);
  await rm(fresh, { recursive: true });
});

describe('what a server is given', () => {
  test('nothing of the user: no variables, home or credentials; a profile, a region and a closed AWS instead', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mcpgw-test-'));
    process.env.SECRET_OF_THE_USER = 'hunter2';
    process.env.AWS_ACCESS_KEY_ID = 'AKIAREAL';
    try {
      const file = path.join(folder, 'report.json');
      await probe('report', file);
      const { env, cwd } = JSON.parse(await readFile(file, 'utf8')) as {
        env: Record<string, string>;
        cwd: string;
      };
      expect(JSON.stringify(env)).not.toMatch(/hunter2|AKIAREAL/);
      expect(env).toMatchObject({
        AWS_REGION: 'us-east-1',
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
        AWS_EC2_METADATA_DISABLED: 'true',
      });
      for (const place of [env.HOME, env.TMPDIR, env.AWS_CONFIG_FILE, cwd]) {
        expect(place).toMatch(/mcpgw-probe-/);
      }
    } finally {
      delete process.env.SECRET_OF_THE_USER;
      delete process.env.AWS_ACCESS_KEY_ID;
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('the stand-in for AWS', () => {
  test('tells who is calling and refuses everything else', async () => {
    const standIn = await startStandIn();
    try {
      const body = new URLSearchParams({ Action: 'GetCallerIdentity', Version: '2011-06-15' });
      const identity = await fetch(standIn.url, { method: 'POST', body });
      expect([identity.status, await identity.text()]).toEqual([
        200,
        expect.stringContaining('<Account>123456789012</Account>'),
      ]);
      for (const request of [{ method: 'GET' }, { method: 'POST', body: 'Action=ListUsers' }]) {
        const refused = await fetch(standIn.url, request);
        expect([refused.status, await refused.json()]).toEqual([
          403,
          expect.objectContaining({ __type: 'AccessDeniedException' }),
        ]);
      }
    } finally {
      await standIn.close();
    }
  });
});
