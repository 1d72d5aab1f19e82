import fc from 'fast-check';
import { topLevelNames } from '../../../discovery/static/module.ts';
import { MAX_CHARACTERS, pythonParser } from '../../../discovery/static/syntax/parser.ts';

const namesOf = async (text: string) => Object.fromEntries((await topLevelNames(text)).names);

describe('topLevelNames', () => {
  test('tells functions, whether they are async, and what they require', async () => {
    const names = await namesOf(
      'def main(): pass\nasync def run(a, b=1, *args, c, d=2, **kw): pass\n@deco\ndef wrapped(x: int, /): pass\n',
    );
    expect(names).toEqual({
      main: { kind: 'function', async: false, required: [] },
      run: { kind: 'function', async: true, required: ['a', 'c'] },
      wrapped: { kind: 'function', async: false, required: ['x'] },
    });
  });

  test('counts names bound inside if, try and with, not those inside functions and classes', async () => {
    const names = await namesOf(
      [
        'try:\n    from .a import main as start\nexcept ImportError:\n    start = None',
        'if True:\n    class A:\n        inner = 1\nelse:\n    async def other(): pass',
        'with open("x") as handle: (p, q) = 1, 2',
        'def f():\n    local = 1\n    def nested(): pass',
        'annotated: int\nvalued: int = 3',
      ].join('\n'),
    );
    expect(Object.keys(names).sort()).toEqual(['A', 'f', 'handle', 'other', 'p', 'q', 'start', 'valued']);
  });

  test('tells where imported names come from', async () => {
    const { names, stars } = await topLevelNames(
      'import a.b\nimport c.d as e\nfrom ..pkg.mod import x as y, z\nfrom . import w\nfrom .all import *\n',
    );
    expect(Object.fromEntries(names)).toEqual({
      a: { kind: 'module', module: 'a' },
      e: { kind: 'module', module: 'c.d' },
      y: { kind: 'import', level: 2, module: 'pkg.mod', name: 'x' },
      z: { kind: 'import', level: 2, module: 'pkg.mod', name: 'z' },
      w: { kind: 'import', level: 1, module: '', name: 'w' },
    });
    expect(stars).toEqual([{ level: 1, module: 'all' }]);
  });

  test('names inside strings and comments are not names', async () => {
    expect(await namesOf('# def main(): pass\n"""\ndef main():\n    pass\n"""\n')).toEqual({});
  });
});

describe('pythonParser', () => {
  test('says when a text is not Python, and keeps what it could read', async () => {
    const { names, broken } = await topLevelNames('def main(): pass\n\n)))\n');
    expect(broken).toBe(true);
    expect([...names.keys()]).toContain('main');
    expect((await topLevelNames('def main(): pass\n')).broken).toBe(false);
  });

  test.each([
    ['binary', `x = 1\0\n`],
    ['too large', `x = 1\n${'#'.repeat(MAX_CHARACTERS)}`],
    ['too deep', `x = ${'('.repeat(5000)}1${')'.repeat(5000)}`],
    ['too deep in blocks', Array.from({ length: 900 }, (_, i) => `${' '.repeat(i)}if x:\n`).join('')],
  ])('a %s file is empty and broken, and harms nobody', async (_, text) => {
    const parser = await pythonParser();
    expect(parser.parse(text)).toEqual({ body: [], broken: true });
  });

  test('never throws, whatever the text', async () => {
    const parser = await pythonParser();
    const piece = fc.constantFrom(
      'def f(',
      '):',
      '\n    ',
      'x = ',
      '[',
      '}',
      '"""',
      "f'{",
      'lambda *a: ',
      '@',
      'import ',
      ' from',
      '\\',
      'é',
      '👍',
      'with a as b',
      'for x in',
      'await ',
      ':=',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (text) => {
          expect(Array.isArray(parser.parse(text).body)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
