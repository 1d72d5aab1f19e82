/** The AWS calls of one tool call, for a terminal. */
import type { AwsReport } from '../gateway/aws-report.ts';
import { table } from './output.ts';

export function renderAwsReport(report: AwsReport | undefined): string {
  if (report === undefined) return 'AWS calls: this gateway does not tell them';
  const { calls, more, grant } = report;
  if (calls.length === 0) return 'AWS calls: none that the AWS SDK for Python reported';
  const rows = calls.map(({ action, status, ms, error }) => [
    action,
    status === undefined ? '-' : String(status),
    ms === undefined ? '-' : String(ms),
    error ?? '',
  ]);
  const lines = [table([['AWS call', 'status', 'ms', 'error'], ...rows])];
  if (more > 0) lines.push(`and ${more} more`);
  if (grant !== undefined) lines.push(`the line of the settings that would grant it: ${grant}`);
  return lines.join('\n');
}
