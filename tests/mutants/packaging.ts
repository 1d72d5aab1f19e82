/** The guards of packaging and of the artefact store, each with the mutation that must turn a test red. */
import type { Mutant } from './proxies.ts';

const unit = (name: string, test?: string): Mutant['test'] => withTest('unit', name, test);
const real = (name: string, test?: string): Mutant['test'] => withTest('integration', name, test);
function withTest(project: 'unit' | 'integration', name: string, test?: string): Mutant['test'] {
  const path = `tests/${project}/packaging/${name}.test.ts`;
  return test === undefined ? [project, path] : [project, path, test];
}

export const PACKAGING_MUTANTS: readonly Mutant[] = [
  {
    guard: 'a zip’s date does not depend on the time zone',
    file: 'proxies/packaging/zip.ts',
    find: 'new Date(1980, 0, 1)',
    replace: 'new Date(Date.UTC(1980, 0, 2))',
    test: unit('package-parts', 'a zip is sorted'),
  },
  {
    guard: 'a zip’s names are sorted',
    file: 'proxies/packaging/zip.ts',
    find: '[...items].sort((a, b) => (a.name < b.name ? -1 : 1))',
    replace: 'items',
    test: unit('package-parts', 'a zip is sorted'),
  },
  {
    guard: 'a layer names no folder of its builder',
    file: 'proxies/packaging/elf-check.ts',
    find: 'for (const entry of elf.paths) {',
    replace: 'for (const entry of elf.paths.slice(9)) {',
    test: unit('elf', 'refuses a folder of its builder'),
  },
  {
    guard: 'nothing needs a newer glibc than Lambda’s',
    file: 'proxies/packaging/elf-check.ts',
    find: 'Number(match[2]) > GLIBC.minor',
    replace: 'Number(match[2]) > GLIBC.minor + 1',
    test: unit('elf', 'glibc'),
  },
  {
    guard: 'nothing needs a library that Lambda lacks',
    file: 'proxies/packaging/elf-check.ts',
    find: '!SYSTEM.has(library) && !carried.has(library)',
    replace: 'false',
    test: unit('elf', 'a library that is not there'),
  },
  {
    guard: 'a layer that would not run is not made',
    file: 'proxies/packaging/layer.ts',
    find: 'problems.length > 0 && installed === undefined',
    replace: 'false',
    test: real('layer', 'a newer glibc'),
  },
  {
    guard: 'a layer does not depend on where its build was installed',
    file: 'proxies/packaging/layer.ts',
    find: 'text.replaceAll(from, to)',
    replace: 'text',
    test: real('layer', 'another folder of builds'),
  },
  {
    guard: 'a zip that Lambda would refuse is not made',
    file: 'proxies/packaging/sizes.ts',
    find: 'unpacked + layer <= LAMBDA_UNZIPPED_LIMIT',
    replace: 'unpacked + layer <= LAMBDA_UNZIPPED_LIMIT + 1',
    test: unit('package-parts', 'to the byte'),
  },
  {
    guard: 'no .pyc is left out',
    file: 'proxies/packaging/compile.py',
    find: "if not name.endswith('.py'):",
    replace: "if not name.endswith('.py') or name == '__init__.py':",
    test: real('package', 'every module compiled'),
  },
  {
    guard: '.pyc files are never checked against their source',
    file: 'proxies/packaging/compile.py',
    find: 'PycInvalidationMode.UNCHECKED_HASH',
    replace: 'PycInvalidationMode.TIMESTAMP',
    test: real('package', 'every module compiled'),
  },
  {
    guard: 'tracebacks name no folder of the building machine',
    file: 'proxies/packaging/compile.py',
    find: 'dfile=shown,',
    replace: '',
    test: real('small', 'the bytes are the same'),
  },
  {
    guard: 'uv installs what is locked, not what the project overrides',
    file: 'proxies/packaging/install.ts',
    find: "const neutral = join(work, 'neutral');",
    replace: "const neutral = join(work, 'project');",
    test: real('small', 'whatever the project overrides'),
  },
  {
    guard: 'a requirement without a hash is refused',
    file: 'proxies/packaging/requirements.ts',
    find: "name === undefined || !line.includes('--hash=')",
    replace: 'name === undefined',
    test: real('small', 'without hashes'),
  },
  {
    guard: 'a lock other than the pinned one is not packaged',
    file: 'proxies/packaging/stage.ts',
    find: 'sha256(text) !== entry.lock',
    replace: 'false',
    test: real('package', 'not the pinned ones'),
  },
  {
    guard: 'a link that leaves the sources is not followed',
    file: 'proxies/packaging/files.ts',
    find: 'target === undefined || !target.startsWith(root + sep)',
    replace: 'target === undefined',
    test: unit('package-parts', 'links'),
  },
  {
    guard: 'nothing outside of the sources is packaged',
    file: 'proxies/packaging/install-server.ts',
    find: "folder.split('/').includes('..') || folder.startsWith('/')",
    replace: 'false',
    test: unit('package-parts', 'outside of the source'),
  },
  {
    guard: 'an artefact in S3 is never overwritten',
    file: 'store/artefacts-s3.ts',
    find: "IfNoneMatch: '*',",
    replace: '',
    test: unit('artefacts', 'S3 never overwrites'),
  },
  {
    guard: 'another account’s bucket is not used',
    file: 'store/artefacts-s3.ts',
    find: 'const owner = options.account === undefined ? {} : { ExpectedBucketOwner: options.account };',
    replace: 'const owner = {};',
    test: unit('artefacts', 'another account'),
  },
  {
    guard: 'what is for tests only never gets to S3',
    file: 'store/artefacts-s3.ts',
    find: 'requireKey(key).startsWith(TEST_ONLY)',
    replace: 'false',
    test: unit('artefacts', 'tests only'),
  },
  {
    guard: 'an artefact in a folder is never overwritten',
    file: 'store/artefacts-folder.ts',
    find: 'if (await has(key)) return;',
    replace: 'await rm(path, { force: true });',
    test: unit('artefacts', 'folder never overwrites'),
  },
  {
    guard: 'each input is part of a package’s identity',
    file: 'proxies/packaging/keys.ts',
    find: '    lock,\n    repairs:',
    replace: '    lock: source,\n    repairs:',
    test: unit('keys', 'each input changes'),
  },
];
