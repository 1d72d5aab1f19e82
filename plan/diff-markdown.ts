/** A diff as part of a pull-request comment: what matters most first and open, the rest folded, bounded in length. */

import { isEmptyDiff, type ManifestDiff } from './diff.ts';
import { type Change, type ChangeClass, CLASSES, listChanges } from './diff-changes.ts';
import { CLASS_TITLES, hunkLines } from './diff-text.ts';
import { VERSION_HEAD, versionRows } from './diff-versions.ts';
import { names, type Part } from './diff-words.ts';
import { COMMENT_LIMIT, code, fitLines, plain, row } from './markdown.ts';
import { visible } from './visible.ts';

/** Shares of the room; what a class does not use is left to the next. */
const SHARES: Readonly<Record<ChangeClass, number>> = {
  breaking: 0.3,
  permissions: 0.25,
  unreleased: 0.3,
  words: 0.65,
  additions: 0.6,
  other: 1,
};
const OPEN: ReadonlySet<ChangeClass> = new Set(['breaking', 'permissions', 'unreleased']);
/** An open section of more lines hides what stands below it. */
const MOST_OPEN = 60;
/** Of one side of a hunk, the first at which everything fits. A reviewer who sees half a text has not reviewed it. */
const HUNKS = [Number.POSITIVE_INFINITY, 2_000, 600] as const;
/** A comment does not wrap what stands between fences. */
const WIDTH = 110;
/** Tools named of those that changed alike. */
const MOST_TOOLS = 6;

export function renderMarkdown(diff: ManifestDiff, limit = COMMENT_LIMIT): string {
  if (isEmptyDiff(diff)) return 'No tool changed.\n';
  const changes = listChanges(diff);
  let made = { text: '', whole: false };
  for (const most of HUNKS) {
    made = renderWith(diff, changes, limit, most);
    if (made.whole) break;
  }
  return made.text;
}

function renderWith(diff: ManifestDiff, changes: readonly Change[], limit: number, most: number) {
  const byClass = CLASSES.map((kind) => [kind, changes.filter((change) => change.class === kind)] as const);
  const head = [
    `**${headline(diff, changes)}**`,
    '',
    ...(diff.wordsUnknown.length > 0
      ? [
          `:warning: Words of ${list(diff.wordsUnknown)} changed and cannot be shown: definitions are missing.`,
          '',
        ]
      : []),
  ].join('\n');
  const parts = [head];
  const versions = renderVersions(diff, Math.floor((limit - head.length) * 0.2));
  let room = limit - head.length - versions.length - 3;
  let whole = true;
  for (const [kind, those] of byClass) {
    if (those.length === 0) continue;
    // A try that must hold all of it needs no shares.
    const share = most === HUNKS[2] ? SHARES[kind] : 1;
    const section = renderSection(kind, those, Math.floor(room * share), most);
    whole &&= section.whole && section.text.length <= room;
    if (section.text.length > room) break;
    parts.push(section.text);
    room -= section.text.length + 1;
  }
  return { text: [...parts, versions].join('\n'), whole };
}

function list(ids: readonly string[]): string {
  return names(ids, 20).map(mark).join('');
}

function headline(diff: ManifestDiff, changes: readonly Change[]): string {
  const servers = Object.keys(diff.servers).length;
  const counts = CLASSES.map(
    (kind) => [kind, changes.filter((change) => change.class === kind).length] as const,
  )
    .filter(([, number]) => number > 0)
    .map(([kind, number]) => `${CLASS_TITLES[kind].toLowerCase()} ${number}`);
  const quiet = counts.length === 0 ? 'versions only' : counts.join(', ');
  return `${servers} server${servers === 1 ? '' : 's'} changed: ${quiet}`;
}

function renderVersions(diff: ManifestDiff, room: number): string {
  const rows = versionRows(diff).map(({ server, cells }) => row([code(server), ...cells.map(tableCell)]));
  const title = `<details><summary>Versions: ${rows.length}</summary>\n`;
  const head = [row(VERSION_HEAD), row(VERSION_HEAD.map(() => '---'))];
  const table = [...head, fitLines(rows, room - title.length - head.join('\n').length - 20)];
  return [title, ...table, '\n</details>\n'].join('\n');
}

/** Only versions are found texts, and of those only odd ones need an escape. */
function tableCell(text: string): string {
  return /^[\w.+~() −→]*$/.test(text) ? text : plain(text);
}

/** Whole servers as long as they fit; a line counts the rest. */
function renderSection(kind: ChangeClass, changes: readonly Change[], room: number, most: number) {
  const telling = kind === 'words' && changes.some(({ words }) => words?.signs.length);
  const open = (OPEN.has(kind) || telling) && changes.length <= MOST_OPEN;
  const head = `<details${open ? ' open' : ''}><summary>${CLASS_TITLES[kind]}: ${changes.length}</summary>\n`;
  const foot = '\n</details>\n';
  let left = room - head.length - foot.length - 80;
  const lines: string[] = [];
  let shown = 0;
  let whole = true;
  for (const [server, those] of Map.groupBy(changes, (change) => change.server)) {
    const title = `\n${code(server)}\n`;
    for (const [index, change] of those.entries()) {
      const text = `${index === 0 ? title : ''}${renderChange(change, most)}`;
      const short =
        text.length + 1 <= left
          ? text
          : `${index === 0 ? title : ''}${renderLine(change)}${elsewhere(change)}`;
      whole &&= short === text;
      if (short.length + 1 > left) break;
      lines.push(short);
      left -= short.length + 1;
      shown += 1;
    }
  }
  const more = changes.length - shown;
  const rest = more > 0 ? `\n… and ${more} more, in the check's log.\n` : '';
  return { text: `${head}${lines.join('\n')}\n${rest}${foot}`, whole: whole && more === 0 };
}

function renderLine({ tools, text }: Change): string {
  const of = tools.length === 0 ? '' : `${sameTools(tools)}: `;
  return `- ${of}${text.map(mark).join('')}`;
}

function sameTools(tools: readonly string[]): string {
  return names(tools, MOST_TOOLS).map(mark).join('');
}

function elsewhere({ words }: Change): string {
  return words?.hunks.length ? " (the words are in the check's log)" : '';
}

function mark(part: Part): string {
  return typeof part === 'string' ? plain(part) : code(visible(part.name));
}

function renderChange(change: Change, most: number): string {
  const line = renderLine(change);
  const hunks = (change.words?.hunks ?? []).flatMap((hunk) => hunkLines(hunk, most)).flatMap(wrapped);
  if (hunks.length === 0) return line;
  const text = hunks.join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${line}\n${[`${fence}diff`, ...hunks, fence].map((each) => `  ${each}`).join('\n')}`;
}

/** One line of a hunk as several under the same sign: where the text breaks (its `⏎` stays), and where it is too wide. */
function wrapped(line: string): string[] {
  const [sign, text] = [line.slice(0, 2), line.slice(2)];
  const pieces = (text.match(/[^⏎]*⏎+|[^⏎]+$/g) ?? []).flatMap((piece) => piece.match(PIECES) ?? []);
  return pieces.map((piece) => `${sign}${piece}`.trimEnd());
}

const PIECES = new RegExp(`.{1,${WIDTH}}(?:\\s+|$)|.{${WIDTH}}`, 'gu');
