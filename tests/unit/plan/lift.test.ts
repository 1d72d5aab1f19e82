import type { Document } from 'yaml';
import { liftManifestFile, liftStackFile } from '../../../plan/lift.ts';
import { parseServer } from '../../../plan/manifest.ts';

/** Two made-up steps: no release has had another format yet. */
const steps = {
  1: (document: Document) => {
    document.set('kind', document.get('type'));
    document.delete('type');
  },
  2: (document: Document) => document.set('late', true),
};

describe('a manifest of an older format', () => {
  const old = '# generated\nformatVersion: 1\nid: a # the first\ntype: stdio\n';

  test('is lifted step by step, comments kept', () => {
    expect(liftManifestFile(old, 'a.yaml', steps, 3)).toEqual({
      text: '# generated\nformatVersion: 3\nid: a # the first\nkind: stdio\nlate: true\n',
      changes: ['a.yaml: format 1 to 3'],
    });
  });

  test("of today's format is left as it is, byte for byte", () => {
    const odd = 'formatVersion:   1\n';
    expect(liftManifestFile(odd, 'a.yaml')).toEqual({ text: odd, changes: [] });
  });

  test.each([
    ['formatVersion: 9', /format 9 cannot be lifted to 1/],
    ['formatVersion: 0', /format 0 cannot be lifted to 1/],
    ['id: a', /format undefined cannot be lifted/],
    ['- a', /not a YAML mapping/],
  ])('%j is refused', (text, message) => expect(() => liftManifestFile(text, 'a.yaml')).toThrow(message));

  test('is named in the error, with the command', () => {
    expect(() => parseServer('formatVersion: 0\n', 'servers/a.yaml')).toThrow(
      expect.objectContaining({
        code: 'manifest-format',
        message: expect.stringMatching(/servers\/a\.yaml: formatVersion is 0/),
        hint: expect.stringMatching(/mcpgw migrate/),
      }),
    );
    expect(() => parseServer('formatVersion: 9\n', 'a')).toThrow(
      expect.objectContaining({ hint: expect.not.stringMatching(/migrate/) }),
    );
  });
});

describe('settings under an older name', () => {
  const renamed = { 'gateway.searchType': 'gateway.search', limits: 'budget' };
  const file =
    'config:\n  # why\n  mcpgw:gateway:\n    name: x\n    searchType: semantic # as agreed\n  mcpgw:limits: {tools: 3}\n';

  test('get today’s, values and comments kept', () => {
    const { text, changes } = liftStackFile(file, 'f', renamed);
    expect(text).toMatch(/# why\n {2}mcpgw:gateway:\n {4}name: x\n {4}search: semantic # as agreed/);
    expect(text).toMatch(/mcpgw:budget: *\{ ?tools: 3 ?\}/);
    expect(text).not.toMatch(/searchType|limits/);
    expect(changes).toEqual([
      'f: mcpgw:gateway.searchType is mcpgw:gateway.search now',
      'f: mcpgw:limits is mcpgw:budget now',
    ]);
    expect(liftStackFile(text, 'f', renamed)).toEqual({ text, changes: [] });
  });

  test('both names at once are refused', () => {
    const both = 'config:\n  mcpgw:limits: {}\n  mcpgw:budget: {}\n';
    expect(() => liftStackFile(both, 'f', renamed)).toThrow(/has both limits and budget/);
  });
});
