/** The places of a long text for which it is to be looked at: they are shown also where the text itself is cut before them. */
import type { Hunk } from './diff/word-diff.ts';
import { visible } from './visible.ts';

const AROUND = 100;

/** Lines of what came, one a sign that lies beyond the first `most` characters. `signs` are those of signals.ts. */
export function signsBeyond(hunks: readonly Hunk[], signs: readonly string[], most: number): string[] {
  const long = hunks.map(({ added }) => visible(added)).filter((text) => text.length > most);
  const places = signs.flatMap((sign) => {
    const pattern = new RegExp(patternOf(sign), 'i');
    const found = long.flatMap((text) => {
      const at = pattern.exec(text);
      return at && at.index + at[0].length > most ? [`… ${around(text, at.index, at[0].length)} …`] : [];
    });
    return found.slice(0, 1);
  });
  return [...new Set(places)].map((place) => `+ ${place}`);
}

function around(text: string, at: number, length: number): string {
  return text.slice(Math.max(0, at - AROUND), at + length + AROUND).trim();
}

/** A sign is `kind: what`, in small letters, its blanks as one; that of hidden characters has none. */
function patternOf(sign: string): string {
  const colon = sign.indexOf(': ');
  if (colon < 0) return literal('\\u{');
  return sign
    .slice(colon + 2)
    .split(' ')
    .map(literal)
    .join('[\\s⏎]+');
}

function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
