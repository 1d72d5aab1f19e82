/** Globs over server ids and tool names in the settings: `*` any run of characters, `?` one. */
export function matchesGlobs(name: string, globs: readonly string[]): boolean {
  return globs.some((glob) => pattern(glob).test(name));
}

function pattern(glob: string): RegExp {
  const source = glob
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 's');
}
