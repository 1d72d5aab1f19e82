/** Source against probe: the tools that the static reader found beside those that the server listed. */

const SHOWN = 5;

/** One line when they differ. Neither is wrong by that alone: flags open tools, and some tools are made at run time. */
export function crossCheck(
  id: string,
  source: readonly { name: string }[],
  listed: readonly { name: string }[],
): string[] {
  const [inSource, inListing] = [names(source), names(listed)];
  const differences = [
    ['only in its source', without(inSource, inListing)],
    ['only in its listing', without(inListing, inSource)],
  ] as const;
  const parts = differences.flatMap(([where, found]) =>
    found.length === 0 ? [] : [`${where}: ${few(found)}`],
  );
  return parts.length === 0 ? [] : [`${id}: ${parts.join('; ')}`];
}

function names(tools: readonly { name: string }[]): Set<string> {
  return new Set(tools.map((tool) => tool.name));
}

function without(all: ReadonlySet<string>, known: ReadonlySet<string>): string[] {
  return [...all].filter((name) => !known.has(name)).sort();
}

function few(found: readonly string[]): string {
  const more = found.length > SHOWN ? ` and ${found.length - SHOWN} more` : '';
  return `${found.slice(0, SHOWN).join(', ')}${more}`;
}
