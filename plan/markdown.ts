/** Markdown for pull-request comments: bounded, folded, and with no way for a found text to leave its place. */

/** GitHub's own limit of a comment's body, in characters. */
export const COMMENT_LIMIT = 65_536;

/** A code span that holds any text: on one line, its fence longer than the backticks inside. */
export function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return line === '' ? '` `' : `${fence}${pad}${line}${pad}${fence}`;
}

/** Lines between fences that no line inside can end. */
export function fenced(lines: readonly string[], language = ''): string[] {
  const longest = Math.max(
    2,
    ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)),
  );
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence];
}

/** Text as text: nothing in it becomes a mention, a link, an image, HTML or a heading. A bracket makes no link without its square one. */
export function plain(text: string): string {
  return text
    .replace(/[\\`*_{}[\]#+!|~<>&]/g, (mark) => `&#${mark.codePointAt(0)};`)
    .replace(/@(?=\w)/g, '@&#8203;')
    .replace(/\b(https?):\/\//gi, '$1&#58;//')
    .replace(/\s+/g, ' ');
}

/** For a terminal or a log, where nobody renders it: what `plain` wrote, as it was found. */
export function unescaped(markdown: string): string {
  return markdown.replace(/&#(\d+);/g, (_, point) =>
    point === '8203' ? '' : String.fromCodePoint(Number(point)),
  );
}

/** A folded list of at most `room` characters; what did not fit is counted. */
export function folded(title: string, lines: readonly string[], room: number, open = false): string {
  if (lines.length === 0) return '';
  const head = `<details${open ? ' open' : ''}><summary>${title}</summary>\n\n`;
  return `${head}${fitLines(lines, room - head.length - 20)}\n\n</details>\n`;
}

/** As many whole lines as `room` holds, and a last one that tells how many did not. */
export function fitLines(lines: readonly string[], room: number): string {
  const all = lines.join('\n');
  if (all.length <= room) return all;
  let used = 0;
  let count = 0;
  for (const line of lines) {
    used += line.length + 1;
    if (used > room - 60) break;
    count += 1;
  }
  return [...lines.slice(0, count), `\n… and ${lines.length - count} more, in the check's log`].join('\n');
}

export function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

/**
 * Markdown that another's code wrote, safe to post under our name: no mention, no link, no image, no HTML but folds,
 * no hidden comment. A zero-width space breaks each, in code and out of it.
 */
export function tame(markdown: string): string {
  return [...markdown]
    .filter((character) => character === '\n' || !/[\p{Cc}\p{Cf}]/u.test(character))
    .join('')
    .replace(/<(?!\/?(?:details|summary)(?: open)?>)/g, '<\u200b')
    .replace(/~(?=~~)/g, '~\u200b')
    .replace(/@(?=[\w-])/g, '@\u200b')
    .replace(/\](?=[([:])/g, ']\u200b')
    .replace(/:(?=\/\/)/g, ':\u200b')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}\u200b.`);
}
