/**
 * Signs in a tool's words that a reviewer must not overlook: text that no reader sees, orders to a model to conceal or
 * to override, paths of credentials, addresses. A hint where to look first, not a verdict: every word that moved is
 * shown anyway.
 */
import { hidesText } from './visible.ts';

const SIGNS: readonly (readonly [string, RegExp])[] = [
  [
    'overrides instructions',
    /\b(?:ignore|disregard|forget|override)\b[^.]{0,60}\b(?:instructions?|rules?|prompts?|guidelines?|policy|policies)\b/gi,
  ],
  [
    'asks to conceal',
    /\b(?:do not|don't|never|must not) (?:be )?(?:tell|told|mention(?:ed)?|inform(?:ed)?|reveal(?:ed)?|report(?:ed)?|show|notify|disclosed?)\b|\bwithout (?:telling|informing|asking|notifying)\b|\b(?:secretly|silently|covertly)\s+(?:\w+\s+)?(?:add|append|attach|call|collect|copy|execute|forward|include|log|post|read|record|run|send|share|store|upload|write)\b|\b(?:add|append|attach|call|collect|copy|execute|forward|include|log|post|read|record|run|send|share|store|upload|write)\b(?:\s+\w+){0,3}\s+(?:secretly|silently|covertly)\b/gi,
  ],
  [
    'asks to act first',
    /\bbefore (?:calling|invoking|running|using) (?:this|another|other|any|(?:any|the|all) other) tools?\b/gi,
  ],
  [
    'orders a call',
    /\b(?:always|must|has to|have to|required to) (?:call|invoke|run|use) [\w:/-]+(?:\.\w+)*/gi,
  ],
  [
    'asks to send',
    /\b(?:exfiltrat\w*|leak)\b|\b(?:send|post|upload|forward|transmit)\b[^.]{0,60}(?:https?:\/\/|@[\w-]+\.|\bto [\w-]+\.[a-z]{2,})/gi,
  ],
  [
    'credential path',
    /\.ssh\/|\bid_(?:rsa|ed25519)\b|\.aws\/(?:credentials|config)|\.(?:env|netrc|npmrc|pypirc)\b|\.kube\/config|\/etc\/(?:passwd|shadow)|BEGIN [A-Z ]*PRIVATE KEY|\bAWS_SECRET_ACCESS_KEY\b/gi,
  ],
  ['address', /\bhttps?:\/\/[\w.-]+|\b[\w.+-]+@[\w-]+\.[\w.]+/gi],
  // Letters of two alphabets in one word read like one and are another.
  [
    'look-alike letters',
    /[\p{sc=Latin}]+[\p{sc=Cyrillic}\p{sc=Greek}][\p{L}]*|[\p{sc=Cyrillic}\p{sc=Greek}]+[\p{sc=Latin}][\p{L}]*/gu,
  ],
];

/** Those of `made` that `old` did not have, as `kind: what`. `tools`: names of the server's other tools. */
export function newSigns(old: string, made: string, tools: readonly string[] = []): string[] {
  const had = new Set([...signsOf(old), ...toolsAskedFor(old, tools)]);
  return [...signsOf(made), ...toolsAskedFor(made, tools)].filter((sign) => !had.has(sign));
}

/** A text that sends a model on to another tool: chains of calls that nobody asked for are made so. */
function toolsAskedFor(text: string, tools: readonly string[]): string[] {
  const names = new Set(tools);
  const asked = [...onOneLine(text).matchAll(/\b(?:call|invoke|run|use) [`'"]?([\w-]+)/gi)].flatMap(
    ([, name]) => (name !== undefined && names.has(name) ? [`asks for another tool: ${name}`] : []),
  );
  return [...new Set(asked)];
}

function signsOf(text: string): string[] {
  const line = onOneLine(text);
  const words = SIGNS.flatMap(([kind, pattern]) =>
    [...line.matchAll(pattern)].map(([match]) => `${kind}: ${match.toLowerCase().slice(0, 80)}`),
  );
  return [...new Set([...(hidesText(text) ? ['characters that a reader does not see'] : []), ...words])];
}

/** Descriptions are wrapped by hand: an order that goes on in the next line is the same order. */
function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
