/** Versions of published packages, as far as choosing the newest release needs it. */

/** Numbers and dots only: no pre-release, development or local version. */
export function isRelease(version: string): boolean {
  return /^\d+(?:\.\d+)*(?:\.post\d+)?$/.test(version);
}

/** Negative when `a` is older. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): number[] {
  return version
    .split(/[^0-9]+/)
    .filter((part) => part !== '')
    .map(Number);
}
