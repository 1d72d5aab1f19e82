import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { flagOf } from '../../../cli/command.ts';
import { commands } from '../../../cli/commands/index.ts';
import { blocksOf, mcpgwWords, readBlocks } from '../../docs/commands.ts';

const root = join(import.meta.dirname, '../../..');
const files = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

describe('the reader of documents', () => {
  const text = [
    '# One',
    '```sh',
    "npx mcpgw call a/b 'x y' # a comment",
    '```',
    '## Two',
    '```yaml',
    '```',
    '```sh run',
    'npm ci && npm start',
    'mcpgw verify  # exit 6',
    '```',
  ].join('\n');

  test('takes blocks with their heading, words and expected exit codes', () => {
    expect(blocksOf(text)).toEqual([
      {
        heading: 'One',
        line: 2,
        run: false,
        commands: [
          { text: 'npx mcpgw call a/b x y', words: ['npx', 'mcpgw', 'call', 'a/b', 'x y'], exitCode: 0 },
        ],
      },
      {
        heading: 'Two',
        line: 8,
        run: true,
        commands: [
          { text: 'npm ci', words: ['npm', 'ci'], exitCode: 0 },
          { text: 'npm start', words: ['npm', 'start'], exitCode: 0 },
          { text: 'mcpgw verify', words: ['mcpgw', 'verify'], exitCode: 6 },
        ],
      },
    ]);
  });

  test.each([
    [['npx', 'mcpgw', 'plan'], ['plan']],
    [['npm', 'run', 'mcpgw', '--', 'plan'], ['plan']],
    [['npx', 'tsc'], undefined],
  ])('%j is ours: %j', (words, ours) => expect(mcpgwWords({ words })).toEqual(ours));
});

test.each(files)('%s names commands and options that exist', async (file) => {
  const wrong: string[] = [];
  for (const { line, commands: found } of await readBlocks(join(root, file))) {
    for (const command of found) {
      const words = mcpgwWords(command);
      if (words === undefined) continue;
      const known = commands.find(({ name }) => name === words[0]);
      const flags = ['--json', '--help', ...Object.keys(known?.options ?? {}).map(flagOf)];
      const strange = words.filter(
        (word) => word.startsWith('--') && !flags.includes(word.split('=')[0] ?? word),
      );
      if (!known || strange.length > 0)
        wrong.push(`line ${line}: ${command.text} (${strange.join(' ') || 'no such command'})`);
    }
  }
  expect(wrong).toEqual([]);
});

test('operations.md has what the tests run', async () => {
  const blocks = await readBlocks(join(root, 'docs/operations.md'));
  expect(blocks.filter(({ run }) => run).length).toBeGreaterThan(8);
});
