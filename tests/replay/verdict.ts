/** What a replay shows: calls that were refused, what is left, what moto cannot say, and a table of it all. */
import { lifecycleOf } from './calls/index.ts';
import type { Played } from './replay.ts';
import type { Listing, Made, Step } from './resource.ts';
import { type Call, labelOf } from './script.ts';

/** One line for each call that was not taken. */
export function refusals(played: readonly Played<Call>[]): string[] {
  return played.flatMap(({ call, answer, against }) => {
    const lines = against.map((line) => `${labelOf(call)}: ${line}`);
    if (answer.outcome === 'invalid') return [...lines, `${labelOf(call)}: ${oneLine(answer.message)}`];
    if (answer.outcome !== 'refused' || isLivedWith(call, answer.code)) return lines;
    return [...lines, `${labelOf(call)}: moto refuses it: ${oneLine(answer.message)}`];
  });
}

function isLivedWith({ accepts = [] }: Step, code: string): boolean {
  return accepts.some((accepted) => code === accepted);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, '; ');
}

export type Listed = ReadonlyMap<Listing, readonly string[] | undefined>;

/** What is there that was not before and is none of `kept`, and what of `kept` is not. */
export function leftovers(
  before: Listed,
  after: Listed,
  kept: readonly Made[],
  realOf: (text: string) => string,
): string[] {
  return [...after].flatMap(([listing, now]) => {
    const { service, operation, identity } = listing;
    const expected = kept
      .filter(({ type }) => lifecycleOf(type).left === listing)
      .map((made) => realOf(identity(made)));
    const old = before.get(listing) ?? [];
    const more = (now ?? []).filter((id) => !old.includes(id) && !expected.includes(id));
    const less = now === undefined ? [] : expected.filter((id) => !now.includes(id));
    return [
      ...more.map((id) => `left: ${id} (${service} ${operation})`),
      ...less.map((id) => `gone, though it should have been kept: ${id} (${service} ${operation})`),
    ];
  });
}

/** Operations that moto does not have, and how often each was asked for: botocore judged them, nothing answered. */
export function notInMoto(played: readonly Played[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { call, answer } of played) {
    if (answer.outcome !== 'not in moto') continue;
    const key = `${call.service} ${call.operation}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** Markdown: calls by service. */
export function tableOf(up: readonly Played<Call>[], down: readonly Played<Call>[]): string {
  const services = [...new Set([...up, ...down].map(({ call }) => call.service))].sort();
  const of = (played: readonly Played<Call>[], service?: string) =>
    played.filter(({ call }) => service === undefined || call.service === service);
  const row = (name: string, service?: string) => {
    const [made, gone] = [of(up, service), of(down, service)];
    const all = [...made, ...gone];
    const count = (outcome: string) => all.filter(({ answer }) => answer.outcome === outcome).length;
    const valid = all.filter(({ answer, against }) => answer.outcome !== 'invalid' && against.length === 0);
    return [
      name,
      made.length,
      gone.length,
      valid.length,
      count('done'),
      count('refused'),
      count('not in moto'),
    ];
  };
  const lines = [...services.map((service) => row(service, service)), row('**all**')];
  return [
    '| service | calls of up | of destroy, and by hand | valid by botocore | answered by moto | refused | not in moto |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...lines.map((line) => `| ${line.join(' | ')} |`),
  ].join('\n');
}
