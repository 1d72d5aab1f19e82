/** A review as the comment a reviewer reads: what is forbidden first, then what it grants, then what it changes. */

import { serviceOf } from './access.ts';
import { COMMENT_LIMIT, code, folded, plain, row } from './markdown.ts';
import type { ResourceReview } from './preview-digest.ts';
import type { PermissionChange, Review } from './review.ts';
import type { Finding } from './rules.ts';

/** First line of a comment: by it the comment is found again and edited. */
export function commentMarker(stack: string): string {
  return `<!-- mcpgw review of stack ${stack} -->`;
}

/** The whole text of a part that has nothing to say: no comment is made for it, an old one is brought up to date. */
export const UNCHANGED = 'Nothing of this stack changes.';

export interface ToolDiffText {
  /** Rendered by diff.ts, of at most `limit` characters. */
  markdown(limit: number): string;
  isEmpty: boolean;
}

/** The tools' part: at most `limit` characters. */
export function renderReview(review: Review, tools: ToolDiffText, limit = COMMENT_LIMIT - 20_000): string {
  const top = [
    `### Stack ${code(review.stack)}${review.isNew ? ' (new)' : ''}: ${verdict(review)}`,
    ...review.problems.map(({ at, message, hint }) => `- :x: ${code(at)} ${plain(message)}. ${plain(hint)}.`),
    ...review.findings.map(findingLine),
    '',
    totals(review),
    targetsLine(review),
  ].filter((line, index) => line !== '' || index > 0);
  const head = `${top.join('\n')}\n`.slice(0, limit / 2);
  const rest = limit - head.length;
  const permissions = folded(
    `Permissions: ${countOf(review.permissions)}`,
    review.permissions.flatMap(permissionLines),
    rest * 0.25,
    review.permissions.length > 0 && review.permissions.length <= 5,
  );
  const losses = folded(
    `What the gateway's schemas cannot say: ${review.losses.length} more`,
    review.losses.map(({ tool, at, loss }) => `- ${code(tool)} ${code(at)}: ${plain(loss)}`),
    rest * 0.1,
  );
  const diff = tools.isEmpty
    ? 'No tool changed.\n'
    : tools.markdown(rest - permissions.length - losses.length - 10);
  return [head, permissions, diff, losses].filter((part) => part !== '').join('\n');
}

/** The resources' part. `offline` says what such a preview cannot know; `pending` is what the base has waiting already. */
export function renderResources(
  resources: ResourceReview,
  { offline, pending }: { offline: boolean; pending?: ResourceReview | undefined },
  limit = 18_000,
): string {
  const { changes, unchanged, errors } = resources;
  const byType = Map.groupBy(changes, (change) => `${change.op} ${change.type}`);
  const rows = [...byType].sort().map(([key, all]) => row([...key.split(' '), all.length]));
  const note = offline
    ? 'Previewed offline: the base was brought up in an empty imitation of AWS and the head previewed there. It shows what the program changes, not the drift of the real stack.'
    : 'Previewed against the real stack with a role that can only read.';
  const drift = pending?.changes ?? [];
  return [
    `#### Resources: ${changes.length} to change, ${unchanged} unchanged\n`,
    ...(rows.length > 0
      ? [`${[row(['', 'type', 'count']), row(['-', '-', '-']), ...rows].join('\n')}\n`]
      : []),
    ...errors.map((error) => `- :x: ${plain(error).slice(0, 500)}`),
    ...(drift.length === 0
      ? []
      : [
          folded(
            `:x: ${drift.length} changes wait on the base already (drift, or a deployment that did not run)`,
            drift.map(changeLine),
            limit * 0.3,
          ),
        ]),
    folded('Each resource', changes.map(changeLine), limit * 0.5),
    `_${note}_\n`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function verdict({ findings, problems }: Review): string {
  const forbidden = findings.filter((finding) => finding.forbidden).length;
  const parts = [
    ...(problems.length > 0 ? [`${problems.length} problem${problems.length === 1 ? '' : 's'}`] : []),
    ...(forbidden > 0 ? [`${forbidden} change${forbidden === 1 ? '' : 's'} that a rule forbids`] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : 'nothing forbidden';
}

function findingLine({ rule, at, message, forbidden }: Finding): string {
  return `- ${forbidden ? ':x:' : ':warning:'} **${rule}** ${code(at)}: ${plain(message)}`;
}

function totals({ totals: all }: Review): string {
  const cells = ([before, after]: [number, number]) =>
    before === after
      ? [before, after, '']
      : [before, after, after > before ? `+${round(after - before)}` : round(after - before)];
  const rows = Object.entries(all).map(([name, pair]) => row([name, ...cells(pair)]));
  return [row(['', 'base', 'head', '']), row(['-', '-:', '-:', '-:']), ...rows, ''].join('\n');
}

const round = (number: number) => Math.round(number * 100) / 100;

function targetsLine({ targets: { added, removed } }: Review): string {
  const parts = [
    ...(added.length > 0 ? [`new: ${added.map(code).join(', ')}`] : []),
    ...(removed.length > 0 ? [`gone: ${removed.map(code).join(', ')}`] : []),
  ];
  return parts.length === 0 ? '' : `Targets ${parts.join('; ')}.\n`;
}

function countOf(changes: readonly PermissionChange[]): string {
  const added = changes.reduce((sum, change) => sum + change.added.length, 0);
  const removed = changes.reduce((sum, change) => sum + change.removed.length, 0);
  return `${added} added, ${removed} removed`;
}

/** By target; what can write before what only reads, a service to a line. */
function permissionLines({ target, added, removed }: PermissionChange): string[] {
  const reads = (access: string) => access === 'List' || access === 'Read';
  const groups = Map.groupBy(added, ({ action, access, resources }) =>
    JSON.stringify([reads(access) ? 1 : 0, serviceOf(action), reads(access) ? 'reads' : access, resources]),
  );
  const lines = [...groups].sort().map(([key, grants]) => {
    const [, service, access, resources] = JSON.parse(key) as [number, string, string, string[]];
    const names = grants.map(({ action }) => action.slice(service.length + 1)).join(' ');
    const level = access === 'reads' ? access : `**${access}**`;
    return `  - \`+\` ${level} ${code(service)} ${code(names)} on ${resources.map(code).join(' ')}`;
  });
  const gone = [...Map.groupBy(removed, serviceOf)].map(
    ([service, all]) =>
      `  - \`-\` ${code(service)} ${code(all.map((action) => action.slice(service.length + 1)).join(' '))}`,
  );
  return [`- ${code(target)}`, ...lines, ...gone];
}

function changeLine({ op, type, name, because }: ResourceReview['changes'][number]): string {
  const why = because.length > 0 ? ` (${because.slice(0, 5).map(code).join(', ')})` : '';
  return `- ${op} ${code(type)} ${code(name)}${why}`;
}
