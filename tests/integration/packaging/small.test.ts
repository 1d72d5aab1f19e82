/** All of packaging on a small server: determinism, sdists, overrides, build hooks, images, what is refused. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureUv } from '../../../discovery/index.ts';
import { knowledgeOf, readKnowledge } from '../../../discovery/knowledge.ts';
import { wheelName } from '../../../plan/hook-files.ts';
import { formatServer, type ServerEntry } from '../../../plan/manifest.ts';
import { packageServers } from '../../../proxies/packaging/index.ts';
import { install } from '../../../proxies/packaging/install.ts';
import type { Interpreter } from '../../../proxies/packaging/interpreter.ts';
import { launchOf } from '../../../proxies/packaging/launch.ts';
import { buildPackage, type PackageReport } from '../../../proxies/packaging/package.ts';
import { readServerFile } from '../../../proxies/packaging/server-file.ts';
import { runHidden } from './hidden.ts';
import { installedPython, smallServer } from './small-server.ts';
import { unpack, type ZipEntry } from './unpack.ts';

let dir: string;
let uv: string;
let source: string;
let interpreter: Interpreter;
let entry: ServerEntry;
let report: PackageReport;
let files: ZipEntry[];
const out = () => join(dir, 'first', 'small.zip');
const build = (change: Partial<ServerEntry> = {}, to = join(dir, 'other.zip'), layerBytes = 0) =>
  buildPackage({ entry: { ...entry, ...change }, source, uv, interpreter, out: to, layerBytes });

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mcpgw-small-'));
  source = join(dir, 'source');
  uv = await ensureUv();
  interpreter = await installedPython();
  entry = smallServer(source, uv, interpreter);
  report = await build({}, out());
  files = await unpack(out(), join(dir, 'task'));
}, 300_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const named = (name: string) => files.find((file) => file.name === name)?.bytes.toString() ?? '';

test('what the lock pins is installed, whatever the project overrides, and no build hook runs', () => {
  expect(JSON.parse(named('packages.json')).packages).toEqual([
    'awslabs_small_mcp_server-0.1.0',
    'pyperclip-1.9.0',
    'six-1.16.0',
  ]);
  expect(report.notes).toEqual([expect.stringContaining('hatch_build.py')]);
});

test('a package without wheel is built, because it is pure, and its hash recorded', () => {
  expect(report.built).toEqual([
    { name: 'pyperclip', version: '1.9.0', hash: expect.stringMatching(/^sha256:/) },
  ]);
  expect(JSON.parse(named('packages.json')).built).toEqual(report.built);
  expect(named('python/pyperclip-1.9.0.dist-info/RECORD')).toContain('pyperclip/__init__.py,,\n');
});

test('built by another process in another folder and time zone, the bytes are the same', () => {
  const manifest = join(dir, 'small.yaml');
  writeFileSync(manifest, formatServer(entry));
  const to = join(dir, 'elsewhere', 'with a space', 'small.zip');
  const args = [join(import.meta.dirname, 'build.ts'), manifest, source, uv, interpreter.path, to];
  const env = { ...process.env, TZ: 'Asia/Kolkata', NODE_OPTIONS: '', PYTHONHASHSEED: '7' };
  const hour = execFileSync(process.execPath, args, { encoding: 'utf8', env });
  expect(hour.trim()).toBe('5');
  const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
  expect(digest(to)).toBe(digest(out()));
});

test('a package larger than what is left beside its layer is refused, and leaves nothing', async () => {
  await expect(build({}, join(dir, 'large', 'a.zip'), 262_000_000)).rejects.toThrow(/largest: .*pyperclip/);
  expect(readdirSync(join(dir, 'large'))).toEqual([]);
});

test('a lock without hashes is refused', async () => {
  const other = join(dir, 'git');
  const own = smallServer(other, uv, interpreter);
  const lock = readFileSync(join(other, 'uv.lock'), 'utf8');
  const text = lock.replace(
    /(name = "six"\nversion = "1.16.0"\n)source = [^\n]*\nsdist = [^\n]*\nwheels = \[\n[^\]]*\]\n/,
    `$1source = { git = "https://example.com/six?rev=1#${'a'.repeat(40)}" }\n`,
  );
  expect(text).not.toBe(lock);
  writeFileSync(join(other, 'uv.lock'), text);
  const lockHash = `sha256:${createHash('sha256').update(text).digest('hex')}` as const;
  const tried = buildPackage({
    entry: { ...own, lock: lockHash },
    source: other,
    uv,
    interpreter,
    out: out(),
  });
  await expect(tried).rejects.toThrow(/pins no hash for six @ git/);
}, 60_000);

test('a repair must stand in the lock', async () => {
  const repaired = (repairs: string[]) =>
    build({ build: { python: interpreter.minor, architecture: 'arm64', form: 'zip', repairs } });
  await expect(repaired(['not-there'])).rejects.toThrow('no wheel of not-there');
});

test('a package that has no wheel and is compiled for this machine is refused', async () => {
  const project = join(dir, 'compiled');
  mkdirSync(project);
  const setup = 'from setuptools import setup\nfrom setuptools.dist import Distribution\n';
  const compiled = 'class Compiled(Distribution):\n    def has_ext_modules(self): return True\n';
  const call = "setup(name='compiled', version='1.0', py_modules=['compiled'], distclass=Compiled)\n";
  writeFileSync(join(project, 'setup.py'), setup + compiled + call);
  writeFileSync(join(project, 'compiled.py'), '');
  execFileSync(uv, ['build', '--sdist', '--quiet', '--python', interpreter.path], { cwd: project });
  const sdist = join(project, 'dist', 'compiled-1.0.tar.gz');
  const hash = createHash('sha256').update(readFileSync(sdist)).digest('hex');
  const sdists = new Map([['compiled', `compiled @ file://${sdist} --hash=sha256:${hash}`]]);
  const tried = install({
    ...{ uv, interpreter, requirements: { wheels: [], sdists }, what: 'x' },
    platform: { python: interpreter.minor, architecture: 'arm64' },
    target: join(dir, 'compiled-target'),
    work: join(dir, 'compiled-work'),
  });
  await expect(tried).rejects.toThrow('x: compiled is compiled and has no wheel for Lambda');
}, 120_000);

test('what a build hook would have made is taken from the published wheel that knowledge.yaml pins', async () => {
  const { files } = knowledgeOf(await readKnowledge(), 'mysql-mcp-server');
  const [certificates = '', pinned = ''] = Object.entries(files)[0] ?? [];
  const made = { python: interpreter.minor, architecture: 'arm64', form: 'zip' } as const;
  const { notes } = await build({ build: { ...made, files } });
  const zip = await unpack(join(dir, 'other.zip'), join(dir, 'certificates'));
  const text = zip.find(({ name }) => name === `python/${certificates}`)?.bytes.toString() ?? '';
  expect(text.match(/^-----BEGIN CERTIFICATE-----$/gm)?.length).toBeGreaterThan(100);
  // Of that wheel nothing else.
  expect(zip.filter(({ name }) => name.includes('mysql'))).toHaveLength(1);
  expect(notes).toEqual([`instead of its build hook: ${certificates} from ${wheelName(pinned)}`]);
  await expect(build({ build: { ...made, files: { 'awslabs/not/there.pem': pinned } } })).rejects.toThrow(
    'that wheel has no such file',
  );
  const other = pinned.replace(/sha256:.*/, `sha256:${'0'.repeat(64)}`);
  await expect(build({ build: { ...made, files: { [certificates]: other } } })).rejects.toThrow(/hash/i);
}, 300_000);

