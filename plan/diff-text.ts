/** A diff for a terminal: plain lines, grouped by risk, every found text made visible. */

import { isEmptyDiff, type ManifestDiff } from './diff.ts';
import { type Change, type ChangeClass, CLASSES, listChanges } from './diff-changes.ts';
import { visible } from './visible.ts';
import type { Hunk } from './word-diff.ts';

export const CLASS_TITLES: Readonly<Record<ChangeClass, string>> = {
  breaking: 'Breaks callers',
  permissions: 'Permissions and access',
  unreleased: 'Changed without a release',
  words: 'Words that a model reads',
  additions: 'Additions',
  other: 'Other changes',
};

/** Of one side of a hunk. */
const MAX_HUNK = 600;

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
  return [...sections, ...unknown].join('\n');
}

function lines(change: Change): string[] {
  const where = change.tool === undefined ? change.server : `${change.server} ${change.tool}`;
  return [
    `  ${visible(where)}: ${visible(change.text)}`,
    ...(change.words?.hunks ?? []).flatMap((hunk) => hunkLines(hunk).map((line) => `    ${line}`)),
  ];
}

/** A hunk as a line that went and one that came, the words around it on both. */
export function hunkLines({ before, removed, added, after }: Hunk): string[] {
  const line = (sign: string, middle: string) =>
    `${sign} ${cut(visible(before), -120)}${cut(visible(middle), MAX_HUNK)}${cut(visible(after), 120)}`.trimEnd();
  return [...(removed === '' ? [] : [line('-', removed)]), ...(added === '' ? [] : [line('+', added)])];
}

function cut(text: string, most: number): string {
  if (text.length <= Math.abs(most)) return text;
  return most < 0 ? `…${text.slice(most)}` : `${text.slice(0, most)}… (${text.length - most} more)`;
}
