/**
 * A published server, packaged for this machine and unpacked into the Lambda test bed exactly as it would be deployed:
 * read-only, without HOME, on the packaged Python, with only Lambda's variables.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { ensureUv } from '../../../discovery/index.ts';
import { layOutPackages } from '../../../discovery/source/pypi.ts';
import { parseServer } from '../../../plan/manifest.ts';
import { packageServers } from '../../../proxies/packaging/index.ts';
import { encodeProxySettings, PROXY_VARIABLE } from '../../../proxies/settings.ts';
import { cacheDir } from '../../../store/paths.ts';
import { Testbed } from '../../lambda-testbed/testbed.ts';
import { unpack } from '../packaging/unpack.ts';
import { anyPython } from './any-python.ts';
import { settingsOf } from './support.ts';

jest.setTimeout(60_000);
const ID = 'aws-documentation-mcp-server';
const entry = parseServer(readFileSync(`manifest/servers/${ID}.yaml`, 'utf8'), ID);
const work = mkdtempSync(join(tmpdir(), 'mcpgw-packaged-'));
let lambda: Testbed;

beforeAll(async () => {
  // The sandbox's user must reach what is unpacked here.
  chmodSync(work, 0o755);
  const python = await anyPython(work);
  const { packages, layers, failed } = await packageServers({
    entries: [entry],
    sourceOf: async () => {
      const { checkout } = await layOutPackages(
        [`awslabs.${ID}==${entry.package?.version}`],
        () => {},
        false,
      );
      return join(checkout, 'src', ID);
    },
    uv: await ensureUv(),
    // Kept: what has been built is not built again for the next run.
    out: join(cacheDir(), 'test-packages'),
    testPython: python,
  });
  expect(failed).toEqual([]);
  await unpack(packages[0]?.path ?? '', join(work, 'task'));
  await unpack(layers[0]?.path ?? '', join(work, 'opt'));
  const settings = settingsOf({ server: ID, target: 'docs', allow: ['read_documentation', 'read_sections'] });
  const environment = {
    [PROXY_VARIABLE]: encodeProxySettings(settings),
    MCPGW_LAYER_ROOT: join(work, 'opt'),
  };
  lambda = new Testbed({ taskRoot: join(work, 'task'), environment, timeout: 50 });
}, 600_000);
afterAll(async () => {
  await lambda.close();
  // Its owner may write again, to remove it.
  chmodSync(join(work, 'task'), 0o755);
  rmSync(work, { recursive: true, force: true });
});

test('the server starts during init and answers a call that needs no network', async () => {
  await lambda.start();
  const { payload, functionError } = await lambda.call('docs___read_documentation', {
    url: 'https://example.com/',
  });
  expect(functionError).toBeUndefined();
  expect(JSON.stringify(payload)).toMatch(/domain|url/i);
  expect(lambda.log('call')).toMatchObject([{ tool: 'read_documentation' }]);
});

test('its process is the one that init started, frozen and thawed between the calls', async () => {
  await lambda.call('docs___read_documentation', { url: 'https://example.com/' });
  expect(lambda.log('started')).toHaveLength(1);
  expect(lambda.inits).toHaveLength(1);
});

test("arguments that do not fit are the tool's error, a tool that is not allowed is refused", async () => {
  const wrong = await lambda.call('docs___read_documentation', {});
  expect(wrong.payload).toMatchObject({ isError: true, error: expect.stringContaining('url') });
  const refused = await lambda.call('docs___search_documentation', { search_phrase: 's3' });
  expect(refused.payload).toMatchObject({ isError: true, error: expect.stringContaining('not offered') });
});

test("the runtime's own process stays small", () => {
  expect(lambda.memory()).toBeLessThan(100e6);
});
