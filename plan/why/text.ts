/** What `mcpgw why` prints: a table for a whole server, a paragraph for each grant of a tool or an action. */
import { isReading, serviceOf } from '../access.ts';
import type { WhyAnswer, WhyGrant } from './why.ts';

export function renderWhy(answer: WhyAnswer): string {
  const lines = answer.subject.kind === 'server' ? serverLines(answer) : grantParagraphs(answer);
  for (const { server, words } of answer.unresolved) lines.push(`${server}, not derived: ${words}`);
  return `${lines.join('\n')}\n`;
}

function grantParagraphs({ subject, tools, grants }: WhyAnswer): string[] {
  return [
    ...(subject.kind === 'tool'
      ? tools.flatMap(({ server, tool, access, because, remove }) => [
          `${tool} of ${server}: ${access} (because of ${because})`,
          `  remove: ${remove}`,
        ])
      : []),
    ...grants.flatMap(grantLines),
    ...(grants.length === 0 ? [`${subject.name}: nothing is granted for it`] : []),
  ];
}

function grantLines(grant: WhyGrant): string[] {
  const state = grant.granted ? `granted on ${place(grant)}` : `not granted: ${grant.withheld ?? ''}`;
  const unfollowed = grant.unfollowed > 0 ? [`${grant.unfollowed} that could not be followed`] : [];
  const tools = [...grant.tools, ...unfollowed];
  return [
    `${grant.server}  ${grant.action}  ${grant.access}  ${state}`,
    `  because: ${grant.from.join(', ')}`,
    ...(tools.length > 0 ? [`  tools: ${tools.join(', ')}`] : []),
    ...(grant.grant ?? []).map((line) => `  grant: ${line}`),
    ...grant.remove.map((line) => `  remove: ${line}`),
  ];
}

/** Where a grant holds: its resources, and IAM's conditions in words. */
export function place({ resources, conditions }: Pick<WhyGrant, 'resources' | 'conditions'>): string {
  const words = Object.entries(conditions ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => `${key} ${operator} ${[value].flat().join(' or ')}`),
  );
  return `${resources.join(', ')}${words.length > 0 ? `, if ${words.join(' and ')}` : ''}`;
}

/** What writes first: it is what a reviewer came for. */
function serverLines({ subject, tools, grants }: WhyAnswer): string[] {
  const granted = grants.filter((grant) => grant.granted);
  const reads = granted.filter(({ access }) => isReading(access));
  const own = `servers.settings.${subject.name}`;
  const [service] = granted.map(({ action }) => serviceOf(action));
  return [
    `${subject.name}: ${tools.length} ${tools.length === 1 ? 'tool' : 'tools'}; ${granted.length} actions granted, ${granted.length - reads.length} of them write`,
    ...section(
      'writes',
      granted.filter((grant) => !reads.includes(grant)),
    ),
    ...section('reads', reads),
    ...section(
      'not granted',
      grants.filter((grant) => !grant.granted),
    ),
    ...(service === undefined
      ? []
      : [
          `  one less:    ${own}.withhold: [ACTION]`,
          `  reads only:  ${own}.readOnly: true`,
          `  narrower:    ${own}.resources.${service}: [ARN]`,
          '  in full:     mcpgw why ACTION',
        ]),
  ];
}

function section(title: string, grants: readonly WhyGrant[]): string[] {
  if (grants.length === 0) return [];
  const width = Math.max(...grants.map(({ action }) => action.length));
  return [
    `  ${title}`,
    ...grants.map((grant) => {
      const where = grant.granted ? place(grant) : (grant.withheld ?? '');
      return `    ${grant.action.padEnd(width)}  ${where}  <- ${some(grant.from)}`;
    }),
  ];
}

function some(places: readonly string[]): string {
  return places.length > 3
    ? `${places.slice(0, 3).join(', ')} and ${places.length - 3} more`
    : places.join(', ');
}
