/** A package's key is the identity of its inputs: equal inputs, equal key; any other input, another key. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerEntry } from '../../../plan/manifest.ts';
import { bundle } from '../../../proxies/packaging/handler-bundle.ts';
import { imageTag, layerKey, packageInputs, packageKey } from '../../../proxies/packaging/keys.ts';
import { launchOf } from '../../../proxies/packaging/launch.ts';
import { serverFileOf } from '../../../proxies/packaging/server-file.ts';

const hash = (digit: string) => `sha256:${digit.repeat(64)}` as const;

const entry: ServerEntry = {
  formatVersion: 1,
  id: 'iam-mcp-server',
  kind: 'stdio',
  package: { name: 'awslabs.iam-mcp-server', version: '1.0.0' },
  entrypoint: {
    script: 'awslabs.iam-mcp-server',
    module: 'awslabs.iam_mcp_server.server',
    attribute: 'main',
  },
  source: hash('1'),
  lock: hash('2'),
  build: { python: '3.13', architecture: 'arm64', form: 'zip' },
};
const key = (changed: Partial<ServerEntry> = {}, handler = hash('3')) =>
  packageKey(packageInputs({ ...entry, ...changed }, handler));

test('the same inputs give the same key, whatever else the manifest says of the server', () => {
  expect(key()).toMatch(/^packages\/iam-mcp-server\/[0-9a-f]{64}\.zip$/);
  expect(key()).toBe(key({ environment: ['A'], probe: { status: 'listed' }, hosting: { lambda: true } }));
  expect(key()).toContain(imageTag(packageInputs(entry, hash('3'))));
});

test('each input changes the key', () => {
  const build = { python: '3.13', architecture: 'arm64', form: 'zip' } as const;
  const keys = [
    key(),
    key({}, hash('4')),
    key({ source: hash('4') }),
    key({ lock: hash('4') }),
    key({ build: { ...build, python: '3.12' } }),
    key({ build: { ...build, architecture: 'x86_64' } }),
    key({ build: { ...build, form: 'image' } }),
    key({ build: { ...build, repairs: ['boto3-stubs'] } }),
    key({ build: { ...build, files: { 'awslabs/a.pem': `awslabs.x==1.0 --hash=${hash('8')}` } } }),
    key({ entrypoint: { script: 's', module: 'm', attribute: 'run' } }),
    key({ package: { name: 'awslabs.iam-mcp-server', version: '1.0.1' } }),
    key({
      tools: {
        list_users: {
          definition: { schema: hash('5'), words: hash('6') },
          projection: hash('7'),
          parameters: {},
          access: 'read',
          because: 'name',
          tokens: 1,
        },
      },
    }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

test('why a package was given its build is no part of its identity', () => {
  expect(key({ build: { python: '3.13', architecture: 'arm64', form: 'zip', because: 'x' } })).toBe(key());
});

test.each(['source', 'lock', 'build', 'entrypoint', 'package'] as const)(
  'an entry without %s has no key',
  (name) => {
    const { [name]: _, ...rest } = entry;
    expect(() => packageInputs(rest, hash('3'))).toThrow('iam-mcp-server: a package needs');
  },
);

test('a layer has one key a Python and processor, and none for a Python without a layer', () => {
  expect(layerKey('3.13', 'arm64')).toMatch(/^layers\/python3\.13-arm64\/[0-9a-f]{64}\.zip$/);
  expect(new Set([layerKey(), layerKey('3.13', 'x86_64'), layerKey('3.12')]).size).toBe(3);
  expect(() => layerKey('3.9')).toThrow('no layer exists for Python 3.9');
});

test('a package starts from wherever it and its layer lie', () => {
  const launch = launchOf(serverFileOf(entry), { taskRoot: '/var/task' });
  expect(launch.command).toBe('/opt/python3.13/bin/python3.13');
  expect(launch.args).toEqual(['-P', '/var/task/bootstrap.py']);
  expect(launch.env.PYTHONPATH).toBe('/var/task/python');
  expect(launchOf(serverFileOf(entry), { taskRoot: '/a', layerRoot: '/b' }).command).toBe(
    '/b/python3.13/bin/python3.13',
  );
});

test('the bundle of one source is the same bytes wherever it lies', async () => {
  const bundles = await Promise.all(
    ['one', 'another/deeper'].map(async (name) => {
      const root = await mkdtemp(join(tmpdir(), name.replace('/', '-')));
      await writeFile(join(root, 'part.ts'), 'export const part: string = "part";');
      await writeFile(
        join(root, 'entry.ts'),
        'import { part } from "./part.ts"; export const handler = () => part;',
      );
      const made = await bundle(join(root, 'entry.ts'), root);
      await rm(root, { recursive: true });
      return made;
    }),
  );
  expect(bundles[0]?.hash).toBe(bundles[1]?.hash);
  await expect(bundle('/nowhere/entry.ts')).rejects.toThrow('could not be bundled');
});
