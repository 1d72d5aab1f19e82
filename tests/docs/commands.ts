/**
 * The commands of README.md and docs/*.md, for tests. A fence ` ```sh run ` is run by a test, line by line; a plain
 * ` ```sh ` is only checked against the command line's own data. A comment `# exit 6` says which exit code is expected.
 */
import { readFile } from 'node:fs/promises';

export interface DocCommand {
  /** As it stands in the document. */
  text: string;
  /** Words, quotes resolved; `&&` starts the next command. */
  words: string[];
  exitCode: number;
}

export interface DocBlock {
  /** The nearest heading above. */
  heading: string;
  /** Line of the fence. */
  line: number;
  run: boolean;
  commands: DocCommand[];
}

export async function readBlocks(file: string): Promise<DocBlock[]> {
  return blocksOf(await readFile(file, 'utf8'));
}

export function blocksOf(markdown: string): DocBlock[] {
  const blocks: DocBlock[] = [];
  let heading = '';
  let open: DocBlock | 'other' | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^```(\S*)\s*(.*)$/.exec(line);
    if (fence && open === undefined) {
      const [, language, marks = ''] = fence;
      if (language !== 'sh') {
        open = 'other';
        continue;
      }
      open = { heading, line: index + 1, run: marks.split(/\s+/).includes('run'), commands: [] };
      blocks.push(open);
    } else if (fence) open = undefined;
    else if (open === undefined) heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
    else if (open !== 'other') open.commands.push(...commandsOf(line));
  }
  return blocks;
}

function commandsOf(line: string): DocCommand[] {
  const { words, comment } = tokens(line);
  const expected = /\bexit (\d+)\b/.exec(comment)?.[1];
  const commands: DocCommand[] = [];
  let current: string[] = [];
  for (const word of [...words, '&&']) {
    if (word !== '&&') current.push(word);
    else if (current.length > 0) {
      commands.push({ text: current.join(' '), words: current, exitCode: 0 });
      current = [];
    }
  }
  const last = commands.at(-1);
  if (last && expected !== undefined) last.exitCode = Number(expected);
  return commands;
}

/** Words of a line as a shell splits them: quotes, a backslash, a comment. No expansion: documents that need one are not run. */
function tokens(line: string): { words: string[]; comment: string } {
  const words: string[] = [];
  const pattern = /\s+|#.*$|(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/gy;
  for (const [text] of line.matchAll(pattern)) {
    if (text.trim() === '') continue;
    if (text.startsWith('#')) return { words, comment: text };
    words.push(
      text.replace(
        /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g,
        (_, single, double, escaped) => single ?? double?.replace(/\\(.)/g, '$1') ?? escaped,
      ),
    );
  }
  return { words, comment: '' };
}

/** The part after `npx mcpgw`, `npm run mcpgw --` or a bare `mcpgw`; undefined for other programs. */
export function mcpgwWords({ words }: Pick<DocCommand, 'words'>): string[] | undefined {
  const prefixes = [['npx', 'mcpgw'], ['npm', 'run', 'mcpgw', '--'], ['mcpgw']];
  const found = prefixes.find((prefix) => prefix.every((word, index) => words[index] === word));
  return found && words.slice(found.length);
}
