/** A diff as part of a pull-request comment: what matters most first and open, the rest folded, bounded in length. */
import { COMMENT_LIMIT, code, fenced, fitLines, plain, row } from '../markdown.ts';
import { signsBeyond } from '../sign-context.ts';
import { visible } from '../visible.ts';
import { type Change, type ChangeClass, CLASSES, listChanges } from './changes.ts';
import { isEmptyDiff, type ManifestDiff } from './diff.ts';
import { CLASS_TITLES, hunkLines } from './text.ts';
import { VERSION_HEAD, versionRows } from './versions.ts';
import { names, type Part } from './words.ts';

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
interface Detail {
  /** Characters of one side of a hunk. */
  most: number;
  /** The texts of a new tool's parameters, too. */
  more: boolean;
  /** Each class has its share of the room: not everything will fit. */
  shares: boolean;
}
/** The first at which everything fits. A reviewer who sees half a text has not reviewed it. */
const DETAILS: readonly Detail[] = [
  { most: Number.POSITIVE_INFINITY, more: true, shares: false },
  { most: Number.POSITIVE_INFINITY, more: false, shares: false },
  ...[4_000, 2_000, 1_400, 1_000, 800].map((most) => ({ most, more: false, shares: false })),
  { most: 600, more: false, shares: true },
];
/** A comment does not wrap what stands between fences. */
const WIDTH = 94;
const PARAMETERS_LEFT_OUT = "\nWhat new tools say of their parameters is in the check's log.\n";
/** Characters for the names of servers of which not all is shown. */
const MOST_NAMED = 600;
/** Tools named of those whose words changed alike; what came, went or may do more is named to the last. */
const MOST_TOOLS = 6;
const NAMED: ReadonlySet<ChangeClass> = new Set(['breaking', 'permissions', 'additions']);

export function renderMarkdown(diff: ManifestDiff, limit = COMMENT_LIMIT): string {
  const head = `**${headline(diff)}**\n\n`;
  return `${head}${renderChanges(diff, limit - head.length)}`;
}

/** What changed, without the line that sums it up. */
export function renderChanges(diff: ManifestDiff, limit: number): string {
  if (isEmptyDiff(diff)) return '';
  const changes = listChanges(diff);
  let made = { text: '', whole: false };
  for (const detail of DETAILS) {
    made = renderWith(diff, changes, limit, detail);
    if (made.whole) break;
  }
  return made.text;
}

function renderWith(diff: ManifestDiff, changes: readonly Change[], limit: number, detail: Detail) {
  const head =
    diff.wordsUnknown.length > 0
      ? `:warning: Words of ${list(diff.wordsUnknown)} changed and cannot be shown: definitions are missing.\n`
      : '';
  const parts = [head];
  const versions = renderVersions(diff, Math.floor((limit - head.length) * 0.2));
  let room = limit - head.length - versions.length - 3;
  let whole = true;
  for (const part of sectionsOf(changes)) {
    const share = detail.shares ? part.share : 1;
    const section = renderSection(part, Math.floor(room * share), detail);
    whole &&= section.whole && section.text.length <= room;
    if (section.text.length > room) break;
    parts.push(section.text);
    room -= section.text.length + 1;
  }
  return { text: [...parts, versions].filter((part) => part !== '').join('\n'), whole };
}

interface Section {
  title: string;
  changes: readonly Change[];
  open: boolean;
  /** Of the room that is left. */
  share: number;
}

/** Words with signs of an order stand apart, and open, however many others moved. */
function sectionsOf(changes: readonly Change[]): Section[] {
  return CLASSES.flatMap((kind): Section[] => {
    const [title, share] = [CLASS_TITLES[kind], SHARES[kind]];
    const those = changes.filter((change) => change.class === kind);
    if (kind !== 'words') return [{ title, changes: those, open: OPEN.has(kind), share }];
    const telling = those.filter(({ words }) => words?.signs.length);
    const others = those.filter((change) => !telling.includes(change));
    return [
      { title: `${title}, to look at first`, changes: telling, open: true, share: share / 2 },
      { title: telling.length > 0 ? `${title}, the others` : title, changes: others, open: false, share },
    ];
  }).filter((section) => section.changes.length > 0);
}

function list(ids: readonly string[]): string {
  return names(ids, 20).map(mark).join('');
}

