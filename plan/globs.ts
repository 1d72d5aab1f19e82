/** Globs over server ids and tool names in the settings: `*` any run of characters, `?` one. */

/** Settings hold few globs and plans ask them thousands of times. */
const patterns = new Map<string, RegExp>();

export function matchesGlobs(name: string, globs: readonly string[]): boolean {
  return globs.some((glob) => pattern(glob).test(name));
}

function pattern(glob: string): RegExp {
  const known = patterns.get(glob);
  if (known) return known;
  const source = glob
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  const made = new RegExp(`^${source}$`, 's');
  patterns.set(glob, made);
  return made;
}
