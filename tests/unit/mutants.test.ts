/** A mutant whose text moved proves nothing: each still has its place and its test. */
import { existsSync, readFileSync } from 'node:fs';
import { MUTANTS } from '../mutants/all.ts';

test.each(MUTANTS.map((mutant) => [mutant.guard, mutant] as const))(
  '%s',
  (_, { file, find, test: [, path] }) => {
    expect(readFileSync(file, 'utf8').split(find)).toHaveLength(2);
    expect(existsSync(path)).toBe(true);
  },
);

test('no guard is named twice', () => {
  expect(new Set(MUTANTS.map(({ guard }) => guard)).size).toBe(MUTANTS.length);
});
