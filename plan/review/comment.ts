/** A review as the comment a reviewer reads: what is forbidden first, then what it grants, then what it changes. */
import { isReading, serviceOf } from '../access.ts';
import { headline, renderChanges } from '../diff/markdown.ts';
import type { ManifestDiff } from '../diff/types.ts';
import { COMMENT_LIMIT, code, fenced, fitLines, folded, plain, row } from '../markdown.ts';
import { NARROWING } from '../schema/projection.ts';
import type { ResourceChange, ResourceReview } from './preview-digest.ts';
import type { PermissionChange, Review } from './review.ts';
import type { Finding } from './rules.ts';

/** First line of a comment: by it the comment is found again and edited. */
export function commentMarker(stack: string): string {
  return `<!-- mcpgw review of stack ${stack} -->`;
}

/** The whole text of a part that has nothing to say: no comment is made for it, an old one is brought up to date. */
export const UNCHANGED = 'Nothing of this stack changes.';

/** Lines of grants that stand open. */
const MOST_OPEN = 30;
/** What a job adds to the tools' part, or another job in a part of its own. */
const RESOURCES_ROOM = 18_000;
/** Beside what resources need: marker, foot, and the invisible marks by which found texts are tamed. */
const REVIEW_ROOM = COMMENT_LIMIT - RESOURCES_ROOM - 2_000;

/** The room of the tools' part beside this one. */
export function roomBeside(resources: string): number {
  return REVIEW_ROOM + Math.max(0, RESOURCES_ROOM - resources.length);
}

/** The tools' part: at most `limit` characters, the most important first. */
export function renderReview(
  review: Review,
  tools: ManifestDiff,
  news?: ResourceNews,
  limit = REVIEW_ROOM,
): string {
  const verdicts = [
    ...review.problems.map(({ at, message, hint }) => `- :x: ${code(at)} ${plain(message)}. ${plain(hint)}.`),
    ...[...review.findings].sort((a, b) => Number(b.forbidden) - Number(a.forbidden)).map(findingLine),
  ];
  const head = [
    `### Stack ${code(review.stack)}${review.isNew ? ' (new)' : ''}: ${verdict(review, news)}`,
    ...(verdicts.length > 0 ? [fitLines(verdicts, limit * 0.3)] : []),
    '',
    `**${headline(tools)}.** ${targetsLine(review)}`.trimEnd(),
    '',
    totals(review),
  ].join('\n');
  const rest = limit - head.length;
  const granted = review.permissions.flatMap(permissionLines);
  const permissions = folded(
    `Permissions: ${countOf(review.permissions)}`,
    granted,
    rest * 0.25,
    granted.length <= MOST_OPEN,
  );
  const losses = folded(
    `What the gateway's schemas cannot say: ${review.losses.length} more`,
    lossLines(review),
    rest * 0.1,
  );
  const diff = renderChanges(tools, rest - permissions.length - losses.length - 10);
  return [head, permissions, diff, losses].filter((part) => part !== '').join('\n');
}

export interface ResourceNews {
  stack: string;
  resources: ResourceReview;
  /** Says what such a preview cannot know. */
  offline: boolean;
  /** Merged, and not deployed yet. */
  waiting?: readonly ResourceChange[] | undefined;
  /** Changed by hand in the account. */
  drift?: readonly ResourceChange[] | undefined;
}

/** What takes something away first: a gateway that is replaced has another URL. */
const OPS: readonly ResourceChange['op'][] = ['replace', 'delete', 'update', 'create'];
const marked = (op: ResourceChange['op']) => (op === 'replace' || op === 'delete' ? `:warning: ${op}` : op);
/** So many are read one by one, without a table before them. */
const FEW = 12;

