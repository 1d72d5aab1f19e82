/** The environment a server starts in: what is in it, and what never is. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { devNull } from 'node:os';
import {
  type EnvironmentOptions,
  NETWORK_VARIABLES,
  prepareEnvironment,
} from '../../../proxies/environment.ts';

const made: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(made.splice(0).map((remove) => remove()));
  for (const name of ['HTTPS_PROXY', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) delete process.env[name];
});

async function prepare(options: Partial<EnvironmentOptions> = {}) {
  const environment = await prepareEnvironment({ layers: [], region: 'eu-central-1', ...options });
  made.push(environment.remove);
  return environment;
}
const config = (env: Record<string, string>) => readFileSync(String(env.AWS_CONFIG_FILE), 'utf8');

test('both region variables, a writable HOME and cwd of its own', async () => {
  const { env, cwd } = await prepare();
  expect([env.AWS_REGION, env.AWS_DEFAULT_REGION]).toEqual(['eu-central-1', 'eu-central-1']);
  for (const folder of [cwd, String(env.HOME), String(env.TMPDIR)]) {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(folder).not.toBe(process.env.HOME);
  }
});

test('two servers share no folder', async () => {
  const [one, two] = [await prepare(), await prepare()];
  expect(one.env.HOME).not.toBe(two.env.HOME);
});

test("nothing of this process's environment but PATH and what is named", async () => {
  process.env.AWS_SECRET_ACCESS_KEY = 'secret-of-the-user';
  process.env.HTTPS_PROXY = 'http://proxy:1';
  const plain = (await prepare()).env;
  expect(plain.PATH).toBe(process.env.PATH);
  expect(JSON.stringify(plain)).not.toContain('secret-of-the-user');
  expect(plain.HTTPS_PROXY).toBeUndefined();
  expect((await prepare({ inherit: NETWORK_VARIABLES })).env.HTTPS_PROXY).toBe('http://proxy:1');
});

test('a default profile with the region and no key', async () => {
  const { env } = await prepare({ credentials: { AWS_CONTAINER_AUTHORIZATION_TOKEN: 't0ken' } });
  expect(config(env)).toBe('[default]\nregion = eu-central-1\n');
  expect(env.AWS_CONTAINER_AUTHORIZATION_TOKEN).toBe('t0ken');
  expect(existsSync(String(env.AWS_SHARED_CREDENTIALS_FILE))).toBe(false);
});

test("another account's role stands in the profile", async () => {
  const { env } = await prepare({ role: { arn: 'arn:aws:iam::111122223333:role/r', externalId: 'x' } });
  expect(config(env)).toContain(
    'role_arn = arn:aws:iam::111122223333:role/r\ncredential_source = EcsContainer\n',
  );
  expect(config(env)).toContain('external_id = x');
});

// billing-cost-management otherwise makes a folder for it in its own code, and does not start on Lambda.
test("a server's own log file goes nowhere, unless the settings name one", async () => {
  expect((await prepare()).env.FASTMCP_LOG_FILE).toBe(devNull);
  const layers = [{ FASTMCP_LOG_FILE: '/tmp/server.log' }];
  expect((await prepare({ layers })).env.FASTMCP_LOG_FILE).toBe('/tmp/server.log');
});

test('later layers win; a profile of the user is never named', async () => {
  const { env } = await prepare({
    layers: [
      { A: '1', B: '1' },
      { A: '2', AWS_PROFILE: 'mine', AWS_DEFAULT_PROFILE: 'x' },
    ],
  });
  expect([env.A, env.B]).toEqual(['2', '1']);
  expect([env.AWS_PROFILE, env.AWS_DEFAULT_PROFILE]).toEqual([undefined, undefined]);
});

test('credentials cannot be redirected by settings', async () => {
  const credentials = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/' };
  const layers = [{ AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://evil/' }];
  expect((await prepare({ credentials, layers })).env.AWS_CONTAINER_CREDENTIALS_FULL_URI).toBe(
    'http://127.0.0.1:1/',
  );
});

test('the folder is gone afterwards', async () => {
  const { env, cwd, remove } = await prepare();
  await remove();
  expect([existsSync(cwd), existsSync(String(env.HOME))]).toEqual([false, false]);
});
