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
/** Of one side of a hunk; the log has all of it. */
const MAX_HUNK = 600;
/** Tools named of those that changed alike. */
const MOST_TOOLS = 6;

export function renderMarkdown(diff: ManifestDiff, limit = COMMENT_LIMIT): string {
  if (isEmptyDiff(diff)) return 'No tool changed.\n';
  const changes = listChanges(diff);
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
  for (const [kind, those] of byClass) {
    if (those.length === 0) continue;
    const section = renderSection(kind, those, Math.floor(room * SHARES[kind]));
    if (section.length > room) break;
    parts.push(section);
    room -= section.length + 1;
  }
  return [...parts, versions].join('\n');
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
function renderSection(kind: ChangeClass, changes: readonly Change[], room: number): string {
  const open = OPEN.has(kind) && changes.length <= MOST_OPEN;
  const head = `<details${open ? ' open' : ''}><summary>${CLASS_TITLES[kind]}: ${changes.length}</summary>\n`;
  const foot = '\n</details>\n';
  let left = room - head.length - foot.length - 80;
  const lines: string[] = [];
  let shown = 0;
  for (const [server, those] of Map.groupBy(changes, (change) => change.server)) {
    const title = `\n${code(server)}\n`;
    for (const [index, change] of those.entries()) {
      const text = `${index === 0 ? title : ''}${renderChange(change)}`;
      const short =
        text.length + 1 <= left
          ? text
          : `${index === 0 ? title : ''}${renderLine(change)}${elsewhere(change)}`;
      if (short.length + 1 > left) break;
      lines.push(short);
      left -= short.length + 1;
      shown += 1;
    }
  }
  const more = changes.length - shown;
  return `${head}${lines.join('\n')}\n${more > 0 ? `\n… and ${more} more, in the check's log.\n` : ''}${foot}`;
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

function renderChange(change: Change): string {
  const line = renderLine(change);
  const hunks = (change.words?.hunks ?? []).flatMap((hunk) => hunkLines(hunk, MAX_HUNK));
  if (hunks.length === 0) return line;
  const text = hunks.join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${line}\n${[`${fence}diff`, ...hunks, fence].map((each) => `  ${each}`).join('\n')}`;
}
