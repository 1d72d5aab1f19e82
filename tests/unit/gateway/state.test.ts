/** Files of the gateway: secrets readable by their owner only, kept over restarts, whole after a crash. */
import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadIdentity } from '../../../gateway/identity.ts';
import { readRunning, removeRunning, writeRunning } from '../../../gateway/running.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = join(await mkdtemp(join(tmpdir(), 'mcpgw-test-')), 'state');
});

const load = (clients: Record<string, string[]>, stack = 'dev') =>
  loadIdentity({ stateDir, stack, region: 'eu-west-1', clients });
const modeOf = async (file: string) => (await stat(file)).mode & 0o777;

describe('identity', () => {
  test('is shaped as Cognito names things, private, and the same at the next start', async () => {
    const first = await load({ default: ['gw/invoke'] });
    expect(first.poolId).toMatch(/^eu-west-1_[0-9A-Za-z]{9}$/);
    expect(first.clients[0]).toMatchObject({
      name: 'default',
      id: expect.stringMatching(/^[0-9a-z]{26}$/),
      secret: expect.stringMatching(/^[0-9a-z]{51}$/),
      scopes: ['gw/invoke'],
    });
    expect(await load({ default: ['gw/invoke'] })).toEqual(first);
    expect(await readdir(stateDir)).toEqual(['issuer-dev.json']);
    expect(await modeOf(join(stateDir, 'issuer-dev.json'))).toBe(0o600);
    expect(await modeOf(stateDir)).toBe(0o700);
  });

  test('a new client leaves the others as they are; a removed one is gone; stacks share nothing', async () => {
    const [agent] = (await load({ agent: ['s'] })).clients;
    const both = (await load({ agent: ['s'], other: ['s'] })).clients;
    expect(both[0]).toEqual(agent);
    expect(both[1]?.secret).not.toBe(agent?.secret);
    expect((await load({ other: ['s'] })).clients).toEqual([both[1]]);
    expect((await load({ agent: ['s'] })).clients[0]?.secret).not.toBe(agent?.secret);
    expect((await load({ other: ['s'] }, 'prod')).kid).not.toBe((await load({ other: ['s'] })).kid);
  });

  test('a stack name that looks like a path stays in the folder', async () => {
    await load({ a: ['s'] }, '../../evil');
    expect(await readdir(stateDir)).toEqual([
      expect.stringMatching(/^issuer-\.\.-\.\.-evil-[0-9a-f]{8}\.json$/),
    ]);
  });

  test.each(['{', '{}', '{"poolId":"x/../y"}'])(
    'a broken file (%s) is named, not overwritten',
    async (text) => {
      await load({ a: ['s'] });
      const file = join(stateDir, 'issuer-dev.json');
      await writeFile(file, text);
      await expect(load({ a: ['s'] })).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining(file),
      });
      expect(await readFile(file, 'utf8')).toBe(text);
    },
  );
});

describe('gateway.json', () => {
  const running = { pid: process.pid, url: 'http://127.0.0.1:1/mcp', stack: 'dev', clientSecret: 's' };

  test('is private, read back, and removed by its own gateway', async () => {
    expect(await readRunning(stateDir)).toBeUndefined();
    await writeRunning(stateDir, running);
    expect(await modeOf(join(stateDir, 'gateway.json'))).toBe(0o600);
    expect(await readRunning(stateDir)).toEqual(running);
    await removeRunning(stateDir, running);
    expect(await readdir(stateDir)).toEqual([]);
  });

  test("another gateway's file stays; one left by a crash counts for nothing and may go", async () => {
    await writeRunning(stateDir, running);
    await removeRunning(stateDir, { ...running, url: 'http://127.0.0.1:2/mcp' });
    expect(await readRunning(stateDir)).toEqual(running);
    await writeRunning(stateDir, { ...running, pid: 2 ** 22 + 1 }); // over the highest pid there can be
    expect(await readRunning(stateDir)).toBeUndefined();
    await removeRunning(stateDir, running);
    expect(await readdir(stateDir)).toEqual([]);
  });

  test('a broken file is no running gateway', async () => {
    await writeRunning(stateDir, running);
    await writeFile(join(stateDir, 'gateway.json'), '{"pid":');
    expect(await readRunning(stateDir)).toBeUndefined();
  });
});