test('an image’s build context holds what runs in it: the staged tree answers in place', async () => {
  const image: ServerEntry = {
    ...entry,
    build: { python: interpreter.minor, architecture: 'arm64', form: 'image' },
  };
  const made = await packageServers({
    ...{ entries: [image], sourceOf: async () => source, uv, out: join(dir, 'images') },
    testPython: interpreter.path,
  });
  expect([made.failed, made.layers]).toEqual([[], []]);
  const context = made.packages[0]?.path ?? '';
  expect(made.packages[0]?.key).toMatch(/^test-only\/images\/small-mcp-server\/[0-9a-f]{64}$/);
  expect(readdirSync(context).sort()).toEqual(['Dockerfile', 'opt', 'task']);
  const [task, layer] = [join(context, 'task'), join(context, 'opt')];
  const launch = launchOf(await readServerFile(task), { taskRoot: task, layerRoot: layer });
  let output = '';
  // main() returns 3, as some servers return an object: the exit code is not 0 after a good run.
  expect(() => {
    output = runHidden(
      interpreter,
      [task, layer],
      ['/bin/sh', '-c', '"$@"; test $? = 3', 'sh', launch.command, ...launch.args, '--flag'],
      launch.env,
    );
  }).not.toThrow();
  const [argv, six, version, cached, path] = JSON.parse(output) as [string[], string, string, string, string];
  expect(argv).toEqual(['awslabs.small-mcp-server', '--flag']);
  expect([six, version]).toEqual(['1.16.0', '0.1.0']);
  expect([cached.startsWith(task), path.startsWith(task)]).toEqual([true, true]);
  expect(existsSync(cached)).toBe(true);
}, 600_000);
