import { existsSync, readdirSync, readFileSync } from 'node:fs';
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

/** `npx mcpgw plan` in a sentence; what stands in capitals or with … is a form of words, not a command. */
const spans = (text: string) =>
  [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);

test.each(files)('%s speaks of commands, scripts and files that exist', (file) => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
  const text = readFileSync(join(root, file), 'utf8').replace(/`npm run jest --\n/g, '`npm run jest -- ');
  const wrong = spans(text).filter((span) => {
    const words = span.split(/\s+/);
    const ours = mcpgwWords({ words });
    if (ours) {
      const known = commands.find(({ name }) => name === ours[0]);
      const flags = ['--json', '--help', ...Object.keys(known?.options ?? {}).map(flagOf)];
      const asked = ours.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0] ?? '');
      return (
        (!known && /^[a-z]+$/.test(ours[0] ?? '')) || asked.some((flag) => known && !flags.includes(flag))
      );
    }
    if (words[0] === 'npm' && words[1] === 'run') return !Object.hasOwn(scripts, words[2] ?? '');
    const program = words[0] === 'node' ? words.find((word) => /\.ts$/.test(word)) : undefined;
    const path = /^(?:[a-z]+\/)+[\w.-]+\.(?:ts|yaml|json|md)$/.test(span) ? span : program;
    return path !== undefined && !existsSync(join(root, path)) && !existsSync(join(root, 'proxies', path));
  });
  expect(wrong).toEqual([]);
});

test.each(files)('%s links to what is there', (file) => {
  const text = readFileSync(join(root, file), 'utf8');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^https?:/.test(link));
  const wrong = links.filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : join(file, '..', path);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(join(root, target), 'utf8')).includes(anchor);
  });
  expect(wrong).toEqual([]);
});

/** As GitHub makes them of headings. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('operations.md has what the tests run', async () => {
  const blocks = await readBlocks(join(root, 'docs/operations.md'));
  expect(blocks.filter(({ run }) => run).length).toBeGreaterThan(8);
});
