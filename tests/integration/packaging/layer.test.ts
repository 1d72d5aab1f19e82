/**
 * Layers from uv's managed builds, for another processor too: the real uv installs builds that a catalogue of ours
 * names, since the real ones need the internet. The ELF files in them are made up; everything else is as always.
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureUv } from '../../../discovery/index.ts';
import { ARCHITECTURES, type Architecture, LAYER_PYTHONS } from '../../../plan/build.ts';
import { findInterpreter } from '../../../proxies/packaging/interpreter.ts';
import { buildLayer } from '../../../proxies/packaging/layer.ts';
import { PYTHON_BUILDS } from '../../../proxies/packaging/python-builds.ts';
import { type ElfWish, makeElf } from '../../unit/packaging/elf.ts';
import { unpack } from './unpack.ts';

let dir: string;
let uv: string;
/** One that is installed here: it compiles, whatever the layer is for. */
let minor: '3.13' | '3.12' | '3.11';
let library: string;

beforeAll(async () => {
  uv = await ensureUv();
  for (minor of ['3.13', '3.12', '3.11'] as const) {
    const python = await findInterpreter(minor, { uv: '/nonexistent/uv', pythons: '/nonexistent' }).catch(
      () => undefined,
    );
    library = join(python?.home ?? '', 'lib', `python${minor}`);
    if (python !== undefined) break;
  }
});
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mcpgw-layer-'));
});
afterEach(async () => {
  delete process.env.UV_PYTHON_DOWNLOADS_JSON_URL;
  delete process.env.UV_PYTHON_INSTALL_MIRROR;
  await rm(dir, { recursive: true });
});

/** A build of Python for arm64 in a catalogue of its own. */
async function publish(extension: ElfWish, build = PYTHON_BUILDS[minor].build): Promise<void> {
  const root = join(dir, 'python');
  const target = join(root, 'lib', `python${minor}`);
  await mkdir(join(root, 'bin'), { recursive: true });
  await writeFile(
    join(root, 'bin', `python${minor}`),
    makeElf({ needed: ['libc.so.6'], versions: ['GLIBC_2.17'] }),
    { mode: 0o755 },
  );
  for (const name of ['json', 'encodings', 'os.py']) {
    await cp(join(library, name), join(target, name), { recursive: true });
  }
  // What describes the build names /install; uv writes the folder that it installs to in its place.
  for (const name of (await readdir(library)).filter((file) => file.startsWith('_sysconfigdata'))) {
    const text = await readFile(join(library, name), 'utf8');
    await writeFile(join(target, name), text.replaceAll(dirname(dirname(library)), '/install'));
  }
  await mkdir(join(target, 'lib-dynload'), { recursive: true });
  await mkdir(join(target, 'test'), { recursive: true });
  await writeFile(join(target, 'test', 'test_json.py'), 'pass\n');
  await writeFile(join(target, 'lib-dynload', '_own.so'), makeElf(extension));
  execFileSync('tar', ['czf', join(dir, 'python.tar.gz'), '-C', dir, 'python']);
  const [major, , patch] = PYTHON_BUILDS[minor].version.split('.').map(Number);
  const name = `cpython-${PYTHON_BUILDS[minor].version}-linux-aarch64-gnu`;
  const catalogue = {
    [name]: {
      ...{ name: 'cpython', arch: { family: 'aarch64', variant: null }, os: 'linux', libc: 'gnu' },
      ...{ major, minor: Number(minor.split('.')[1]), patch, prerelease: '', variant: null, build },
      ...{ url: `file://${join(dir, 'python.tar.gz')}`, sha256: null },
    },
  };
  await writeFile(join(dir, 'catalogue.json'), JSON.stringify(catalogue));
  process.env.UV_PYTHON_DOWNLOADS_JSON_URL = join(dir, 'catalogue.json');
}

const make = () =>
  buildLayer({
    python: minor,
    architecture: 'arm64',
    uv,
    pythons: join(dir, 'pythons'),
    out: join(dir, 'layer.zip'),
  });

