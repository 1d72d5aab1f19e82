/** The parts of a package: what is trimmed, what the zip says, how the server is installed, when it is too large. */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LAMBDA_UNZIPPED_LIMIT, LAYER_ALLOWANCE } from '../../../plan/build.ts';
import { hookFiles } from '../../../plan/hook-files.ts';
import { listFiles } from '../../../proxies/packaging/files.ts';
import { addHookFiles } from '../../../proxies/packaging/hook-files.ts';
import { dockerfile } from '../../../proxies/packaging/image.ts';
import { bootstrapText, installServer } from '../../../proxies/packaging/install-server.ts';
import type { ServerFile } from '../../../proxies/packaging/server-file.ts';
import { partsOf, requireFits } from '../../../proxies/packaging/sizes.ts';
import { isTrimmed, LAYER_TRIM, PACKAGE_TRIM } from '../../../proxies/packaging/trim.ts';
import { writeZip } from '../../../proxies/packaging/zip.ts';
import { readZip } from '../../integration/packaging/unpack.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mcpgw-parts-'));
});
afterEach(() => rm(dir, { recursive: true }));

const file: ServerFile = {
  formatVersion: 1,
  server: 'iam-mcp-server',
  package: { name: 'awslabs.iam-mcp-server', version: '1.0.0' },
  python: '3.13',
  entrypoint: {
    script: 'awslabs.iam-mcp-server',
    module: 'awslabs.iam_mcp_server.server',
    attribute: 'main',
  },
  tools: [],
  command: 'python',
  args: [],
  env: {},
};

describe('trimming', () => {
  test.each([
    'numpy/tests/test_a.py',
    'scipy/stats/tests/data/x.csv',
    'a/__pycache__/b.cpython-313.pyc',
    'a/b.pyi',
    'lxml/etree.h',
    'a-1.0.dist-info/INSTALLER',
    'playwright/driver/node',
    'share/man/man1/x.1',
  ])('packages lose %s', (path) => expect(isTrimmed(path, PACKAGE_TRIM)).toBe(true));

  test.each([
    'tests/a.py',
    'a/tests.py',
    'a/contests/b.py',
    'a/testing/b.py',
    'a-1.0.dist-info/METADATA',
    'a-1.0.dist-info/licenses/LICENSE',
    'playwright/driver/node_modules/x.js',
    'botocore/data/s3/service-2.json.gz',
    'a/b.so',
    'share/data.json',
  ])('packages keep %s', (path) => expect(isTrimmed(path, PACKAGE_TRIM)).toBe(false));

  test.each([
    'lib/python3.13/test/test_a.py',
    'lib/python3.13/site-packages/pip/__init__.py',
    'lib/python3.13/lib-dynload/_tkinter.cpython-313-aarch64-linux-gnu.so',
    'lib/python3.13/config-3.13-aarch64-linux-gnu/Makefile',
    'lib/python3.13/ensurepip/_bundled/pip.whl',
  ])('layers lose %s', (path) => expect(isTrimmed(path, LAYER_TRIM)).toBe(true));

  test.each([
    'bin/python3.13',
    'lib/libpython3.13.so.1.0',
    'lib/python3.13/json/__init__.py',
    'lib/python3.13/unittest/mock.py',
    'lib/python3.13/lib-dynload/_ssl.cpython-313-aarch64-linux-gnu.so',
    'lib/python3.13/encodings/utf_8.py',
  ])('layers keep %s', (path) => expect(isTrimmed(path, LAYER_TRIM)).toBe(false));

  test('no rule is without effect or reason', () => {
    for (const rule of [...PACKAGE_TRIM, ...LAYER_TRIM]) expect(rule.because.length).toBeGreaterThan(10);
  });
});

