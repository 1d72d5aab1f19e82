/** GitHub's REST API, as far as workflows need it. The token travels in a header and nowhere else. */
import { McpgwError, messageOf } from '../plan/errors.ts';
import type { Json, JsonObject } from '../plan/hash.ts';

export interface GitHub {
  /** `owner/name` */
  repository: string;
  /** `path` below the repository. Throws unreachable or not-authorised. */
  request(method: 'GET' | 'POST' | 'PATCH', path: string, body?: JsonObject): Promise<Json>;
  /** All pages of a list. */
  list(path: string): Promise<JsonObject[]>;
}

const PAGE = 100;
const MOST_PAGES = 50;

/** By the variables that GitHub Actions sets. */
export function githubFrom(env: NodeJS.ProcessEnv): GitHub {
  const {
    GITHUB_TOKEN: token,
    GITHUB_REPOSITORY: repository,
    GITHUB_API_URL: api = 'https://api.github.com',
  } = env;
  if (!token || !repository || !/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new McpgwError('not-authorised', 'GITHUB_TOKEN and GITHUB_REPOSITORY (owner/name) are not set', {
      hint: 'in a workflow set GITHUB_TOKEN from github.token; GitHub sets the other',
    });
  }
  const request: GitHub['request'] = async (method, path, body) => {
    const response = await send(`${api}/repos/${repository}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
        'user-agent': 'mcpgw',
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (response.ok) return (text === '' ? null : JSON.parse(text)) as Json;
    const denied = response.status === 401 || response.status === 403;
    throw new McpgwError(
      denied ? 'not-authorised' : 'unreachable',
      `GitHub answered ${response.status} to ${method} ${path}: ${text.slice(0, 300)}`,
      denied ? { hint: 'see the job’s `permissions:` in the workflow' } : {},
    );
  };
  return { repository, request, list: (path) => listAll(request, path) };
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(60_000) });
  } catch (cause) {
    throw new McpgwError('unreachable', `GitHub cannot be reached: ${messageOf(cause)}`, { cause });
  }
}

async function listAll(request: GitHub['request'], path: string): Promise<JsonObject[]> {
  const all: JsonObject[] = [];
  const joint = path.includes('?') ? '&' : '?';
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const items = (await request('GET', `${path}${joint}per_page=${PAGE}&page=${page}`)) as JsonObject[];
    all.push(...items);
    if (items.length < PAGE) break;
  }
  return all;
}
