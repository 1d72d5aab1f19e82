/** A published server, packaged for this machine and unpacked as it would be deployed, in a Lambda test bed. */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureUv } from '../../../discovery/index.ts';
import { layOutPackages } from '../../../discovery/source/pypi.ts';
import { parseServer } from '../../../plan/manifest.ts';
import { packageServers } from '../../../proxies/packaging/index.ts';
import { encodeProxySettings, PROXY_VARIABLE } from '../../../proxies/settings.ts';
import { cacheDir } from '../../../store/paths.ts';
import { Testbed, type TestbedOptions } from '../../lambda-testbed/testbed.ts';
import { unpack } from '../packaging/unpack.ts';
import { anyPython } from './any-python.ts';
import { settingsOf } from './support.ts';

const ID = 'aws-documentation-mcp-server';

export interface PackagedServer {
  lambda: Testbed;
  close(): Promise<void>;
}

/** aws-documentation as target `docs`; of its tools two are allowed. `work` is a folder that the sandbox can reach. */
export async function packagedServer(
  more: (work: string) => Partial<TestbedOptions> = () => ({}),
): Promise<PackagedServer> {
  const work = mkdtempSync(join(tmpdir(), 'mcpgw-packaged-'));
  // The sandbox's user must reach what is unpacked here.
  chmodSync(work, 0o755);
  const entry = parseServer(readFileSync(`manifest/servers/${ID}.yaml`, 'utf8'), ID);
  const { packages, layers, failed } = await packageServers({
    entries: [entry],
    sourceOf: async () => {
      const given = [`awslabs.${ID}==${entry.package?.version}`];
      const { checkout } = await layOutPackages(given, () => {}, false);
      return join(checkout, 'src', ID);
    },
    uv: await ensureUv(),
    // Kept: what has been built is not built again for the next run.
    out: join(cacheDir(), 'test-packages'),
    testPython: await anyPython(work),
  });
  if (failed.length > 0) throw new Error(JSON.stringify(failed));
  await unpack(packages[0]?.path ?? '', join(work, 'task'));
  await unpack(layers[0]?.path ?? '', join(work, 'opt'));
  const settings = settingsOf({ server: ID, target: 'docs', allow: ['read_documentation', 'read_sections'] });
  const environment = {
    [PROXY_VARIABLE]: encodeProxySettings(settings),
    MCPGW_LAYER_ROOT: join(work, 'opt'),
  };
  const lambda = new Testbed({ taskRoot: join(work, 'task'), environment, timeout: 50, ...more(work) });
  return {
    lambda,
    async close() {
      await lambda.close();
      // Its owner may write again, to remove it.
      chmodSync(join(work, 'task'), 0o755);
      rmSync(work, { recursive: true, force: true });
    },
  };
}