test('a zip is sorted, dated 1980 and knows what is executable', async () => {
  const path = join(dir, 'a.zip');
  const bytes = await writeZip(path, [
    { name: 'b/é.py', content: Buffer.from('print()\n'.repeat(100)) },
    { name: 'a', content: Buffer.from('#!/bin/sh'), executable: true },
    { name: 'b/data.gz', content: Buffer.from('stored') },
    { name: 'B', content: new Uint8Array() },
  ]);
  const entries = readZip(await readFile(path));
  expect(entries.map((entry) => entry.name)).toEqual(['B', 'a', 'b/data.gz', 'b/é.py']);
  expect(entries.map((entry) => entry.mode.toString(8))).toEqual(['100644', '100755', '100644', '100644']);
  expect(new Set(entries.map((entry) => entry.stamp))).toEqual(new Set([0x210000]));
  expect(entries.at(-1)?.bytes.toString()).toBe('print()\n'.repeat(100));
  expect(bytes).toBe(entries.reduce((sum, entry) => sum + entry.bytes.length, 0));
});

test('a zip that cannot be written is an error', async () => {
  await expect(
    writeZip(join(dir, 'no', 'a.zip'), [{ name: 'a', content: Buffer.from('a') }]),
  ).rejects.toThrow('ENOENT');
  await expect(writeZip(join(dir, 'a.zip'), [{ name: 'a', content: join(dir, 'missing') }])).rejects.toThrow(
    'ENOENT',
  );
});

describe('the server itself', () => {
  async function source(pyproject: string): Promise<string> {
    const folder = join(dir, 'source');
    await mkdir(join(folder, 'awslabs', 'iam_mcp_server', '__pycache__'), { recursive: true });
    await writeFile(join(folder, 'pyproject.toml'), pyproject);
    await writeFile(join(folder, 'awslabs', 'iam_mcp_server', 'server.py'), 'def main(): ...\n');
    await writeFile(join(folder, 'awslabs', 'iam_mcp_server', 'prompt.md'), 'data');
    await writeFile(join(folder, 'awslabs', 'iam_mcp_server', '__pycache__', 'server.pyc'), '');
    await writeFile(join(folder, 'hatch_build.py'), 'raise SystemExit("a build hook ran")\n');
    return folder;
  }

  test('is copied with its data, without running a build, and importlib knows its version and script', async () => {
    const folder = await source(
      '[project]\nname = "awslabs.iam-mcp-server"\nrequires-python = ">=3.10"\n[project.scripts]\n"awslabs.iam-mcp-server" = "awslabs.iam_mcp_server.server:main"\n[tool.hatch.build.targets.wheel]\npackages = ["awslabs"]\n',
    );
    await installServer(folder, join(dir, 'target'), file);
    expect((await listFiles(join(dir, 'target'))).map((found) => found.path)).toEqual([
      'awslabs/iam_mcp_server/prompt.md',
      'awslabs/iam_mcp_server/server.py',
      'awslabs_iam_mcp_server-1.0.0.dist-info/METADATA',
      'awslabs_iam_mcp_server-1.0.0.dist-info/entry_points.txt',
    ]);
    const info = join(dir, 'target', 'awslabs_iam_mcp_server-1.0.0.dist-info');
    expect(await readFile(join(info, 'METADATA'), 'utf8')).toMatch(
      /^Name: awslabs\.iam-mcp-server\nVersion: 1\.0\.0$/m,
    );
    expect(await readFile(join(info, 'entry_points.txt'), 'utf8')).toContain(
      'awslabs.iam_mcp_server.server:main',
    );
  });

  test('without a list of packages it is the folder of the entrypoint', async () => {
    await installServer(await source('[project]\nname = "x"\n'), join(dir, 'target'), file);
    expect((await listFiles(join(dir, 'target'))).map((found) => found.path)).toContain(
      'awslabs/iam_mcp_server/server.py',
    );
  });

  test.each(['../outside', '/etc', 'awslabs/../../x'])(
    'a package outside of the source is refused: %s',
    async (path) => {
      const folder = await source(`[project]\n[tool.hatch.build.targets.wheel]\npackages = ["${path}"]\n`);
      await expect(installServer(folder, join(dir, 'target'), file)).rejects.toThrow('outside of it');
    },
  );

  test('is started by its entrypoint under its script’s name', () => {
    const text = bootstrapText({ ...file, entrypoint: { ...file.entrypoint, attribute: 'app.run' } });
    expect(text).toContain('sys.argv[0] = "awslabs.iam-mcp-server"');
    expect(text).toContain('from awslabs.iam_mcp_server.server import app as entry');
    expect(text).toContain('sys.exit(entry.run())');
  });
});

