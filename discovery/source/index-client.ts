/**
 * The user's package index (simple repository API, PEP 503 and 691), read without running anything:
 * `pip download` of an sdist would run its build backend to learn its metadata.
 * Index, proxy and CA are the ones pip and uv are set to.
 */
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { Agent, request } from 'node:https';
import { rootCertificates } from 'node:tls';
import { z } from 'zod';
import { McpgwError, messageOf } from '../../plan/errors.ts';
import { runChild } from '../child.ts';
import { installerEnv, pipOption } from '../python/installer-env.ts';

const SECONDS = 60;
const MAX_BYTES = 128_000_000;

export interface PublishedFile {
  filename: string;
  url: string;
  sha256: string;
  yanked: boolean;
  uploaded: string | undefined;
}

export interface PackageIndex {
  files(name: string): Promise<PublishedFile[]>;
  download(url: string): Promise<Buffer>;
}

export async function openIndex(): Promise<PackageIndex> {
  const env = installerEnv();
  const base = (env.UV_DEFAULT_INDEX ?? env.UV_INDEX_URL ?? (await indexOfPip())).replace(/\/*$/, '/');
  const agent = new Agent({ keepAlive: true, ca: await authorities(env), proxyEnv: env });
  return {
    files: async (name) => {
      const url = new URL(`${name}/`, base);
      const accept = 'application/vnd.pypi.simple.v1+json, text/html;q=0.5';
      const { body, type } = await get(url, agent, accept, credentials(base));
      const files = type.includes('json')
        ? filesOfJson(body.toString('utf8'))
        : filesOfHtml(body.toString('utf8'));
      return files.map((file) => ({ ...file, url: new URL(file.url, url).href }));
    },
    download: async (url) => {
      const target = new URL(url);
      const same = target.host === new URL(base).host;
      return (await get(target, agent, '*/*', same ? credentials(base) : undefined)).body;
    },
  };
}

/** pip's own setting, or the default that it was built with. */
async function indexOfPip(): Promise<string> {
  const code = 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)';
  for (const python of ['python3', 'python']) {
    const set = await pipOption(python, 'global.index-url');
    if (set !== undefined) return set;
    const result = await runChild(python, ['-c', code], { seconds: 20, env: installerEnv() }).catch(
      () => undefined,
    );
    if (result?.code === 0) return result.stdout.trim();
  }
  throw new McpgwError('tool-missing-on-machine', 'no package index is known: there is no Python with pip', {
    hint: 'install Python with pip, or set UV_DEFAULT_INDEX to the URL of your package index',
  });
}

async function authorities(env: NodeJS.ProcessEnv): Promise<string[]> {
  const file = env.SSL_CERT_FILE ?? env.PIP_CERT ?? env.REQUESTS_CA_BUNDLE;
  const path = file ?? (await pipOption('python3', 'global.cert'));
  const own = path === undefined ? undefined : await readFile(path, 'utf8').catch(() => undefined);
  return own === undefined ? [...rootCertificates] : [...rootCertificates, own];
}

function credentials(base: string): string | undefined {
  const { username, password } = new URL(base);
  if (username === '') return undefined;
  return `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
}

async function get(
  url: URL,
  agent: Agent,
  accept: string,
  authorization: string | undefined,
  redirects = 5,
): Promise<{ body: Buffer; type: string }> {
  const answer = await attempt(url, agent, { accept, ...(authorization !== undefined && { authorization }) });
  if (answer.status >= 300 && answer.status < 400 && answer.location !== undefined && redirects > 0) {
    const next = new URL(answer.location, url);
    return get(next, agent, accept, next.host === url.host ? authorization : undefined, redirects - 1);
  }
  if (answer.status === 200) return answer;
  const missing = answer.status === 404;
  throw new McpgwError(
    missing ? 'usage' : 'unreachable',
    `${url.pathname} of the package index: status ${answer.status}`,
    {
      hint: missing
        ? 'check the name of the package'
        : 'check the index, its proxy and your credentials for it',
    },
  );
}

interface Answer {
  status: number;
  location: string | undefined;
  type: string;
  body: Buffer;
}

function attempt(url: URL, agent: Agent, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(
        new McpgwError('unreachable', `the package index does not answer: ${messageOf(cause)}`, {
          hint: 'check network, proxy and CA settings (those of pip and uv are used)',
          cause,
        }),
      );
    const signal = AbortSignal.timeout(SECONDS * 1000);
    // Plain http only where the user's own setting says so (a mirror on the same machine or network).
    const call =
      url.protocol === 'http:'
        ? httpRequest(url, { headers, signal })
        : request(url, { agent, headers, signal });
    call.once('error', fail);
    call.once('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BYTES) response.destroy(new Error(`more than ${MAX_BYTES} bytes`));
        else chunks.push(chunk);
      });
      response.once('error', fail);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          location: response.headers.location,
          type: response.headers['content-type'] ?? '',
          body: Buffer.concat(chunks),
        }),
      );
    });
    call.end();
  });
}

const simpleJson = z.object({
  files: z.array(
    z.object({
      filename: z.string(),
      url: z.string(),
      hashes: z.record(z.string(), z.string()),
      yanked: z.union([z.boolean(), z.string()]).optional(),
      'upload-time': z.string().optional(),
    }),
  ),
});

export function filesOfJson(text: string): PublishedFile[] {
  return simpleJson.parse(JSON.parse(text)).files.map((file) => ({
    filename: file.filename,
    url: file.url,
    sha256: file.hashes.sha256 ?? '',
    yanked: file.yanked !== undefined && file.yanked !== false,
    uploaded: file['upload-time'],
  }));
}

/** Mirrors that speak only the older HTML form: one anchor a file, its hash in the fragment. */
export function filesOfHtml(html: string): PublishedFile[] {
  const anchors = html.matchAll(/<a\s([^>]*)>([^<]*)<\/a>/gi);
  return [...anchors].flatMap(([, attributes = '', text = '']) => {
    const href = /href="([^"]*)"/i.exec(attributes)?.[1]?.replaceAll('&amp;', '&');
    if (href === undefined) return [];
    const [url = '', fragment = ''] = href.split('#');
    const hash = /^sha256=([0-9a-f]{64})$/.exec(fragment)?.[1] ?? '';
    const yanked = /\bdata-yanked\b/i.test(attributes);
    return [{ filename: text.trim(), url, sha256: hash, yanked, uploaded: undefined }];
  });
}