test('a layer for arm64 is made on any machine from the pinned build: trimmed, compiled, without a mark', async () => {
  await publish({ runpath: '$ORIGIN/../..', needed: ['libc.so.6'], versions: ['GLIBC_2.34'] });
  expect(await make()).toMatchObject({ python: minor, architecture: 'arm64', testOnly: false, problems: [] });
  const files = await unpack(join(dir, 'layer.zip'), join(dir, 'opt'));
  const names = files.map((file) => file.name);
  const home = `python${minor}/lib/python${minor}`;
  expect(names).toContain(`python${minor}/bin/python${minor}`);
  expect(names).toContain(`${home}/json/__pycache__/__init__.cpython-${minor.replace('.', '')}.pyc`);
  expect(names.filter((name) => /\/test\/|TEST-ONLY|site-packages/.test(name))).toEqual([]);
  const compiled = files.find((file) => file.name.includes('json/__pycache__/__init__'));
  expect(compiled?.bytes.includes(`/opt/${home}/json/__init__.py`)).toBe(true);
  expect(files.filter((file) => file.bytes.includes(dir)).map((file) => file.name)).toEqual([]);
});

test.each<[string, ElfWish, RegExp]>([
  [
    'an absolute library path',
    { runpath: '/home/builder/lib' },
    /_own\.so: looks for libraries in \/home\/builder\/lib/,
  ],
  ['a newer glibc', { versions: ['GLIBC_2.36'] }, /_own\.so: needs GLIBC_2\.36/],
  ['a library that Lambda lacks', { needed: ['libffi.so.8'] }, /_own\.so: needs libffi\.so\.8/],
  ['another processor', { machine: 0x3e }, /_own\.so: built for x86_64/],
])('a build with %s makes no layer', async (_, extension, message) => {
  await publish(extension);
  await expect(make()).rejects.toThrow(message);
  await expect(unpack(join(dir, 'layer.zip'), join(dir, 'opt'))).rejects.toThrow('ENOENT');
});

test('from another folder of builds, the bytes are the same', async () => {
  await publish({});
  await make();
  const first = await readFile(join(dir, 'layer.zip'));
  await buildLayer({
    ...{ python: minor, architecture: 'arm64', uv },
    pythons: join(dir, 'builds', 'elsewhere'),
    out: join(dir, 'b.zip'),
  });
  expect(first.equals(await readFile(join(dir, 'b.zip')))).toBe(true);
});

test('another build of the same version is not taken', async () => {
  await publish({}, '19990101');
  await expect(make()).rejects.toMatchObject({
    code: 'package-failed',
    hint: expect.stringContaining('MIRROR'),
  });
});

describe('uv’s own catalogue', () => {
  const triples = { arm64: 'aarch64-unknown-linux-gnu', x86_64: 'x86_64-unknown-linux-gnu' } as const;
  const pinned = LAYER_PYTHONS.flatMap((python) =>
    ARCHITECTURES.map((architecture) => [python, architecture] as const),
  );
  const archiveOf = (python: keyof typeof PYTHON_BUILDS, architecture: Architecture) => {
    const { version, build } = PYTHON_BUILDS[python];
    const name = `cpython-${version}+${build}-${triples[architecture]}-install_only_stripped.tar.gz`;
    return join(dir, 'mirror', build, name);
  };
  const from = (python: string, architecture: Architecture) => {
    process.env.UV_PYTHON_INSTALL_MIRROR = `file://${join(dir, 'mirror')}`;
    const out = join(dir, 'layer.zip');
    return buildLayer({ python, architecture, uv, pythons: join(dir, 'pythons'), out });
  };

  test.each(pinned)('has the pinned build of Python %s for %s, and asks a mirror for it', async (...one) => {
    await expect(from(...one)).rejects.toThrow(archiveOf(...one));
  });

  test('pins its hash: another archive in a mirror is refused', async () => {
    await publish({});
    delete process.env.UV_PYTHON_DOWNLOADS_JSON_URL;
    const archive = archiveOf(minor, 'arm64');
    await cp(join(dir, 'python.tar.gz'), archive);
    await expect(from(minor, 'arm64')).rejects.toThrow(/[Hh]ash mismatch|does not match/);
  });
});
