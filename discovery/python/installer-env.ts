/**
 * The environment of installers: the user's proxy, CA, index and cache settings, and nothing else,
 * because a build backend of a checkout runs in it.
 */
import { runChild } from '../child.ts';

/** UV_PUBLISH_* are credentials for uploading. */
const KEPT =
  /^(?:PATH|HOME|USER|LOGNAME|LANG|LC_.*|TMPDIR|XDG_.*|UV_(?!PUBLISH).*|PIP_.*|PYENV_ROOT|NETRC|(?:HTTPS?|ALL|NO|FTP)_PROXY|SSL_CERT_.*|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|SYSTEM_VERSION_COMPAT|MACOSX_DEPLOYMENT_TARGET)$/i;

export function installerEnv(from: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(from).filter(([name]) => KEPT.test(name)));
  // uv does not read pip's settings; an index that only pip was told of would otherwise be passed over.
  const index = env.PIP_INDEX_URL;
  if (index !== undefined && !env.UV_DEFAULT_INDEX && !env.UV_INDEX_URL) env.UV_DEFAULT_INDEX = index;
  return env;
}

/** An option of pip's configuration files, such as global.index-url. */
export async function pipOption(python: string, name: string): Promise<string | undefined> {
  const result = await runChild(python, ['-m', 'pip', 'config', 'get', name], {
    seconds: 20,
    env: installerEnv(),
  }).catch(() => undefined);
  return result?.code === 0 && result.stdout.trim() !== '' ? result.stdout.trim() : undefined;
}
