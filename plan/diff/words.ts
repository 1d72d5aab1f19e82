/** Sentences of a diff: plain words with names in them that came from servers, so that each form can set names apart. */

export type Part = string | { name: string };
export type Sentence = readonly Part[];

/** Given values are names; sentences are taken as they are. */
export function say(texts: TemplateStringsArray, ...values: (string | number | Sentence)[]): Sentence {
  return texts.flatMap((text, index): Part[] => {
    const value = values[index];
    const parts =
      value === undefined
        ? []
        : typeof value === 'string'
          ? [{ name: value }]
          : typeof value === 'number'
            ? [String(value)]
            : value;
    return [...(text === '' ? [] : [text]), ...parts];
  });
}

/** Names with commas between, those beyond `most` counted. */
export function names(all: readonly string[], most = Number.POSITIVE_INFINITY): Sentence {
  const parts = all
    .slice(0, most)
    .flatMap((name, index): Part[] => (index === 0 ? [{ name }] : [', ', { name }]));
  return all.length > most ? [...parts, ` and ${all.length - most} more`] : parts;
}

export function textOf(sentence: Sentence): string {
  return sentence.map((part) => (typeof part === 'string' ? part : part.name)).join('');
}

export function count(number: number, noun: string): Sentence {
  return [`${number} ${noun}${number === 1 ? '' : 's'}`];
}
