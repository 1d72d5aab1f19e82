/** Which words of a text moved: the places where two texts differ, each with a little of what stands around it. */

export interface Hunk {
  before: string;
  removed: string;
  added: string;
  after: string;
}

const CONTEXT_WORDS = 6;
/** Beyond this many edits the texts are two texts, not one that changed. */
const MAX_EDITS = 400;

export function diffWords(old: string, made: string): Hunk[] {
  const { a, b, edits } = editWords(old, made);
  return mergeNear(edits).map(([x, y, u, v]) => ({
    before: a.slice(Math.max(0, x - CONTEXT_WORDS), x).join(''),
    removed: a.slice(x, y).join(''),
    added: b.slice(u, v).join(''),
    after: a.slice(y, y + CONTEXT_WORDS).join(''),
  }));
}

/** Both texts as words, and the ranges of the one that ranges of the other take the place of. */
export function editWords(old: string, made: string): { a: string[]; b: string[]; edits: Range[] } {
  const [a, b] = [tokens(old), tokens(made)];
  const start = commonPrefix(a, b);
  const end = commonSuffix(a, b, start);
  const [innerA, innerB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  const kept = shortestEdit(innerA, innerB) ?? [];
  const edits = gaps(kept, innerA.length, innerB.length).map(
    ([x, y, u, v]): Range => [start + x, start + y, start + u, start + v],
  );
  return { a, b, edits };
}

/** Words with the blanks behind them, so that joining gives the text back. */
function tokens(text: string): string[] {
  return text.match(/\s+|[^\s]+\s*/g) ?? [];
}

function commonPrefix(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a[length] === b[length]) length += 1;
  return length;
}

function commonSuffix(a: readonly string[], b: readonly string[], start: number): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) - start && a.at(-1 - length) === b.at(-1 - length))
    length += 1;
  return length;
}

export type Range = readonly [fromA: number, toA: number, fromB: number, toB: number];

/** Myers' greedy algorithm: the pairs of indexes that stay, or undefined beyond MAX_EDITS. */
function shortestEdit(a: readonly string[], b: readonly string[]): [number, number][] | undefined {
  const trail: Map<number, number>[] = [];
  const furthest = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= Math.min(a.length + b.length, MAX_EDITS); edits += 1) {
    trail.push(new Map(furthest));
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits || (k !== edits && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
      let x = down ? (furthest.get(k + 1) ?? 0) : (furthest.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      furthest.set(k, x);
      if (x >= a.length && x - k >= b.length) return backtrack(trail, a.length, b.length);
    }
  }
  return undefined;
}

function backtrack(trail: readonly Map<number, number>[], endA: number, endB: number): [number, number][] {
  const kept: [number, number][] = [];
  let [x, y] = [endA, endB];
  for (let edits = trail.length - 1; edits >= 0; edits -= 1) {
    const furthest = trail[edits] ?? new Map<number, number>();
    const k = x - y;
    const down = k === -edits || (k !== edits && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
    const previousK = down ? k + 1 : k - 1;
    const previousX = edits === 0 ? 0 : (furthest.get(previousK) ?? 0);
    const previousY = edits === 0 ? 0 : previousX - previousK;
    while (x > previousX && y > previousY) {
      x -= 1;
      y -= 1;
      kept.push([x, y]);
    }
    [x, y] = [previousX, previousY];
  }
  return kept.reverse();
}

/** What lies between the kept pairs. */
function gaps(kept: readonly [number, number][], lengthA: number, lengthB: number): Range[] {
  const ranges: Range[] = [];
  let [atA, atB] = [0, 0];
  for (const [x, y] of [...kept, [lengthA, lengthB] as const]) {
    if (x > atA || y > atB) ranges.push([atA, x, atB, y]);
    [atA, atB] = [x + 1, y + 1];
  }
  return ranges;
}

/** Two changes with a word or two between them read better as one. */
function mergeNear(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last && range[0] - last[1] <= 2) merged[merged.length - 1] = [last[0], range[1], last[2], range[3]];
    else merged.push(range);
  }
  return merged;
}