describe('what a build hook would have made', () => {
  const pinned = `awslabs.x==1.0 --hash=sha256:${'0'.repeat(64)}`;
  const options = () => ({
    uv: '/nonexistent/uv',
    interpreter: { path: '', version: '', minor: '', home: '', machine: '' },
    platform: { python: '3.13', architecture: 'arm64' as const },
    target: join(dir, 'target'),
    work: dir,
    what: 'x',
  });

  test('stays as the sources hold it, without asking for a wheel', async () => {
    await mkdir(join(dir, 'target', 'awslabs'), { recursive: true });
    await writeFile(join(dir, 'target', 'awslabs', 'a.pem'), 'of the sources');
    expect(await addHookFiles(['hatch_build.py'], { 'awslabs/a.pem': pinned }, options())).toEqual([]);
    expect(await readFile(join(dir, 'target', 'awslabs', 'a.pem'), 'utf8')).toBe('of the sources');
  });

  test('is asked for where they do not: the message names file and wheel', async () => {
    const added = addHookFiles(['hatch_build.py'], { 'awslabs/a.pem': pinned }, options());
    await expect(added).rejects.toThrow(/x: awslabs\/a\.pem of awslabs\.x 1\.0/);
  });

  test('is said to be missing when nobody knows what it is', async () => {
    expect(await addHookFiles(['hatch_build.py'], {}, options())).toEqual([
      expect.stringContaining('its build hook (hatch_build.py) was not run'),
    ]);
    expect(await addHookFiles([], {}, options())).toEqual([]);
  });

  test.each(['../a.pem', '/etc/a.pem', 'awslabs/../a.pem', 'awslabs/./a.pem', 'a.pem', 'awslabs//a'])(
    'lies below the packages, never at %s',
    (path) => {
      expect(hookFiles.safeParse({ [path]: pinned }).success).toBe(false);
    },
  );

  test.each(['awslabs.x', 'awslabs.x==1.0', 'awslabs.x>=1.0 --hash=sha256:0', `${pinned} --pre`])(
    'is of one wheel: not of %s',
    (requirement) => {
      expect(hookFiles.safeParse({ 'awslabs/a.pem': requirement }).success).toBe(false);
      expect(hookFiles.safeParse({ 'awslabs/a.pem': pinned }).success).toBe(true);
    },
  );
});

describe('links', () => {
  test('a link inside the folder is the file it names; one that leaves it is refused', async () => {
    await writeFile(join(dir, 'real'), 'text');
    await symlink('real', join(dir, 'link'));
    expect((await listFiles(dir)).map(({ path, bytes }) => [path, bytes])).toEqual([
      ['link', 4],
      ['real', 4],
    ]);
    await symlink('/etc/passwd', join(dir, 'out'));
    await expect(listFiles(dir)).rejects.toThrow('leads out of the folder');
  });
});

describe('size', () => {
  const parts = partsOf([
    { path: 'small/a', bytes: 10 },
    { path: 'scipy/a', bytes: 90_000_000 },
    { path: 'scipy/b/c', bytes: 30_000_000 },
    { path: 'pandas/x', bytes: 40_000_000 },
  ]);

  test('a package that fits with its layer to the byte passes, and one byte more does not', () => {
    const room = LAMBDA_UNZIPPED_LIMIT - LAYER_ALLOWANCE;
    expect(() => requireFits('x', room, parts)).not.toThrow();
    expect(() => requireFits('x', room + 1, parts)).toThrow(
      'largest: scipy 120.0 MB, pandas 40.0 MB, small 0.0 MB',
    );
    expect(() => requireFits('x', room + 1, parts, LAYER_ALLOWANCE - 1)).not.toThrow();
  });
});

test('an image holds the same folders as zip and layer', () => {
  expect(dockerfile('s3-tables-mcp-server').split('\n').slice(1)).toEqual([
    'ARG BASE=public.ecr.aws/lambda/nodejs:24',
    'FROM $BASE',
    'COPY opt/ /opt/',
    'COPY task/ $LAMBDA_TASK_ROOT/',
    'CMD ["index.handler"]',
    '',
  ]);
});
