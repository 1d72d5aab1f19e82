/** Keywords that only a description can carry, as one short line: `(one of: a, b; default: a; minimum: 1)`. */
import type { Json } from '../hash.ts';
import { canonicalJson } from '../hash.ts';
import type { Shape } from './shape.ts';
import { DESCRIBED } from './shape-of-schema.ts';

/** Of one keyword. Lists of hundreds of values would cost a model more than they tell it. */
const MAX_TEXT = 600;

const LABELS: Record<string, string> = { enum: 'one of', values: 'values' };

export function describeNotes(notes: Shape['notes']): { text: string; carried: string[] } {
  const parts: string[] = [];
  const carried: string[] = [];
  for (const keyword of [...DESCRIBED, 'values']) {
    const value = notes.get(keyword);
    if (value === undefined) continue;
    const { text, whole } = show(value);
    parts.push(`${LABELS[keyword] ?? keyword}: ${text}`);
    carried.push(
      `${keyword === 'values' ? 'additionalProperties' : keyword}→description${whole ? '' : ' (cut)'}`,
    );
  }
  return { text: parts.length > 0 ? `(${parts.join('; ')})` : '', carried };
}

function show(value: Json): { text: string; whole: boolean } {
  if (!Array.isArray(value)) return shorten(showOne(value));
  const texts: string[] = [];
  let length = 0;
  for (const item of value) {
    const text = showOne(item);
    length += text.length + 2;
    if (length > MAX_TEXT) break;
    texts.push(text);
  }
  const left = value.length - texts.length;
  return { text: left > 0 ? `${texts.join(', ')} and ${left} more` : texts.join(', '), whole: left === 0 };
}

/** A plain word stays as it is; anything that could be misread in a list stands in quotes. */
function showOne(value: Json): string {
  return typeof value === 'string' && /^[\w./:@+*-]+$/.test(value) ? value : canonicalJson(value);
}

function shorten(text: string): { text: string; whole: boolean } {
  return text.length <= MAX_TEXT
    ? { text, whole: true }
    : { text: `${text.slice(0, MAX_TEXT).toWellFormed()}…`, whole: false };
}
