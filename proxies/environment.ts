/**
 * The environment of a server's process: nothing of ours or the user's, and what servers need to start where the code
 * folder is read-only and HOME does not exist (facts: a writable HOME and cwd, both region variables,
 * an AWS config file with a `default` profile).
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';

export interface EnvironmentOptions {
  /** Added by how the server is launched (LaunchSpec.env), then by the stack's settings, which win. */
  layers: readonly Readonly<Record<string, string>>[];
  region: string;
  /** Where the server finds credentials (CredentialEndpoint.variables()); without, it gets none. */
  credentials?: Readonly<Record<string, string>>;
  /** Another account's role that the server's credentials assume. */
  role?: { arn: string; externalId?: string };
  /** Names the caller in the user agent that CloudTrail records. */
  appId?: string;
  /** Variables of this process that are passed on, by name. */
  inherit?: readonly string[];
  /** Folder that takes the temporary one. */
  tmp?: string;
}

export interface ServerEnvironment {
  env: Record<string, string>;
  cwd: string;
  /** Removes the temporary folder. */
  remove(): Promise<void>;
}

/** Variables a server may need to reach the network through a company's proxy; the local gateway passes them on. */
export const NETWORK_VARIABLES = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'ALL_PROXY']
  .flatMap((name) => [name, name.toLowerCase()])
  .concat('SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'AWS_CA_BUNDLE', 'CURL_CA_BUNDLE');

/** A profile of the user's does not exist in the server's own config file, and naming one hides its credentials. */
const NEVER = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'];

export async function prepareEnvironment(options: EnvironmentOptions): Promise<ServerEnvironment> {
  const root = await mkdtemp(join(options.tmp ?? tmpdir(), 'mcpgw-'));
  const folders = { home: join(root, 'home'), cwd: join(root, 'work'), tmp: join(root, 'tmp') };
  await Promise.all(Object.values(folders).map((folder) => mkdir(folder, { mode: 0o700 })));
  const config = join(folders.home, 'aws-config');
  await writeFile(config, awsConfig(options), { mode: 0o600 });
  const env: Record<string, string> = {
    ...inherited(['PATH', ...(options.inherit ?? [])]),
    ...folderVariables(folders),
    ...RUNTIME_VARIABLES,
    AWS_REGION: options.region,
    AWS_DEFAULT_REGION: options.region,
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: join(folders.home, 'aws-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    ...(options.appId === undefined ? {} : { AWS_SDK_UA_APP_ID: options.appId.slice(0, 50) }),
    ...Object.assign({}, ...options.layers),
    ...options.credentials,
  };
  for (const name of NEVER) delete env[name];
  return { env, cwd: folders.cwd, remove: () => rm(root, { recursive: true, force: true, maxRetries: 3 }) };
}

const RUNTIME_VARIABLES = {
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  // Printed lines come out whole and during the call that printed them, not in the middle of a later message.
  PYTHONUNBUFFERED: '1',
  PYTHONUTF8: '1',
  // The frameworks log every request at INFO, draw a banner, and ask PyPI for a newer version at each start.
  FASTMCP_LOG_LEVEL: 'ERROR',
  // stderr is the log. Two servers write a second one: billing-cost-management, unless this names a file, into a
  // folder that it makes in its own code: where that is read-only, it does not start.
  FASTMCP_LOG_FILE: devNull,
  FASTMCP_SHOW_SERVER_BANNER: 'false',
  FASTMCP_CHECK_FOR_UPDATES: 'off',
};

function folderVariables(folders: { home: string; tmp: string }): Record<string, string> {
  return {
    HOME: folders.home,
    TMPDIR: folders.tmp,
    XDG_CACHE_HOME: join(folders.home, '.cache'),
    XDG_CONFIG_HOME: join(folders.home, '.config'),
    XDG_DATA_HOME: join(folders.home, '.local', 'share'),
    XDG_STATE_HOME: join(folders.home, '.local', 'state'),
  };
}

function inherited(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The `default` profile that several servers name explicitly; it holds no key, only where to go on. */
function awsConfig({ region, role }: EnvironmentOptions): string {
  const lines = ['[default]', `region = ${region}`];
  if (role !== undefined) {
    lines.push(`role_arn = ${role.arn}`, 'credential_source = EcsContainer', 'role_session_name = mcpgw');
    if (role.externalId !== undefined) lines.push(`external_id = ${role.externalId}`);
  }
  return `${lines.join('\n')}\n`;
}
