/** As much of GitHub's REST API as mcpgw uses, with a memory, on loopback. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

interface Comment {
  id: number;
  body: string;
  user: { login: string; type: string };
}
interface Pull {
  number: number;
  state: string;
  title: string;
  body: string;
  base: { ref: string };
  head: { label: string; sha: string };
}

export interface GitHubStandIn {
  env: Record<string, string>;
  comments: Comment[];
  pulls: Pull[];
  refs: Record<string, string>;
  /** Tree entries by tree sha. */
  trees: Record<string, { path: string; content?: string; sha?: null }[]>;
  writes: string[];
  close(): Promise<void>;
}

export async function startGitHub(head: string): Promise<GitHubStandIn> {
  const sha = (value: unknown) => createHash('sha1').update(JSON.stringify(value)).digest('hex');
  const commits: Record<string, { tree: string }> = { [head]: { tree: sha('base tree') } };
  const state: Omit<GitHubStandIn, 'env' | 'close'> = {
    comments: [],
    pulls: [],
    refs: {},
    trees: {},
    writes: [],
  };

  const answer = (
    method: string,
    path: string,
    query: URLSearchParams,
    body: Record<string, unknown>,
  ): unknown => {
    const call = `${method} ${path}`;
    const pages = <T>(all: T[]) => {
      const [size, page] = [Number(query.get('per_page') ?? 30), Number(query.get('page') ?? 1)];
      return all.slice((page - 1) * size, page * size);
    };
    if (method !== 'GET') state.writes.push(call);
    if (call === 'GET ') return { default_branch: 'main' };
    if (call === 'GET /pulls') {
      const wanted = [query.get('state'), query.get('head'), query.get('base')];
      return pages(
        state.pulls.filter(
          (pull) =>
            pull.state === wanted[0] &&
            pull.head.label === wanted[1] &&
            (wanted[2] === null || pull.base.ref === wanted[2]),
        ),
      );
    }
    if (call === 'POST /pulls') {
      const made = {
        number: 40 + state.pulls.length,
        state: 'open',
        title: String(body.title),
        body: String(body.body),
      };
      const label = `octo:${String(body.head)}`;
      state.pulls.push({ ...made, base: { ref: String(body.base) }, head: { label, sha: '' } });
      return made;
    }
    const pull = /^\/pulls\/(\d+)$/.exec(path);
    if (method === 'PATCH' && pull) {
      return Object.assign(state.pulls.find(({ number }) => number === Number(pull[1])) ?? {}, body);
    }
    if (method === 'GET' && /^\/issues\/\d+\/comments$/.test(path)) return pages(state.comments);
    if (method === 'POST' && /^\/issues\/\d+\/comments$/.test(path)) {
      const user = { login: 'github-actions[bot]', type: 'Bot' };
      state.comments.push({ id: 1000 + state.comments.length, body: String(body.body), user });
      return state.comments.at(-1);
    }
    const comment = /^\/issues\/comments\/(\d+)$/.exec(path);
    if (method === 'PATCH' && comment) {
      return Object.assign(state.comments.find(({ id }) => id === Number(comment[1])) ?? {}, body);
    }
    const commit = /^\/git\/commits\/(\w+)$/.exec(path)?.[1];
    if (method === 'GET' && commit) return { sha: commit, tree: { sha: commits[commit]?.tree } };
    if (call === 'POST /git/trees') {
      const made = sha(body);
      state.trees[made] = body.tree as GitHubStandIn['trees'][string];
      return { sha: made };
    }
    if (call === 'POST /git/commits') {
      const made = sha(body);
      commits[made] = { tree: String(body.tree) };
      return { sha: made };
    }
    if (call.startsWith('GET /git/matching-refs/')) {
      const ref = path.slice('/git/matching-refs/'.length);
      return state.refs[ref] ? [{ ref, object: { sha: state.refs[ref] } }] : [];
    }
    if (call === 'POST /git/refs') state.refs[String(body.ref).slice('refs/'.length)] = String(body.sha);
    else if (method === 'PATCH' && path.startsWith('/git/refs/'))
      state.refs[path.slice('/git/refs/'.length)] = String(body.sha);
    else return undefined;
    return {};
  };

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    const body = request.method === 'GET' ? {} : ((await json(request)) as Record<string, unknown>);
    const path = url.pathname.replace('/repos/octo/tools', '');
    const found =
      request.headers.authorization === 'Bearer secret-token'
        ? answer(request.method ?? '', path, url.searchParams, body)
        : undefined;
    const status =
      request.headers.authorization === 'Bearer secret-token' ? (found === undefined ? 404 : 200) : 401;
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify(found ?? { message: 'no' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ...state,
    env: {
      GITHUB_API_URL: `http://127.0.0.1:${port}`,
      GITHUB_REPOSITORY: 'octo/tools',
      GITHUB_TOKEN: 'secret-token',
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
