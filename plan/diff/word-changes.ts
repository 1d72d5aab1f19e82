/** The texts of a tool that a model reads, as single changes: those that moved, and all of a tool that is new. */
import type { Change, ChangeClass } from './changes.ts';
import type { ToolDiff, ToolsDiff } from './types.ts';
import { placeOf } from './word-place.ts';
import { names, type Sentence, say } from './words.ts';

export type Make = (kind: ChangeClass, text: Sentence) => Change;
export type Words = NonNullable<ToolDiff['words']>;
type Facts = NonNullable<ToolsDiff['addedFacts']>[string];

/** A tool that is new: every word of it is one that a model did not read before. */
export function newToolChanges(
  server: string,
  tool: string,
  { words, facts }: { words: Words | undefined; facts: Facts | undefined },
): Change[] {
  const one: Make = (kind, text) => ({ class: kind, server, tools: [tool], text });
  const text = facts ? factsOf(facts) : ['new'];
  if (!words) return [one('additions', [...text, '; its words cannot be shown, the definition is missing'])];
  const all = Object.entries(words);
  const telling = all.filter(([, { signs }]) => signs.some((sign) => !isMild(sign)));
  const quiet = all.filter((each) => !telling.includes(each) && !isUnseen(each[0]));
  const mild = [...new Set(quiet.flatMap(([, { signs }]) => signs))];
  const hunks = quiet.flatMap(([at, each]) => (at === '/description' ? each.hunks : []));
  const more = quiet.flatMap(([at, each]) => {
    if (at === '/description') return [];
    const label = placeOf(at);
    return each.hunks.map((hunk) => ({ ...hunk, added: `${label}: ${hunk.added}` }));
  });
  return [
    {
      ...one('additions', mild.length > 0 ? [...text, ` (${mild.join('; ')})`] : text),
      words: { at: '/description', hunks, signs: [], more },
    },
    ...textChanges(one, Object.fromEntries(telling)),
  ];
}

function factsOf({ access, tokens, parameters }: Facts): Sentence {
  const all = Object.entries(parameters);
  const must = all.filter(([, type]) => type.endsWith('!')).map(([name]) => name);
  const may = all.map(([name]) => name).filter((name) => !must.includes(name));
  const does = { read: 'reads', write: 'writes', unknown: 'reads or writes, which is not known' }[access];
  return [
    `new: ${does}, ${tokens} tokens`,
    ...(must.length > 0 ? say`, needs ${names(must)}` : []),
    ...(may.length > 0 ? say`, takes ${names(may, 12)}` : []),
  ];
}

/** In a tool that is new, what nearly every one has; in a text that changed, a reason to look. */
function isMild(sign: string): boolean {
  return /^(?:asks for another tool|address): /.test(sign);
}

/** `kind`: of what moved; words that nobody released are no class of their own. */
export function wordChanges(one: Make, { words, parameters }: ToolDiff, kind: ChangeClass): Change[] {
  if (!words) return [one('words', ['words changed; they cannot be shown, a definition is missing'])];
  const gone = new Set(parameters?.removed);
  const come = parameters?.added ?? {};
  const own = (keep: (name: string | undefined) => boolean): Words =>
    Object.fromEntries(
      Object.entries(words).filter(([at, { signs }]) => signs.length > 0 || keep(parameterOf(at))),
    );
  const fresh = Object.entries(words).flatMap(([at, text]): Change[] => {
    const name = parameterOf(at);
    if (
      name === undefined ||
      !Object.hasOwn(come, name) ||
      at !== `/inputSchema/properties/${name}/description`
    )
      return [];
    const change = one('additions', say`parameter ${name}, ${come[name] ?? 'any'}`);
    return [text.signs.length > 0 ? change : { ...change, words: { at, ...text } }];
  });
  return [
    ...textChanges(
      one,
      own((name) => name === undefined || !(gone.has(name) || Object.hasOwn(come, name))),
      kind,
    ),
    ...fresh,
  ];
}

/** The parameter that a text belongs to. */
function parameterOf(at: string): string | undefined {
  const name = /^\/inputSchema\/properties\/([^/]+)\//.exec(at)?.[1];
  return name?.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Parameters whose own descriptions are among the texts. */
export function parametersOf(words: ToolDiff['words']): string[] {
  return Object.keys(words ?? {}).flatMap((at) => {
    const name = parameterOf(at);
    return name !== undefined && at === `/inputSchema/properties/${name}/description` ? [name] : [];
  });
}

function textChanges(one: Make, words: Words, kind: ChangeClass = 'words'): Change[] {
  const entries = Object.entries(words);
  const unseen = entries.filter(([at, { signs }]) => isUnseen(at) && signs.length === 0);
  const seen = entries.filter(([at, { signs }]) => !isUnseen(at) || signs.length > 0);
  return [
    ...seen.map(([at, { hunks, signs }]) => {
      const place = say`${placeOf(at)}`;
      return {
        ...one(kind, signs.length > 0 ? [...place, ` (new: ${signs.join('; ')})`] : place),
        words: { at, hunks, signs },
      };
    }),
    ...(unseen.length > 0
      ? [one('other', ['titles or texts of the result changed, which the gateway does not pass on'])]
      : []),
  ];
}

/** Titles and the result's schema are left out by the projection. */
function isUnseen(at: string): boolean {
  return at.endsWith('/title') || at.startsWith('/outputSchema/');
}