/** The resources' part: at most `limit` characters. */
export function renderResources(news: ResourceNews, limit = RESOURCES_ROOM): string {
  const { stack, resources, offline, waiting = [], drift = [] } = news;
  const { unchanged, errors } = resources;
  const changes = [...resources.changes].sort((a, b) => OPS.indexOf(a.op) - OPS.indexOf(b.op));
  const byType = Map.groupBy(changes, ({ op, type }) => row([marked(op), type]));
  const rows = [...byType].map(([cells, all]) => `${cells} ${all.length} |`);
  const byHand = drift.length > 0 ? `:x: ${drift.length} changed by hand; ` : '';
  const note = offline
    ? 'Previewed offline: the base was brought up in an empty imitation of AWS and the head previewed there. It shows what the program changes, not the drift of the real stack.'
    : 'Previewed against the real stack with a role that can only read.';
  return [
    `#### Resources of ${code(stack)}: ${
      errors.length > 0 ? ':x: no preview' : `${byHand}${changes.length} to change, ${unchanged} unchanged`
    }\n`,
    errors.length > 0
      ? `${fenced(fitLines(errors.join('\n').split('\n'), limit * 0.2).split('\n')).join('\n')}\n`
      : '',
    folded(
      `:x: ${drift.length} changed by hand: nobody reviewed it, and the next deployment changes it back`,
      drift.map(changeLine),
      limit * 0.2,
      drift.length <= 20,
    ),
    folded(
      `:warning: ${waiting.length} merged and not deployed yet: they come with the next deployment`,
      waiting.map(changeLine),
      limit * 0.15,
    ),
    ...(changes.length > FEW
      ? [`${[row(['', 'type', 'count']), row(['-', '-', '-']), ...rows].join('\n')}\n`]
      : []),
    folded('Each resource', changes.map(changeLine), limit * 0.35, changes.length <= FEW),
    `_${note}_\n`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function verdict({ findings, problems }: Review, news: ResourceNews | undefined): string {
  const forbidden = findings.filter((finding) => finding.forbidden).length;
  const failed = (news?.resources.errors.length ?? 0) > 0;
  const drift = news?.drift?.length ?? 0;
  const parts = [
    ...(problems.length > 0 ? [`${problems.length} problem${problems.length === 1 ? '' : 's'}`] : []),
    ...(forbidden > 0 ? [`${forbidden} change${forbidden === 1 ? '' : 's'} that a rule forbids`] : []),
    ...(failed ? ['its resources cannot be previewed'] : []),
    ...(drift > 0 ? [`${drift} resource${drift === 1 ? '' : 's'} changed by hand`] : []),
  ];
  return parts.length > 0 ? `:x: ${parts.join(', ')}` : 'nothing forbidden';
}

function findingLine({ rule, at, message, forbidden }: Finding): string {
  return `- ${forbidden ? ':x:' : ':warning:'} **${rule}** ${code(at)}: ${plain(message)}`;
}

/** What stays has no row: a table is looked at for what moved. */
function totals({ totals: all }: Review): string {
  const pairs = Object.entries(all);
  const moved = pairs.filter(([, [before, after]]) => before !== after);
  const stays = pairs.filter(([, [before, after]]) => before === after);
  const rows = moved.map(([name, [before, after]]) =>
    row([name, before, after, `${after > before ? '+' : '−'}${round(Math.abs(after - before))}`]),
  );
  const table = [row(['', 'base', 'head', '']), row(['-', '-:', '-:', '-:']), ...rows, ''];
  const rest = stays.map(([name, [value]]) => `${name} ${value}`).join(', ');
  return [...(rows.length > 0 ? table : []), ...(rest === '' ? [] : [`As before: ${rest}.`, ''])].join('\n');
}

const round = (number: number) => Math.round(number * 100) / 100;

function targetsLine({ targets: { added, removed } }: Review): string {
  const parts = [
    ...(added.length > 0 ? [`new: ${listed(added, 12)}`] : []),
    ...(removed.length > 0 ? [`gone: ${listed(removed, 12)}`] : []),
  ];
  return parts.length === 0 ? '' : `Targets ${parts.join('; ')}.`;
}

function listed(names: readonly string[], most = 6): string {
  const shown = names.slice(0, most).map(code).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

function countOf(changes: readonly PermissionChange[]): string {
  const added = changes.reduce((sum, change) => sum + change.added.length, 0);
  const removed = changes.reduce((sum, change) => sum + change.removed.length, 0);
  const write = changes.flatMap((change) => change.added).filter(({ access }) => !isReading(access)).length;
  const kind =
    added === 0
      ? ''
      : write === 0
        ? ', all of them read'
        : `, ${write} of them ${write === 1 ? 'does' : 'do'} more than read`;
  return `${added} added${kind}, ${removed} removed`;
}

/** By target; what can write before what only reads, a service to a line. */
function permissionLines({ target, added, removed }: PermissionChange): string[] {
  const groups = Map.groupBy(added, ({ action, access, resources }) =>
    JSON.stringify([
      isReading(access) ? 1 : 0,
      serviceOf(action),
      isReading(access) ? 'reads' : access,
      resources,
    ]),
  );
  const lines = [...groups].sort().map(([key, grants]) => {
    const [, service, access, resources] = JSON.parse(key) as [number, string, string, string[]];
    const names = grants.map(({ action }) => action.slice(service.length + 1)).join(' ');
    const level = access === 'reads' ? access : `**${access}**`;
    const tools = [...new Set(grants.flatMap(({ by }) => by))].sort();
    const by = tools.length > 0 ? `, by ${listed(tools)}` : '';
    return `  - \`+\` ${level} ${code(service)} ${code(names)} on ${resources.map(code).join(' ')}${by}`;
  });
  const gone = [...Map.groupBy(removed, serviceOf)].map(
    ([service, all]) =>
      `  - \`-\` ${code(service)} ${code(all.map((action) => action.slice(service.length + 1)).join(' '))}`,
  );
  return [`- ${code(target)}`, ...lines, ...gone];
}

/** Alike ones together, those by which something is lost first: a bound that moved into a description is still read. */
function lossLines({ losses }: Review): string[] {
  const kinds = [...Map.groupBy(losses, ({ loss }) => loss)].sort(
    ([a], [b]) => Number(b.endsWith(NARROWING)) - Number(a.endsWith(NARROWING)),
  );
  return kinds.map(([loss, all]) => {
    const tools = [...Map.groupBy(all, ({ tool }) => tool)].map(
      ([tool, places]) => `${code(tool)} (${places.map(({ at }) => code(at)).join(', ')})`,
    );
    return `- ${plain(loss)}: ${tools.join(', ')}`;
  });
}

function changeLine({ op, type, name, because }: ResourceChange): string {
  const why = because.length > 0 ? ` (${because.slice(0, 5).map(code).join(', ')})` : '';
  return `- ${marked(op)} ${code(type)} ${code(name)}${why}`;
}