export function headline(diff: ManifestDiff): string {
  if (isEmptyDiff(diff)) return 'No tool changed';
  const changes = listChanges(diff);
  const {
    added = [],
    removed = [],
    changed = [],
  } = Object.groupBy(Object.values(diff.servers), ({ status }) =>
    status === 'added' || status === 'removed' ? status : 'changed',
  );
  const counts = CLASSES.map(
    (kind) => [kind, changes.filter((change) => change.class === kind).length] as const,
  )
    .filter(([, number]) => number > 0)
    .map(([kind, number]) => `${CLASS_TITLES[kind].toLowerCase()} ${number}`);
  const quiet = counts.length === 0 ? 'versions only' : counts.join(', ');
  const servers = [
    ...(added.length > 0 ? [`${added.length} new`] : []),
    ...(removed.length > 0 ? [`${removed.length} gone`] : []),
    ...(changed.length > 0 ? [`${changed.length} changed`] : []),
  ].join(', ');
  const number = Object.keys(diff.servers).length;
  return `${number === 1 ? 'Server' : 'Servers'}: ${servers}. ${quiet[0]?.toUpperCase()}${quiet.slice(1)}`;
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
function renderSection({ title, changes, ...section }: Section, room: number, detail: Detail) {
  const open = section.open && changes.length <= MOST_OPEN;
  const head = `<details${open ? ' open' : ''}><summary>${title}: ${changes.length}</summary>\n`;
  const foot = '\n</details>\n';
  const reserve = Math.min(80 + MOST_NAMED, room / 4);
  let left = room - head.length - foot.length - Math.max(80, reserve) - PARAMETERS_LEFT_OUT.length;
  const lines: string[] = [];
  const cut: Change[] = [];
  let whole = true;
  for (const [server, those] of Map.groupBy(changes, (change) => change.server)) {
    const name = `\n${code(server)}\n`;
    for (const [index, change] of those.entries()) {
      const text = `${index === 0 ? name : ''}${renderChange(change, detail)}`;
      const short =
        text.length + 1 <= left
          ? text
          : `${index === 0 ? name : ''}${renderLine(change)}${elsewhere(change)}`;
      whole &&= short === text;
      if (short.length + 1 > left) {
        cut.push(...those.slice(index));
        break;
      }
      lines.push(short);
      left -= short.length + 1;
    }
  }
  const silent = !detail.more && changes.some(({ words }) => words?.more?.length);
  const rest = [
    ...(cut.length > 0 ? [`\n${cutLine(cut, reserve - 80)}\n`] : []),
    ...(silent ? [PARAMETERS_LEFT_OUT] : []),
  ].join('');
  return { text: `${head}${lines.join('\n')}\n${rest}${foot}`, whole: whole && cut.length === 0 };
}

/** What did not fit, by server: a reviewer must know whose words are still to be read. */
function cutLine(cut: readonly Change[], room: number): string {
  const servers = [...Map.groupBy(cut, ({ server }) => server)].map(
    ([server, those]) => `${code(server)} ${those.length}`,
  );
  let line = `… and ${cut.length} more, in the check's log`;
  for (const [index, each] of servers.entries()) {
    const last = index + 1 === servers.length;
    if (line.length + each.length + (last ? 0 : 30) > room + 40) {
      const left = servers.length - index;
      return index === 0 ? `${line}.` : `${line} and ${left} other server${left === 1 ? '' : 's'}.`;
    }
    line += index === 0 ? `: ${each}` : `, ${each}`;
  }
  return `${line}.`;
}

function renderLine({ class: kind, tools, text }: Change): string {
  const most = NAMED.has(kind) ? Number.POSITIVE_INFINITY : MOST_TOOLS;
  const of = tools.length === 0 ? '' : `${names(tools, most).map(mark).join('')}: `;
  return `- ${of}${text.map(mark).join('')}`;
}

function elsewhere({ words }: Change): string {
  return words?.hunks.length || words?.more?.length ? " (the words are in the check's log)" : '';
}

function mark(part: Part): string {
  return typeof part === 'string' ? plain(part) : code(visible(part.name));
}

function renderChange(change: Change, { most, more }: Detail): string {
  const line = renderLine(change);
  const { hunks: own = [], more: others = [], signs = [] } = change.words ?? {};
  const shown = [...own, ...(more ? others : [])].flatMap((hunk) => hunkLines(hunk, most));
  const hunks = [...shown, ...signsBeyond(own, signs, most)].flatMap(wrapped);
  if (hunks.length === 0) return line;
  return [line, ...fenced(hunks, 'diff').map((each) => `  ${each}`)].join('\n');
}

/** One line of a hunk as several under the same sign: where the text breaks (its `⏎` stays), and where it is too wide. */
function wrapped(line: string): string[] {
  const [sign, text] = [line.slice(0, 2), line.slice(2)];
  const pieces = (text.match(/[^⏎]*⏎+|[^⏎]+$/g) ?? []).flatMap((piece) => piece.match(PIECES) ?? []);
  return pieces.map((piece) => `${sign}${piece}`.trimEnd());
}

const PIECES = new RegExp(`.{1,${WIDTH}}(?:\\s+|$)|.{${WIDTH}}`, 'gu');
