/** A diff for a terminal: plain lines, grouped by risk, every found text whole and made visible. */
import { visible } from '../visible.ts';
import { type Change, type ChangeClass, CLASSES, listChanges } from './changes.ts';
import { isEmptyDiff, type ManifestDiff } from './diff.ts';
import { VERSION_HEAD, versionRows } from './versions.ts';
import type { Hunk } from './word-diff.ts';
import { textOf } from './words.ts';

export const CLASS_TITLES: Readonly<Record<ChangeClass, string>> = {
  breaking: 'Breaks callers',
  permissions: 'Permissions and access',
  unreleased: 'Changed without a release',
  words: 'Words that a model reads',
  additions: 'Additions',
  other: 'Other changes',
};

export function renderText(diff: ManifestDiff): string {
  if (isEmptyDiff(diff)) return 'No difference.\n';
  const changes = listChanges(diff);
  const sections = CLASSES.flatMap((wanted) => {
    const those = changes.filter((change) => change.class === wanted);
    return those.length === 0
      ? []
      : [`${CLASS_TITLES[wanted]} (${those.length})`, ...those.flatMap(lines), ''];
  });
  const unknown =
    diff.wordsUnknown.length > 0
      ? [
          `Words of ${diff.wordsUnknown.join(', ')} changed and could not be shown: definitions are missing.`,
          '',
        ]
      : [];
  return [...sections, ...unknown, ...versionLines(diff)].join('\n');
}

function lines(change: Change): string[] {
  const where = [change.server, change.tools.join(', ')].filter((part) => part !== '').join(' ');
  return [
    `  ${visible(where)}: ${visible(textOf(change.text))}`,
    ...[...(change.words?.hunks ?? []), ...(change.words?.more ?? [])].flatMap((hunk) =>
      hunkLines(hunk).map((line) => `    ${line}`),
    ),
  ];
}

function versionLines(diff: ManifestDiff): string[] {
  const rows = [
    [...VERSION_HEAD],
    ...versionRows(diff).map(({ server, cells }) => [server, ...cells].map(visible)),
  ];
  const widths = VERSION_HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
  return [`Versions (${rows.length - 1})`, ...rows.map(line), ''];
}

/**
 * A hunk as a line that went and one that came, the words around it on both, so that what was only taken out or put in
 * is seen too; each cut after `most` characters.
 */
export function hunkLines(
  { before, removed, added, after }: Hunk,
  most = Number.POSITIVE_INFINITY,
): string[] {
  const line = (sign: string, middle: string) =>
    `${sign} ${cut(visible(before), -120)}${cut(visible(middle), most)}${cut(visible(after), 120)}`.trimEnd();
  const inside = before !== '' || after !== '';
  return [
    ...(removed !== '' || inside ? [line('-', removed)] : []),
    ...(added !== '' || inside ? [line('+', added)] : []),
  ];
}

function cut(text: string, most: number): string {
  if (text.length <= Math.abs(most)) return text;
  return most < 0 ? `…${text.slice(most)}` : `${text.slice(0, most)}… (${text.length - most} more)`;
}
