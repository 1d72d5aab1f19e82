/**
 * `contract.<stack>.yaml`: what a real gateway answered, and the switches that follow from it. The local gateway reads
 * it and imitates the account from then on; a reviewer sees in it which assumption did not hold.
 */
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { McpgwError, messageOf } from '../../plan/errors.ts';
import { ASSUMED, type Behaviour } from '../behaviour.ts';
import type { Finding } from './questions.ts';

const schema = z.strictObject({
  formatVersion: z.literal(1),
  stack: z.string(),
  region: z.string(),
  answers: z.record(z.string(), z.strictObject({ answer: z.string(), evidence: z.string() })),
});
export type ContractRecord = z.infer<typeof schema>;

export function formatRecord(record: ContractRecord): string {
  return stringify(schema.parse(record), { sortMapEntries: true, lineWidth: 0 });
}

export function parseRecord(text: string, where: string): ContractRecord {
  try {
    return schema.parse(parse(text, { maxAliasCount: 0 }));
  } catch (cause) {
    throw new McpgwError('settings-invalid', `${where}: ${messageOf(cause)}`, {
      hint: 'it is written by `mcpgw contract`; run it again, or remove the file',
      cause,
    });
  }
}

/** What each answer would be if everything is as we assume. */
export const EXPECTED: Readonly<Record<string, string>> = {
  results: 'stringified',
  errors: 'stringified',
  'structured-content': 'none',
  'free-form-objects': 'passed',
  'unknown-arguments': 'passed',
  'null-arguments': 'refused',
  'client-context': 'six',
  'thrown-errors': 'hidden',
  'loopback-datagrams': 'received',
  'sixth-operation': 'refused',
  'schema extra-keys': 'accepted',
  'schema enum': 'accepted',
  'schema any-of-types': 'refused',
  'schema any-of-null': 'refused',
  'schema default-null': 'refused',
};

/** How the local gateway behaves from now on. */
export function behaviourOf({ answers }: Pick<ContractRecord, 'answers'>): Behaviour {
  const answer = (id: string) => answers[id]?.answer;
  const unknown = answer('unknown-arguments');
  const size = Number(answer('page-size'));
  return {
    liftResults: answer('results') === 'lifted',
    structuredContent: answer('structured-content') === 'added',
    unknownArguments: unknown === 'dropped' || unknown === 'refused' ? unknown : ASSUMED.unknownArguments,
    freeFormObjects: answer('free-form-objects') === 'dropped' ? 'dropped' : ASSUMED.freeFormObjects,
    pageSize: Number.isInteger(size) && size > 0 ? size : ASSUMED.pageSize,
  };
}

/** What to do about each answer that is not the assumed one; the words name the setting where there is one. */
export function advice({ answers }: Pick<ContractRecord, 'answers'>): string[] {
  const lines = Object.entries(answers).flatMap(([id, { answer }]) => {
    const expected = EXPECTED[id];
    if (expected === undefined || expected === answer) return [];
    return [
      `${id}: ${answer}, not ${expected}. ${ADVICE[id] ?? 'The local gateway imitates it from now on.'}`,
    ];
  });
  return lines.sort();
}

const ADVICE: Readonly<Record<string, string>> = {
  results:
    'mcpgw:servers.defaults.results: whole gives callers what a server returned: images, several texts, real errors.',
  errors: 'mcpgw:servers.defaults.results: whole makes a tool error an error of the call.',
  'thrown-errors':
    'mcpgw:servers.defaults.onToolError: throw shows messages to callers, and marks the call as failed.',
  'free-form-objects':
    'Tools with free-form objects lose their arguments: leave them out by servers.settings.<id>.tools.',
  'loopback-datagrams': 'The log lines of functions name no AWS calls; CloudTrail does.',
  'sixth-operation': 'More lanes would do: five target operations at once are not the limit here.',
  'client-context': 'The handler reads only the tool name; check it with `mcpgw call` before going on.',
};

export function recordOf(
  stack: string,
  region: string,
  findings: ReadonlyMap<string, Finding>,
): ContractRecord {
  return { formatVersion: 1, stack, region, answers: Object.fromEntries(findings) };
}
