/**
 * A published server packaged for and by a Python of this machine, and run as it would be deployed: unpacked,
 * read-only, on the packaged Python, with the one it was made from hidden.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ensureUv } from '../../../discovery/index.ts';
import { layOutPackages } from '../../../discovery/source/pypi.ts';
import { sha256 } from '../../../plan/hash.ts';
import { formatServer, parseServer } from '../../../plan/manifest.ts';
import type { ProxySettings } from '../../../plan/types.ts';
import {
  type PackageServersOptions,
  type PackagingResult,
  packageServers,
} from '../../../proxies/packaging/index.ts';
import type { Interpreter } from '../../../proxies/packaging/interpreter.ts';
import { launchOf } from '../../../proxies/packaging/launch.ts';
import { readServerFile } from '../../../proxies/packaging/server-file.ts';
import { encodeProxySettings, PROXY_VARIABLE } from '../../../proxies/settings.ts';
import { folderStore } from '../../../store/artefacts.ts';
import { Testbed } from '../../lambda-testbed/testbed.ts';
import { hiding, runHidden } from './hidden.ts';
import { installedPython } from './small-server.ts';
import { unpack, type ZipEntry } from './unpack.ts';

const ID = 'aws-documentation-mcp-server';
const entry = parseServer(readFileSync(`manifest/servers/${ID}.yaml`, 'utf8'), ID);

let dir: string;
let python: Interpreter;
let options: PackageServersOptions;
let result: PackagingResult;
let files: ZipEntry[];
let layerFiles: ZipEntry[];
let [task, layer] = ['', ''];
let source = '';
let sourcesAsked = 0;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'mcpgw-packaging-'));
  // The test bed's user must reach what is unpacked here.
  chmodSync(dir, 0o755);
  const uv = await ensureUv();
  const { checkout } = await layOutPackages([`awslabs.${ID}==${entry.package?.version}`], () => {}, false);
  source = join(checkout, 'src', ID);
  python = await installedPython();
  options = {
    entries: [entry],
    sourceOf: async () => {
      sourcesAsked += 1;
      return source;
    },
    uv,
    out: join(dir, 'out'),
    testPython: python.path,
  };
  result = await packageServers(options);
  [task, layer] = [join(dir, 'task'), join(dir, 'opt')];
  files = await unpack(result.packages[0]?.path ?? '', task);
  layerFiles = await unpack(result.layers[0]?.path ?? '', layer);
}, 600_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('one server and its layer are built, marked as no good for a deployment', () => {
  expect(result.failed).toEqual([]);
  expect(result.packages).toHaveLength(1);
  expect(result.packages[0]).toMatchObject({ server: ID, form: 'zip', status: 'built' });
  expect(result.packages[0]?.key).toMatch(new RegExp(`^test-only/packages/${ID}/[0-9a-f]{64}\\.zip$`));
  expect(result.layers[0]?.key).toMatch(
    /^test-only\/layers\/python3\.\d+-(arm64|x86_64)\/[0-9a-f]{64}\.zip$/,
  );
  expect(layerFiles.map((file) => file.name)).toContain('TEST-ONLY');
});

test('a package holds the handler, the start, and every module compiled without a check of its source', () => {
  const names = new Set(files.map((file) => file.name));
  for (const name of ['index.mjs', 'server.json', 'bootstrap.py', 'packages.json'])
    expect(names).toContain(name);
  expect(names).toContain('python/awslabs/aws_documentation_mcp_server/server.py');
  const tag = `cpython-${python.minor.replace('.', '')}`;
  const lacking = [...names].filter((name) => {
    const module = /^(python\/(?:.*\/)?)([^/]+)\.py$/.exec(name);
    return module !== null && !names.has(`${module[1]}__pycache__/${module[2]}.${tag}.pyc`);
  });
  expect(lacking).toEqual([]);
  const compiled = [...files, ...layerFiles].filter((file) => file.name.endsWith('.pyc'));
  expect(compiled.length).toBeGreaterThan(1500);
  // Flags of PEP 552: 1 is hash-based and never checked.
  expect(new Set(compiled.map((file) => file.bytes.readUInt32LE(4)))).toEqual(new Set([1]));
});

test('what is never used is left out, and nothing of this machine is in it', () => {
  const names = files.map((file) => file.name);
  expect(names.filter((name) => /\.pyi$|^python\/[^/]+\/tests\/|INSTALLER$|uv_cache/.test(name))).toEqual([]);
  const texts = files
    .filter((file) => !file.name.endsWith('.so'))
    .map((file) => file.bytes.toString('latin1'));
  expect(texts.some((text) => text.includes(dir))).toBe(false);
  expect(
    texts.some((text) => text.includes(python.home === '/usr' ? '#!/usr/bin/python' : python.home)),
  ).toBe(false);
});

test('every file has a fixed date and mode', () => {
  expect(new Set(files.map((file) => file.stamp))).toEqual(new Set([0x210000]));
  expect(new Set(files.map((file) => file.mode))).toEqual(new Set([0o100644, 0o100755]));
  expect(files.map((file) => file.name)).toEqual(files.map((file) => file.name).sort());
});

test('built again by another process, in another folder and time zone, a real server is the same to the byte', () => {
  const manifest = join(dir, 'again.yaml');
  const architecture = result.layers[0]?.architecture ?? 'x86_64';
  const build = { form: 'zip' as const, ...entry.build, python: python.minor, architecture };
  writeFileSync(manifest, formatServer({ ...entry, build }));
  const moved = join(dir, 'moved');
  cpSync(source, moved, { recursive: true });
  const to = join(dir, 'elsewhere', 'with a space', 'again.zip');
  const args = [join(import.meta.dirname, 'build.ts'), manifest, moved, options.uv, python.path, to];
  const env = { ...process.env, TZ: 'America/St_Johns', NODE_OPTIONS: '', PYTHONHASHSEED: '7' };
  expect(execFileSync(process.execPath, args, { encoding: 'utf8', env }).trim()).toBe('20');
  const digest = (path: string) => sha256(readFileSync(path));
  expect(digest(to)).toBe(digest(result.packages[0]?.path ?? ''));
}, 300_000);

test('what is there is not built again, and what the store has not even looked for', async () => {
  const asked = sourcesAsked;
  const again = await packageServers(options);
  expect([again.packages[0]?.status, again.layers[0]?.status]).toEqual(['present', 'present']);
  const store = folderStore(join(dir, 'store'));
  const first = await packageServers({ ...options, publish: store });
  expect(first.published.sort()).toEqual([first.layers[0]?.key, first.packages[0]?.key].sort());
  const second = await packageServers({ ...options, publish: store, out: join(dir, 'empty') });
  expect([second.packages[0]?.status, second.published, second.failed]).toEqual(['published', [], []]);
  expect(sourcesAsked).toBe(asked);
  expect(existsSync(join(dir, 'empty'))).toBe(false);
});

test('sources that are not the pinned ones are not packaged, and leave nothing behind', async () => {
  const other = await packageServers({
    ...options,
    entries: [{ ...entry, lock: `sha256:${'0'.repeat(64)}` }],
  });
  expect(other.packages).toEqual([]);
  expect(other.failed[0]?.error.message).toContain('uv.lock is not the one that the manifest pins');
  const left = readdirSync(join(options.out, 'test-only', 'packages', ID));
  expect(left.filter((name) => name.endsWith('.zip') || name.startsWith('.'))).toHaveLength(1);
});

describe('unpacked, read-only, with the original Python hidden', () => {
  const readOnly = () => [task, layer];

  test('the hidden Python is really gone, and a write to the package really fails', () => {
    expect(() =>
      runHidden(python, [], [join(python.home, 'bin', `python${python.minor}`), '-c', '']),
    ).toThrow();
    expect(() => runHidden(python, readOnly(), ['/usr/bin/touch', join(task, 'x')])).toThrow(/Read-only/);
  });

  test('the layer’s Python finds itself and its own libraries only', () => {
    const bin = join(layer, `python${python.minor}`, 'bin', `python${python.minor}`);
    const ask =
      'import sys, ssl, ctypes, sqlite3, json, os; print(json.dumps([sys.prefix, os.__file__, json.__spec__.cached, open("/proc/self/maps").read()]))';
    const output = runHidden(python, readOnly(), [bin, '-I', '-c', ask]);
    const [prefix, module, cached, maps] = JSON.parse(output) as string[];
    expect(prefix).toBe(join(layer, `python${python.minor}`));
    expect([module?.startsWith(layer), cached?.endsWith('.pyc')]).toEqual([true, true]);
    expect(maps?.includes(`${python.home}/lib/libpython`)).toBe(false);
    expect(maps?.includes(`${python.home}/lib/python`)).toBe(false);
  });

  test('the server lists exactly the tools of the manifest', async () => {
    const launch = launchOf(await readServerFile(task), { taskRoot: task, layerRoot: layer });
    const run = hiding(python, readOnly(), [launch.command, ...launch.args]);
    const client = new Client({ name: 'test', version: '1' });
    const env = { ...launch.env, HOME: dir, PATH: launch.env.PATH ?? '' };
    await client.connect(new StdioClientTransport({ ...run, env, cwd: '/', stderr: 'ignore' }));
    try {
      const { tools } = await client.listTools();
      expect(tools.map((tool) => tool.name).sort()).toEqual(Object.keys(entry.tools ?? {}).sort());
    } finally {
      await client.close();
    }
  }, 60_000);

  test('the packaged handler answers calls of the gateway in the Lambda test bed, from one warm server', async () => {
    const settings: ProxySettings = {
      server: ID,
      target: 'aws-documentation',
      arguments: [],
      environment: {},
      aliases: {},
      allow: ['read_documentation'],
      onToolError: 'return',
      isolation: 'warm',
    };
    const environment = { [PROXY_VARIABLE]: encodeProxySettings(settings), MCPGW_LAYER_ROOT: layer };
    const bed = new Testbed({ taskRoot: task, environment, timeout: 60 });
    try {
      const call = (tool: string) => bed.call(`aws-documentation___${tool}`, { url: 'https://example.com/' });
      // Needs no network: the server itself refuses a page of another site.
      const refusedByServer = { isError: true, error: expect.stringMatching(/read_documentation.*URL/) };
      expect(await call('read_documentation')).toEqual({ payload: refusedByServer });
      expect(await call('read_documentation')).toEqual({ payload: refusedByServer });
      const refusedByHandler = { isError: true, error: expect.stringContaining('recommend') };
      expect(await call('recommend')).toEqual({ payload: refusedByHandler });
      expect(bed.log('started')).toHaveLength(1);
    } finally {
      await bed.close();
    }
  }, 120_000);
});
