/** Prints what was measured: the table, its percentiles, the bounds that are broken, and what is not hosted. */
import { LAMBDA_UNZIPPED_LIMIT, LAYER_ALLOWANCE } from '../../plan/build.ts';
import type { ServerEntry } from '../../plan/manifest.ts';
import { BOUNDS } from '../proxies/cold-start.ts';
import { percentile } from '../proxies/statistics.ts';
import type { Answered } from './first-calls.ts';
import type { Measured } from './results.ts';

const HEAD = [
  ...['server', 'form', 'Python', 'processor', 'zip MB', 'unpacked MB', '.pyc MB', 'fits with layer'],
  ...['bare s', 'bare without .pyc s', 'cold s', 'Node MB', 'all MB', 'call without AWS', 'call of AWS'],
];

export function printTable(
  hostable: readonly ServerEntry[],
  measured: Readonly<Record<string, Measured>>,
  all: readonly ServerEntry[],
): void {
  line(HEAD);
  line(HEAD.map(() => '---'));
  for (const { id } of hostable) line(row(id, measured[id] ?? {}));
  console.log('');
  for (const { id, kind, hosting } of all) {
    if (kind !== 'stdio') console.log(`${id}: ${kind}, nothing to package`);
    else if (hosting?.lambda === false) console.log(`${id}: not hosted: ${hosting.reason}`);
  }
  const starts = hostable.flatMap(({ id }) => measured[id]?.start ?? []);
  if (starts.length === 0) return;
  const colds = starts.map(({ cold }) => cold);
  const [p50, p95] = [0.5, 0.95].map((share) => Math.round(percentile(colds, share)));
  console.log(`\ncold start over ${starts.length} servers: p50 ${p50} ms, p95 ${p95} ms`);
  for (const [name, holds] of Object.entries(BOUNDS)) {
    const broken = starts.filter((start) => !holds(start)).map(({ server }) => server);
    console.log(
      `${name}: ${starts.length - broken.length} of ${starts.length}; not: ${broken.join(', ') || '-'}`,
    );
  }
}

function row(id: string, { package: report, start, calls, failed }: Measured): string[] {
  const megabytes = (bytes: number | undefined) => (bytes ? (bytes / 1e6).toFixed(1) : '-');
  const seconds = (ms: number | undefined) => (ms === undefined ? '-' : (ms / 1000).toFixed(2));
  return [
    ...[id, report?.form ?? '-', report?.python ?? '-', report?.architecture ?? '-'],
    ...[report?.zipBytes, report?.unpackedBytes, report?.compiledBytes].map(megabytes),
    report === undefined || report.form === 'image' ? '-' : fits(report.unpackedBytes),
    ...[start?.withPyc, start?.withoutPyc, start?.cold].map(seconds),
    ...[String(start?.nodeMb ?? '-'), String(start?.allMb ?? '-')],
    [failed, shown(calls?.none)].filter(Boolean).join('; '),
    shown(calls?.aws),
  ];
}

function fits(bytes: number): string {
  return bytes + LAYER_ALLOWANCE <= LAMBDA_UNZIPPED_LIMIT ? 'yes' : 'NO';
}

function shown(answered: Answered | undefined): string {
  if (answered === undefined) return '-';
  const { tool, outcome, aws } = answered;
  return `${tool}: ${outcome}${aws.length > 0 ? ` (${aws.slice(0, 3).join(', ')})` : ''}`;
}

function line(cells: readonly string[]): void {
  console.log(`| ${cells.map((cell) => cell.replaceAll('\n', ' ').replaceAll('|', '/')).join(' | ')} |`);
}
