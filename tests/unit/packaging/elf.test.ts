/** Compiled files are asked whether Lambda could load them, and copied Pythons are made to find their own. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { readElf } from '../../../proxies/packaging/elf.ts';
import { elfProblems } from '../../../proxies/packaging/elf-check.ts';
import { listFiles } from '../../../proxies/packaging/files.ts';
import { pointIntoLayer } from '../../../proxies/packaging/relocate.ts';
import { type ElfWish, makeElf } from './elf.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mcpgw-elf-'));
});
afterEach(() => rm(dir, { recursive: true }));

async function put(path: string, wish: ElfWish): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true });
  await writeFile(join(dir, path), makeElf(wish));
}
const problems = async (options = {}) => elfProblems(dir, await listFiles(dir), 'arm64', options);

test('a file that needs nothing special passes', async () => {
  await put('lib/a.so', {
    runpath: '$ORIGIN/../lib:$ORIGIN',
    needed: ['libc.so.6', 'libm.so.6', 'libown.so.1'],
    versions: ['GLIBC_2.17', 'GLIBC_2.34', 'GCC_3.0'],
  });
  await put('a.libs/libown.so.1', {});
  await writeFile(
    join(dir, 'text'),
    'no ELF file at all, and longer than the header of one would have to be. '.repeat(3),
  );
  expect(await problems()).toEqual([]);
});

test.each<[string, ElfWish, RegExp]>([
  [
    'a folder of its builder',
    { runpath: '/home/me/python/lib' },
    /looks for libraries in \/home\/me\/python\/lib/,
  ],
  ['a folder of its builder among others', { runpath: '$ORIGIN:/opt/x' }, /looks for libraries in \/opt\/x/],
  ['a folder relative to the process', { runpath: 'lib' }, /looks for libraries in lib,/],
  [
    'a glibc that is too new',
    { versions: ['GLIBC_2.17', 'GLIBC_2.35'] },
    /needs GLIBC_2\.35, Lambda has GLIBC_2\.34/,
  ],
  [
    'a library that is not there',
    { needed: ['libc.so.6', 'libffi.so.8'] },
    /needs libffi\.so\.8, which Amazon Linux 2023 lacks/,
  ],
  ['another processor', { machine: 0x3e }, /built for x86_64, not arm64/],
  ['an unknown processor', { machine: 8 }, /built for other, not arm64/],
])('refuses %s', async (_, wish, message) => {
  await put('lib/bad.so', wish);
  expect(await problems()).toEqual([expect.stringMatching(message)]);
});

test('a broken file is reported, not thrown', async () => {
  await writeFile(join(dir, 'cut.so'), makeElf({ runpath: '/x', needed: ['a'] }).subarray(0, 100));
  expect(await problems()).toEqual(['cut.so: a broken ELF file']);
});

test('a wheel may name folders of its builder, but nothing else changes', async () => {
  await put('a.so', { runpath: '/opt/x', versions: ['GLIBC_2.38'] });
  expect(await problems({ buildPaths: 'allow' })).toEqual(['a.so: needs GLIBC_2.38, Lambda has GLIBC_2.34']);
});

test('reads back whatever was written', () => {
  const name = fc.stringMatching(/^[a-z$/.]{1,30}$/);
  fc.assert(
    fc.property(
      name,
      fc.uniqueArray(name, { maxLength: 5 }),
      fc.uniqueArray(name, { maxLength: 5 }),
      (runpath, needed, versions) => {
        const elf = readElf(makeElf({ runpath, needed, versions }));
        expect([elf.needed, elf.versions, elf.pathSlots[0]?.text]).toEqual([needed, versions, runpath]);
      },
    ),
  );
});

test('no bytes make it throw anything but a range error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(200), (noise, at) => {
      const file = makeElf({ runpath: '/x', needed: ['a'], versions: ['b'] });
      file.set(noise.subarray(0, Math.max(0, file.length - at)), Math.min(at + 4, file.length));
      try {
        readElf(file);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
});

test('a copied Python looks for its libraries beside itself', async () => {
  const from = '/some/where/python-3.13';
  await put('bin/python3.13', { runpath: `${from}/lib`, needed: ['libpython3.13.so.1.0'] });
  await put('lib/python3.13/lib-dynload/_ssl.so', { runpath: `/usr/lib/x:${from}/lib` });
  await put('lib/libpython3.13.so.1.0', { runpath: from });
  await pointIntoLayer(dir, from);
  const pathsOf = async (path: string) => readElf(await readFile(join(dir, path))).paths;
  expect(await pathsOf('bin/python3.13')).toEqual(['$ORIGIN/../lib']);
  expect(await pathsOf('lib/python3.13/lib-dynload/_ssl.so')).toEqual(['/usr/lib/x', '$ORIGIN/../..']);
  expect(await pathsOf('lib/libpython3.13.so.1.0')).toEqual(['$ORIGIN/..']);
  // What is left absolute is still found by the check.
  expect(await problems()).toEqual([expect.stringContaining('/usr/lib/x')]);
});

test('a path too short to rewrite is an error, not a broken file', async () => {
  await put('bin/python3.13', { runpath: '/py/lib' });
  await expect(pointIntoLayer(dir, '/py')).rejects.toThrow('too short');
});
