/** A diff as part of a pull-request comment: what matters most first and open, the rest folded, bounded in length. */

import { isEmptyDiff, type ManifestDiff } from './diff.ts';
import { type Change, type ChangeClass, CLASSES, listChanges } from './diff-changes.ts';
import { CLASS_TITLES, hunkLines } from './diff-text.ts';
import { COMMENT_LIMIT, code, plain } from './markdown.ts';

/** Shares of the room; what a class does not use is left to the next. */
const SHARES: Readonly<Record<ChangeClass, number>> = {
  breaking: 0.3,
  permissions: 0.25,
  unreleased: 0.3,
  words: 0.7,
  additions: 0.5,
  other: 1,
};
const OPEN: ReadonlySet<ChangeClass> = new Set(['breaking', 'permissions', 'unreleased']);

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
  let room = limit - head.length - 2;
  for (const [kind, those] of byClass) {
    if (those.length === 0) continue;
    const section = renderSection(kind, those, Math.floor(room * SHARES[kind]));
    if (section.length > room) break;
    parts.push(section);
    room -= section.length + 1;
  }
  return parts.join('\n');
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 20).map(code).join(', ');
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
}

function headline(diff: ManifestDiff, changes: readonly Change[]): string {
  const servers = Object.keys(diff.servers).length;
  const counts = CLASSES.map(
    (kind) => [kind, changes.filter((change) => change.class === kind).length] as const,
  )
    .filter(([, number]) => number > 0)
    .map(([kind, number]) => `${CLASS_TITLES[kind].toLowerCase()} ${number}`);
  return `${servers} server${servers === 1 ? '' : 's'} changed: ${counts.join(', ')}`;
}

/** Whole servers as long as they fit; a line counts the rest. */
function renderSection(kind: ChangeClass, changes: readonly Change[], room: number): string {
  const open = OPEN.has(kind) && changes.length <= 40;
  const head = `<details${open ? ' open' : ''}><summary>${CLASS_TITLES[kind]}: ${changes.length}</summary>\n`;
  const foot = '\n</details>\n';
  let left = room - head.length - foot.length - 80;
  const lines: string[] = [];
  let shown = 0;
  for (const [server, those] of Map.groupBy(changes, (change) => change.server)) {
    const title = `\n${code(server)}\n`;
    for (const [index, change] of those.entries()) {
      const text = `${index === 0 ? title : ''}${renderChange(change)}`;
      const fits = text.length + 1 <= left;
      const short = fits
        ? text
        : `${index === 0 ? title : ''}${renderChange({ ...change, words: undefined })}`;
      if (short.length + 1 > left) break;
      lines.push(short);
      left -= short.length + 1;
      shown += 1;
    }
  }
  const more = changes.length - shown;
  return `${head}${lines.join('\n')}\n${more > 0 ? `\n… and ${more} more, in the check's log.\n` : ''}${foot}`;
}

function renderChange(change: Omit<Change, 'words'> & { words?: Change['words'] | undefined }): string {
  const line = `- ${change.tool === undefined ? '' : `${code(change.tool)} `}${plain(change.text)}`;
  const hunks = (change.words?.hunks ?? []).flatMap(hunkLines);
  if (hunks.length === 0) return line;
  const text = hunks.join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${line}\n${[`${fence}diff`, ...hunks, fence].map((each) => `  ${each}`).join('\n')}`;
}
