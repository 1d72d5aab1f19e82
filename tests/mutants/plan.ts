/** Guards of the plan, the projection, the diff and the manifest's folder, each with the test that notices its loss. */
import type { Mutant } from './proxies.ts';

const unit = (file: string, name: string): Mutant['test'] => [
  'unit',
  `tests/unit/plan/${file}.test.ts`,
  name,
];

export const PLAN_MUTANTS: readonly Mutant[] = [
  {
    guard: 'an unknown tool counts as writing in read-only mode',
    file: 'plan/target/target.ts',
    find: "(!own.readOnly || tool?.access === 'read')",
    replace: "(!own.readOnly || tool?.access !== 'write')",
    test: unit('plan', 'unknown counts as write'),
  },
  {
    guard: 'read-only drops actions that write',
    file: 'plan/permissions.ts',
    find: '!own.readOnly || isReading(access)',
    replace: 'own.readOnly || isReading(access)',
    test: unit('permissions', 'read-only leaves reading actions alone'),
  },
  {
    guard: 'an extra statement that writes is refused in read-only mode',
    file: 'plan/target/problems.ts',
    find: 'own.readOnly ? extra.filter',
    replace: 'own.readOnly && extra.length > 9 ? extra.filter',
    test: unit('plan', 'refuses an extra statement that writes'),
  },
  {
    guard: 'names stay within 64 characters',
    file: 'plan/resource-names.ts',
    find: 'return LIMITS.toolFullName - target.length - SEPARATOR.length;',
    replace: 'return LIMITS.toolFullName - target.length;',
    test: unit('plan', 'get an alias'),
  },
  {
    guard: 'definitions that were not pinned are refused',
    file: 'plan/target/schema.ts',
    find: 'if (hashProjection(tool) !== projection)',
    replace: 'if (hashProjection(tool) === undefined)',
    test: unit('plan', 'definitions that project to something else'),
  },
  {
    guard: 'a hint of reading does not overrule code that writes',
    file: 'plan/access.ts',
    find: "if (reached === 'write') return",
    replace: "if (reached === 'write' && hint !== 'read') return",
    test: unit('access', 'readOnlyHint'),
  },
  {
    guard: 'a null that cannot be said makes a parameter optional',
    file: 'plan/schema/projection.ts',
    find: '(!member.nullable || anything)',
    replace: '(member.nullable || !anything)',
    test: unit('projection', 'X or null becomes X'),
  },
  {
    guard: 'a narrowed union is in the loss report',
    file: 'plan/schema/projection.ts',
    find: 'if (types.length > 1) {',
    replace: 'if (types.length > 9) {',
    test: unit('projection', 'other unions name the type'),
  },
  {
    guard: 'a role is handed to the services of the calls only',
    file: 'plan/conditional.ts',
    find: 'if (!entry?.passedTo) return undefined;',
    replace: 'if (entry) return undefined;',
    test: unit('conditional', 'a role goes to the services of the calls'),
  },
  {
    guard: 'keys of your own are used through services only',
    file: 'plan/conditional.ts',
    find: 'conditions: through(granted, region),',
    replace: '',
    test: unit('conditional', 'named keys are used through the services'),
  },
  {
    guard: 'words under the same version and source are flagged',
    file: 'plan/diff/diff.ts',
    find: 'versions[0] === versions[1] && !sourceChanged',
    replace: 'versions[0] !== versions[1] && !sourceChanged',
    test: unit('diff', 'under the same version and source'),
  },
  {
    guard: 'hidden characters are shown',
    file: 'plan/visible.ts',
    find: '.replace(HIDDEN, (character)',
    replace: '.replace(/[^\\s\\S]/g, (character)',
    test: unit('diff', 'that a reader does not see'),
  },
  {
    guard: 'edited definitions are refused',
    file: 'store/definitions.ts',
    find: 'if (words !== pinned.definition.words)',
    replace: 'if (words === undefined)',
    test: ['unit', 'tests/unit/store/manifest.test.ts', 'definitions with'],
  },
  {
    guard: 'the old folder is put back when the second rename never came',
    file: 'store/swap.ts',
    find: 'await renameIfThere(last.path, folder);',
    replace: '',
    test: ['unit', 'tests/unit/store/manifest.test.ts', 'lost its name'],
  },
];
