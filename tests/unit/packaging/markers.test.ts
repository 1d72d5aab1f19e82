/** Environment markers and version specifiers, checked against their laws and the forms that locks use. */
import fc from 'fast-check';
import { markerHolds, satisfies } from '../../../plan/markers.ts';
import { fitsPlatform } from '../../../plan/wheel-tags.ts';

const linux = {
  python_version: '3.13',
  python_full_version: '3.13.2',
  sys_platform: 'linux',
  platform_machine: 'aarch64',
  extra: '',
};

test.each([
  ["python_full_version < '3.14' and sys_platform != 'win32'", true],
  ["(python_full_version >= '3.14' and sys_platform == 'win32') or platform_machine == 'aarch64'", true],
  ["python_full_version >= '3.14' and (sys_platform == 'win32' or platform_machine == 'aarch64')", false],
  ["sys_platform == 'win32' or sys_platform == 'linux' and python_version == '3.13'", true],
  ["'linux' in sys_platform", true],
  ["sys_platform not in 'win32 cygwin'", true],
  ["'3.12' <= python_version", true],
  ["python_version == '3.*'", true],
  ["python_full_version ~= '3.13.1'", true],
])('%s is %s on Linux with 3.13.2', (marker, expected) => {
  expect(markerHolds(marker, linux)).toBe(expected);
});

test.each([
  'python_version >',
  "unknown_name == 'x'",
  "(sys_platform == 'linux'",
  "sys_platform == 'linux' sys_platform",
])('refuses %s', (marker) => {
  expect(() => markerHolds(marker, linux)).toThrow('cannot read');
});

const release = fc.array(fc.nat(40), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));

test('of <, == and > exactly one holds, and <= is not >', () => {
  fc.assert(
    fc.property(release, release, (left, right) => {
      const holds = ['<', '==', '>'].filter((operator) => satisfies(left, `${operator}${right}`));
      expect(holds).toHaveLength(1);
      expect(satisfies(left, `<=${right}`)).toBe(!satisfies(left, `>${right}`));
      expect(satisfies(left, `!=${right}`)).toBe(!satisfies(left, `==${right}`));
      expect(satisfies(left, `>=${left},<=${left}`)).toBe(true);
    }),
  );
});

test.each([
  ['a-1-py2.py3-none-any.whl', true],
  ['a-1-py2-none-any.whl', false],
  ['a-1-cp313-cp313-manylinux_2_34_aarch64.whl', true],
  ['a-1-1-cp313-cp313-manylinux_2_28_aarch64.whl', true],
  ['a-1-cp313-cp313-manylinux_2_35_aarch64.whl', false],
  ['a-1-cp313-cp313-linux_aarch64.whl', false],
  ['a-1-cp39-abi3-manylinux2014_aarch64.whl', true],
  ['a-1-cp314-abi3-manylinux2014_aarch64.whl', false],
  ['a-1-cp312-cp312-manylinux2014_aarch64.whl', false],
  ['a-1-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.whl', true],
  ['a-1.tar.gz', false],
])('%s fits Python 3.13 on arm64: %s', (wheel, expected) => {
  expect(fitsPlatform(wheel, { python: '3.13', architecture: 'arm64' })).toBe(expected);
});
