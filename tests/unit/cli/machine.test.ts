import { atLeast, examine } from '../../../cli/machine.ts';

test.each([
  ['go version go1.26.8 linux/amd64', true],
  ['go version go1.25.11 linux/amd64', true],
  ['go version go1.25.10 linux/amd64', false],
  ['go version go2.0 linux/amd64', true],
  ['no number here', false],
])('%s is at least 1.25.11: %s', (text, expected) => {
  expect(atLeast(text, [1, 25, 11])).toBe(expected);
});

test('on an empty PATH everything but node is missing, with a remedy', async () => {
  const checks = await examine({ PATH: '/nonexistent' });
  expect(checks.filter((check) => check.ok).map((check) => check.name)).toEqual(['node']);
  for (const check of checks.filter((each) => !each.ok)) expect(check.remedy).not.toBe('');
});
