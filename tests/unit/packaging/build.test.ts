/** Python, processor and form of a package, decided from its uv.lock alone. */
import { decideBuild } from '../../../plan/build.ts';

interface Item {
  name: string;
  wheels?: string[];
  size?: number;
  sdist?: boolean;
  needs?: string[];
  lines?: string[];
}

function lock(requires: string, items: Item[]): string {
  const deps = (names: string[]) =>
    `dependencies = [${names.map((name) => `{ name = "${name}" }`).join(', ')}]`;
  const blocks = items.map((item) =>
    [
      '[[package]]',
      `name = "${item.name}"`,
      'version = "1.0"',
      'source = { registry = "https://registry.example/simple" }',
      ...(item.lines ?? [deps(item.needs ?? [])]),
      ...(item.sdist === false ? [] : ['sdist = { url = "https://x.example/s.tar.gz", size = 1000 }']),
      `wheels = [${(item.wheels ?? []).map((tag) => `{ url = "https://x.example/${item.name}-1.0-${tag}.whl", size = ${item.size ?? 1000} }`).join(', ')}]`,
    ].join('\n'),
  );
  return [
    'version = 1',
    `requires-python = "${requires}"`,
    '[[package]]\nname = "server"\nversion = "1.0"\nsource = { editable = "." }',
    deps(items.map((item) => item.name)),
    ...blocks,
  ].join('\n');
}

const anywhere = 'py3-none-any';

test('the default: Python 3.13, arm64, a zip', () => {
  const text = lock('>=3.10', [
    { name: 'pure', wheels: [anywhere] },
    { name: 'native', wheels: ['cp313-cp313-manylinux_2_17_aarch64.manylinux2014_aarch64'] },
    { name: 'abi', wheels: ['cp37-abi3-manylinux_2_34_aarch64'] },
    { name: 'source', wheels: [] },
  ]);
  expect(decideBuild(text)).toEqual({ python: '3.13', architecture: 'arm64', form: 'zip' });
});

test.each([
  ['only x86_64', 'cp313-cp313-manylinux2014_x86_64'],
  ['arm64 for musl', 'cp313-cp313-musllinux_1_2_aarch64', 'cp313-cp313-manylinux2014_x86_64'],
  ['arm64 for a newer glibc', 'cp313-cp313-manylinux_2_35_aarch64', 'cp313-cp313-manylinux2014_x86_64'],
  ['arm64 for macOS', 'cp313-cp313-macosx_11_0_arm64', 'cp313-cp313-manylinux2014_x86_64'],
  [
    'arm64 for a free-threaded Python',
    'cp313-cp313t-manylinux2014_aarch64',
    'cp313-cp313-manylinux2014_x86_64',
  ],
])('x86_64, naming the package, when a wheel is there for %s', (_, ...wheels) => {
  expect(decideBuild(lock('>=3.10', [{ name: 'native', wheels }]))).toEqual({
    python: '3.13',
    architecture: 'x86_64',
    form: 'zip',
    because: 'no arm64 wheel for Python 3.13: native 1.0',
  });
});

test('an older Python when the server demands it or when wheels exist for nothing newer', () => {
  expect(decideBuild(lock('>=3.10, <3.12', [{ name: 'pure', wheels: [anywhere] }]))).toMatchObject({
    python: '3.11',
    architecture: 'arm64',
    because: 'requires-python >=3.10, <3.12',
  });
  expect(
    decideBuild(lock('>=3.10', [{ name: 'old', wheels: ['cp312-cp312-manylinux2014_aarch64'] }])),
  ).toMatchObject({ python: '3.12', architecture: 'arm64' });
});

test('an image when the wheels would unpack to more than Lambda takes', () => {
  const built = decideBuild(lock('>=3.10', [{ name: 'huge', wheels: [anywhere], size: 100_000_000 }]));
  expect(built).toMatchObject({ form: 'image', because: expect.stringMatching(/^about \d+ MB unpacked$/) });
});

test('only what runs on Lambda counts: markers, extras and dependency groups', () => {
  const text = lock('>=3.10', [
    {
      name: 'mixed',
      wheels: [anywhere],
      lines: [
        'dependencies = [{ name = "windows", marker = "sys_platform == \'win32\'" }, { name = "old", marker = "python_full_version < \'3.11\'" }, { name = "rich", extra = ["colour"] }]',
      ],
    },
  ]);
  const unfit = ['windows', 'old', 'pretty', 'unused']
    .map(
      (name) =>
        `[[package]]\nname = "${name}"\nversion = "2.0"\nsource = { registry = "r" }\nwheels = [{ url = "https://x.example/${name}-2.0-cp313-cp313-win_amd64.whl", size = 1 }]`,
    )
    .join('\n');
  const rich = (wheel: string) =>
    `[[package]]\nname = "rich"\nversion = "2.0"\nsource = { registry = "r" }\nwheels = [{ url = "https://x.example/rich-2.0-${wheel}.whl", size = 1 }]\n[package.optional-dependencies]\ncolour = [{ name = "pretty" }]\nother = [{ name = "unused" }]`;
  const without = `${text}\n${unfit.replace('pretty-2.0-cp313-cp313-win_amd64', 'pretty-2.0-py3-none-any')}\n${rich(anywhere)}`;
  expect(decideBuild(without)).toEqual({ python: '3.13', architecture: 'arm64', form: 'zip' });
  // The extra that is asked for does count.
  expect(() => decideBuild(`${text}\n${unfit}\n${rich(anywhere)}`)).toThrow(
    'no arm64 wheel for Python 3.13: pretty 2.0',
  );
});

test('of a forked resolution the branch of the chosen Python counts', () => {
  const fork = (version: string, marker: string, wheel: string) =>
    `[[package]]\nname = "numbers"\nversion = "${version}"\nsource = { registry = "r" }\nresolution-markers = ["${marker}"]\nwheels = [{ url = "https://x.example/numbers-${version}-${wheel}.whl", size = 1 }]`;
  const text = [
    'version = 1\nrequires-python = ">=3.10"',
    '[[package]]\nname = "server"\nversion = "1"\nsource = { virtual = "." }',
    `dependencies = [{ name = "numbers", version = "1.0", marker = "python_full_version < '3.11'" }, { name = "numbers", version = "2.0", marker = "python_full_version >= '3.11'" }]`,
    fork('1.0', "python_full_version < '3.11'", 'cp310-cp310-win32'),
    fork('2.0', "python_full_version >= '3.11'", anywhere),
  ].join('\n');
  expect(decideBuild(text)).toEqual({ python: '3.13', architecture: 'arm64', form: 'zip' });
});

test.each([
  ['not TOML', 'a = ', 'not TOML'],
  ['not a lock', 'a = 1', 'not a lock of uv'],
  ['no project of its own', 'requires-python = ">=3.10"\npackage = []', 'no project of its own'],
  ['a Python that no layer has', lock('<3.9', []), 'no Python layer fits'],
])('an error for %s', (_, text, message) => {
  expect(() => decideBuild(text)).toThrow(message);
});
