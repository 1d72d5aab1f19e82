/** `mcpgw why --from-log` for a terminal. */
import type { ServerUsage, Usage } from './usage.ts';

export function renderUsage({ servers, silent, foreign }: Usage): string {
  const lines = servers.flatMap(serverLines);
  if (silent.length > 0) lines.push(`no call in the log, nothing is said about: ${silent.join(', ')}`);
  if (foreign.length > 0) lines.push(`in the log and not in this stack: ${foreign.join(', ')}`);
  if (lines.length === 0) lines.push('no call of a server of this stack is in the log');
  return `${lines.join('\n')}\n`;
}

function serverLines(usage: ServerUsage): string[] {
  const { server, calls, unnamed, used, unused, unseen, ungranted, unknown, withhold, grant } = usage;
  const lines = [`${server}: ${count(calls, 'call')}, ${count(used.length, 'action')} used`];
  for (const { action, access, tools } of unused)
    lines.push(`  granted, never used  ${action}  ${access}${of(tools)}`);
  if (withhold !== undefined) lines.push(`    remove: ${withhold}`);
  for (const { action, times, refused, tools } of ungranted) {
    const so = refused === 0 ? '' : `, ${refused} refused`;
    lines.push(`  used, not granted    ${action}  ${count(times, 'time')}${so}${of(tools)}`);
  }
  if (grant !== undefined) lines.push(`    grant: ${grant}`);
  for (const { call, times } of unknown)
    lines.push(`  in no table of ours  ${call}  ${count(times, 'time')}`);
  if (unseen.length > 0) lines.push(`  no log can show: ${unseen.join(', ')}`);
  if (unnamed > 0)
    lines.push(`  ${count(unnamed, 'AWS call')} counted and not named: what looks unused may be among them`);
  return lines;
}

function of(tools: readonly string[]): string {
  return tools.length === 0 ? '' : `  (${tools.join(', ')})`;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
