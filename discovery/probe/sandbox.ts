/** Where a probed server lives: temporary home and working folder, and an environment in which nothing of the user's is found. */
import { mkdir, mkdtemp, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isAlive } from '../../store/swap.ts';

export const PROBE_REGION = 'us-east-1';
/** Found in the environment of every process a probed server starts, so that strays can be recognised. */
export const PROBE_MARK = 'MCPGW_PROBE';

let swept: Promise<void> | undefined;
const HOUR = 3_600_000;

/** What a killed run left behind. Not within the hour: in a container, the process it belongs to may not be seen. */
export async function sweepSandboxes(): Promise<void> {
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    const [, owner] = /^mcpgw-probe-(\d+)-/.exec(name) ?? [];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const folder = path.join(tmpdir(), name);
    const changed = (await stat(folder).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (Date.now() - changed > HOUR) await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

/** For a server that is asked with the user's account. */
export function accountEnvironment(
  region: string = PROBE_REGION,
  { environment }: { environment: Readonly<Record<string, string>> },
): Record<string, string> {
  // Keys of the sandbox would be found before those of the profile.
  return {
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ...environment,
  };
}

export interface Sandbox {
  env: Record<string, string>;
  cwd: string;
  remove(): Promise<void>;
}

export async function makeSandbox(options: {
  /** The environment's own bin folder comes first on PATH. */
  bin: string;
  /** What stands for AWS; without it, AWS itself. */
  endpoint: string | undefined;
  mark: string;
  environment: Readonly<Record<string, string>>;
}): Promise<Sandbox> {
  swept ??= sweepSandboxes();
  await swept;
  const root = await realpath(await mkdtemp(path.join(tmpdir(), `mcpgw-probe-${process.pid}-`)));
  const [home, cwd, temp] = ['home', 'work', 'tmp'].map((name) => path.join(root, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [home, cwd, temp]) await mkdir(folder);
  const config = path.join(home, 'aws-config');
  const credentials = path.join(home, 'aws-credentials');
  await writeFile(config, `[default]\nregion = ${PROBE_REGION}\n`);
  await writeFile(credentials, '[default]\naws_access_key_id = AKIAPROBE\naws_secret_access_key = probe\n');
  const env = {
    PATH: `${options.bin}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    TMPDIR: temp,
    // billing-cost-management otherwise logs beside its package, which other runs share.
    FASTMCP_LOG_FILE: path.join(temp, 'server.log'),
    LANG: 'C.UTF-8',
    // Sets and dictionaries of a listing must not change from start to start.
    PYTHONHASHSEED: '0',
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
    AWS_REGION: PROBE_REGION,
    AWS_DEFAULT_REGION: PROBE_REGION,
    ...(options.endpoint !== undefined && { AWS_ENDPOINT_URL: options.endpoint }),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
    NO_PROXY: '127.0.0.1,localhost',
    ...options.environment,
    [PROBE_MARK]: options.mark,
  };
  return { env, cwd, remove: () => rm(root, { recursive: true, force: true, maxRetries: 3 }) };
}
