/** Installers get the user's index, proxy and CA and nothing else; environments are keyed by all that makes them. */
import fc from 'fast-check';
import { crossCheck } from '../../../discovery/cross-check.ts';
import { type EnvironmentInputs, environmentKey } from '../../../discovery/python/environment.ts';
import { installerEnv } from '../../../discovery/python/installer-env.ts';

describe('installers', () => {
  test('get settings of index, proxy, certificates and cache', () => {
    const given = {
      PATH: '/bin',
      HOME: '/home/me',
      HTTPS_PROXY: 'http://proxy',
      no_proxy: 'localhost',
      SSL_CERT_FILE: '/ca.pem',
      PIP_CERT: '/ca.pem',
      UV_CACHE_DIR: '/cache',
      UV_DEFAULT_INDEX: 'https://mirror.example/simple',
    };
    expect(installerEnv(given)).toEqual(given);
  });

  test.each([
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_PROFILE',
    'GITHUB_TOKEN',
    'NPM_TOKEN',
    'UV_PUBLISH_TOKEN',
    'PYTHONPATH',
    'VIRTUAL_ENV',
    'LD_PRELOAD',
  ])('never get %s', (name) => {
    expect(installerEnv({ [name]: 'x' })).toEqual({});
  });

  test("uv is told of pip's index unless it has its own", () => {
    const index = 'https://mirror.example/simple';
    expect(installerEnv({ PIP_INDEX_URL: index }).UV_DEFAULT_INDEX).toBe(index);
    expect(
      installerEnv({ PIP_INDEX_URL: index, UV_INDEX_URL: 'https://own.example' }).UV_DEFAULT_INDEX,
    ).toBeUndefined();
  });
});

describe('key of an environment', () => {
  const inputs: EnvironmentInputs = {
    id: 'x-mcp-server',
    source: `sha256:${'a'.repeat(64)}`,
    lock: `sha256:${'b'.repeat(64)}`,
    script: 'x',
    requiresPython: '>=3.10',
    python: '3.13',
    noHooks: false,
    files: {},
    extra: [],
  };

  test.each<Partial<EnvironmentInputs>>([
    { source: `sha256:${'c'.repeat(64)}` },
    { lock: undefined },
    { python: '3.12' },
    { noHooks: true },
    { extra: ['y==1.0'] },
    { files: { 'x/a.pem': `x==1.0 --hash=sha256:${'d'.repeat(64)}` } },
    { script: 'y' },
  ])('%j makes another', (change) => {
    expect(environmentKey({ ...inputs, ...change })).not.toBe(environmentKey(inputs));
  });

  test('is a folder name that starts with the id', () => {
    expect(environmentKey(inputs)).toMatch(/^x-mcp-server-[0-9a-f]{16}$/);
  });
});

describe('cross-check', () => {
  const tools = (names: readonly string[]) => names.map((name) => ({ name }));

  test('names what only one side has, a few of them', () => {
    const many = Array.from({ length: 8 }, (_, index) => `t${index}`);
    expect(crossCheck('x', tools(['a', ...many]), tools(['a', 'b']))).toEqual([
      'x: only in its source: t0, t1, t2, t3, t4 and 3 more; only in its listing: b',
    ]);
  });

  test('is silent exactly when both sides agree', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'));
    fc.assert(
      fc.property(names, names, (source, listed) => {
        const agree = [...source].sort().join() === [...listed].sort().join();
        expect(crossCheck('x', tools(source), tools(listed)).length).toBe(agree ? 0 : 1);
      }),
    );
  });
});
