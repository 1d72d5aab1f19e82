/** Which directory is what: the entrypoint rule and each trap that awslabs/mcp has had. */
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { type Classified, classifyDirectory } from '../../../discovery/classify/classify.ts';
import { endpointsIn } from '../../../discovery/classify/remote.ts';
import { scanCheckout } from '../../../discovery/source/checkout.ts';
import { folderWith, pyproject, removeTemporaryFolders, serverFiles } from './support.ts';

afterAll(removeTemporaryFolders);

async function classify(
  scripts: Record<string, string>,
  modules: Record<string, string>,
  id = 'x-mcp-server',
): Promise<Classified> {
  const files = Object.fromEntries(Object.entries(modules).map(([name, code]) => [`${id}/${name}`, code]));
  const root = await folderWith({ ...files, [`${id}/pyproject.toml`]: pyproject(id, scripts) });
  const outcome = await classifyDirectory(root, id);
  if (!('classified' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.classified;
}

const MAIN = 'def main():\n    pass\n';

describe('entrypoint', () => {
  test('of several scripts the one named as the project is taken, not its aliases or checks', async () => {
    const found = await classify(
      {
        'x-mcp-validate': 'awslabs.x.config:validate',
        'x-mcp-server': 'awslabs.x.server:main',
        'awslabs.x-mcp-server': 'awslabs.x.server:main',
      },
      { 'awslabs/x/server.py': MAIN, 'awslabs/x/config.py': 'def validate():\n    pass\n' },
    );
    expect(found.entrypoint).toEqual({
      script: 'awslabs.x-mcp-server',
      module: 'awslabs.x.server',
      attribute: 'main',
    });
  });

  test('without one named as the project the directory name decides, then the first', async () => {
    const modules = { 'awslabs/x/main.py': MAIN };
    const byDirectory = await classify(
      { other: 'awslabs.x.main:main', 'x-mcp-server': 'awslabs.x.main:main' },
      modules,
    );
    expect(byDirectory.entrypoint?.script).toBe('x-mcp-server');
    const first = await classify({ one: 'awslabs.x.main:main', two: 'awslabs.x.main:main' }, modules);
    expect(first.entrypoint?.script).toBe('one');
  });

  test('nothing but a script is an entrypoint: no launcher beside it, entry point group or Dockerfile', async () => {
    const root = await folderWith({
      'x-mcp-server/pyproject.toml': pyproject(
        'x-mcp-server',
        { 'awslabs.x-mcp-server': 'awslabs.x.main:sync_main' },
        '\n[project.entry-points.mcp]\nx = "awslabs.x.main:mcp"\n',
      ),
      'x-mcp-server/awslabs/x/main.py': 'mcp = object()\nasync def main(): pass\ndef sync_main(): pass\n',
      'x-mcp-server/run_server.py': MAIN,
      'x-mcp-server/__init__.py': '',
      'x-mcp-server/Dockerfile': 'ENTRYPOINT ["awslabs.another-mcp-server"]\n',
    });
    expect(await classifyDirectory(root, 'x-mcp-server')).toMatchObject({
      classified: {
        kind: 'stdio',
        entrypoint: { script: 'awslabs.x-mcp-server', module: 'awslabs.x.main', attribute: 'sync_main' },
      },
    });
  });

  test('the package need not be called as the directory, nor its namespace be a package', async () => {
    const scripts = { 'awslabs.aws-x-mcp-server': 'awslabs.x_server.server:main' };
    for (const namespace of [{}, { 'awslabs/__init__.py': '# The namespace.\n' }]) {
      const modules = { ...namespace, 'awslabs/x_server/server.py': MAIN };
      const { entrypoint } = await classify(scripts, modules, 'aws-x-mcp-server');
      expect(entrypoint?.module).toBe('awslabs.x_server.server');
    }
  });

  test('a script whose module does not exist makes a library, and says so', async () => {
    const found = await classify(
      { 'awslabs.x-mcp-server': 'awslabs.x.server:main' },
      { 'awslabs/x/handler.py': MAIN },
    );
    expect(found.kind).toBe('library');
    expect(found.rejected).toEqual({ 'awslabs.x-mcp-server': 'module awslabs.x.server does not exist' });
  });

  test.each([
    ['a name that is missing', 'def start():\n    pass\n', 'does not exist at the top level'],
    [
      'a method, not a function of the module',
      'class A:\n    def main(self):\n        pass\n',
      'does not exist at the top level',
    ],
    ['a name in a comment or text', '# def main():\nx = "def main():"\n', 'does not exist at the top level'],
    ['a coroutine', 'async def main():\n    pass\n', 'is a coroutine'],
    ['a function that wants arguments', 'def main(argv):\n    pass\n', 'needs arguments'],
  ])('%s is no entrypoint', async (_, code, reason) => {
    const found = await classify(
      { 'awslabs.x-mcp-server': 'awslabs.x.server:main' },
      { 'awslabs/x/server.py': code },
    );
    expect(found.kind).toBe('library');
    expect(found.rejected['awslabs.x-mcp-server']).toContain(reason);
  });

  test.each([
    ['defined under a condition', 'if True:\n    def main():\n        pass\n'],
    ['imported', 'from .other import main\n'],
    ['assigned', 'main = object()\n'],
    ['with defaults only', 'def main(argv=None, *rest, **more):\n    pass\n'],
  ])('a name %s counts', async (_, code) => {
    const found = await classify(
      { 'awslabs.x-mcp-server': 'awslabs.x.server:main' },
      { 'awslabs/x/server.py': code },
    );
    expect(found.kind).toBe('stdio');
  });

  test('a package can be the module', async () => {
    const found = await classify({ s: 'awslabs.x:main' }, { 'awslabs/x/__init__.py': MAIN });
    expect(found.entrypoint).toEqual({ script: 's', module: 'awslabs.x', attribute: 'main' });
  });

  test.each(['../../bin/sh', 'a b', '-x', 'a/b'])('the script name %j is never taken', async (script) => {
    const found = await classify({ [script]: 'awslabs.x.server:main' }, { 'awslabs/x/server.py': MAIN });
    expect(found.kind).toBe('library');
  });

  test.each(['awslabs.x.server', 'awslabs/x:main', '..x:main', 'a.b:c.d'])(
    '%j is no module:attribute',
    async (target) => {
      const found = await classify({ s: target }, { 'awslabs/x/server.py': MAIN });
      expect(found.rejected).toEqual({ s: 'is not module:attribute' });
    },
  );
});

describe('source hash', () => {
  const base = { ...serverFiles('x-mcp-server') };
  const hashOf = async (files: Record<string, string>): Promise<string | undefined> => {
    const [server] = (await scanCheckout(await folderWith(files))).servers;
    return server?.sources?.hash;
  };

  test('tests, documents, containers and caches do not count', async () => {
    const more = {
      ...base,
      'src/x-mcp-server/tests/test_x.py': 'x',
      'src/x-mcp-server/README.md': 'x',
      'src/x-mcp-server/Dockerfile': 'x',
      'src/x-mcp-server/PKG-INFO': 'x',
      'src/x-mcp-server/awslabs/x_mcp_server/__pycache__/server.cpython-313.pyc': 'x',
      'src/x-mcp-server/awslabs/.gitignore': 'x',
    };
    expect(await hashOf(more)).toBe(await hashOf(base));
  });

  test.each([
    [
      'a changed module',
      { 'src/x-mcp-server/awslabs/x_mcp_server/server.py': 'def main():\n    return 1\n' },
    ],
    ['a new data file', { 'src/x-mcp-server/awslabs/x_mcp_server/data.json': '{}' }],
    ['another lock', { 'src/x-mcp-server/uv.lock': 'version = 1\n' }],
  ])('%s counts', async (_, more) => {
    expect(await hashOf({ ...base, ...more })).not.toBe(await hashOf(base));
  });

  test('a build hook counts when pyproject.toml names it', async () => {
    const hook = '\n[tool.hatch.build.targets.wheel.hooks.custom]\npath = "build_it.py"\n';
    const withHook = (code: string): Record<string, string> => ({
      ...base,
      'src/x-mcp-server/pyproject.toml': `${base['src/x-mcp-server/pyproject.toml']}${hook}`,
      'src/x-mcp-server/build_it.py': code,
    });
    expect(await hashOf(withHook('a'))).not.toBe(await hashOf(withHook('b')));
  });
});

describe('checkout', () => {
  test('remote, library and stdio stand side by side; what is none is left out with its reason', async () => {
    const root = await folderWith({
      ...serverFiles('a-mcp-server'),
      'src/lib/pyproject.toml': pyproject('lib', { lib: 'awslabs.lib.server:main' }),
      'src/far-mcp-server/README.md':
        '```json\n{"mcpServers": {"far": {"url": "https://far.global.api.aws"}}}\n```\n',
      'src/empty/notes.txt': '',
      'src/readme.txt': '',
    });
    const scan = await scanCheckout(root);
    expect(scan.servers.map(({ id, kind, endpoints }) => [id, kind, endpoints])).toEqual([
      ['a-mcp-server', 'stdio', undefined],
      ['far-mcp-server', 'remote', ['https://far.global.api.aws']],
      ['lib', 'library', undefined],
    ]);
    expect(scan.ignored).toEqual({
      empty: 'neither pyproject.toml nor README.md',
      'readme.txt': 'no directory',
    });
  });

  test('every broken pyproject.toml is named at once', async () => {
    const root = await folderWith({
      ...serverFiles('a-mcp-server'),
      'src/b-mcp-server/pyproject.toml': '[project\n',
      'src/c-mcp-server/pyproject.toml': '[project]\nversion = 1\n',
      'src/d-mcp-server/pyproject.toml': Buffer.from([0xff, 0xfe]),
    });
    await expect(scanCheckout(root)).rejects.toMatchObject({
      code: 'not-a-checkout',
      exitCode: 2,
      message: expect.stringMatching(
        /src\/b-mcp-server: pyproject\.toml.*\n.*src\/c-mcp-server: .*project\.name.*\n.*src\/d-/s,
      ),
    });
  });

  test.each([
    ['no src', { 'README.md': '' }],
    ['a src without servers', { 'src/a/README.md': 'x' }],
  ])('a folder with %s is no checkout', async (_, files) => {
    await expect(scanCheckout(await folderWith(files))).rejects.toMatchObject({ code: 'not-a-checkout' });
  });

  test('links are not followed, neither as a server nor inside one', async () => {
    const outside = await folderWith(serverFiles('secret-mcp-server'));
    const root = await folderWith(serverFiles('a-mcp-server'));
    await symlink(path.join(outside, 'src/secret-mcp-server'), path.join(root, 'src/linked-mcp-server'));
    const before = (await scanCheckout(root)).servers[0]?.sources?.hash;
    await symlink('/etc/hostname', path.join(root, 'src/a-mcp-server/awslabs/hostname.txt'));
    const scan = await scanCheckout(root);
    expect(scan.servers.map((server) => server.id)).toEqual(['a-mcp-server']);
    expect(scan.servers[0]?.sources?.hash).toBe(before);
  });
});

describe('remote endpoints', () => {
  test('come from client configurations, also through a proxy command, not from prose or documentation', () => {
    const readme = [
      'See https://docs.example.api.aws/ignored.',
      '```json',
      '{"mcpServers": {"a": {"command": "uvx", "args": ["mcp-proxy-for-aws@latest", "https://b.us-east-1.api.aws/mcp", "--region"]}}}',
      '```',
      '~~~',
      '{"url": "https://a.api.aws"}',
      '~~~',
      '```json',
      '{"url": "http://plain.api.aws", "docs": {"url": "https://example.com"}} // no JSON',
      '```',
    ].join('\n');
    expect(endpointsIn(readme)).toEqual(['https://a.api.aws', 'https://b.us-east-1.api.aws/mcp']);
  });
});
