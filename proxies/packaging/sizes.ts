/** Lambda's limit on what a function unpacks to, and who takes the space when it is passed. */
import { LAMBDA_UNZIPPED_LIMIT, LAYER_ALLOWANCE } from '../../plan/build.ts';
import { McpgwError } from '../../plan/errors.ts';

export interface Part {
  name: string;
  bytes: number;
}

/** Bytes by first folder below the packages, largest first. */
export function partsOf(files: readonly { path: string; bytes: number }[]): Part[] {
  const parts = new Map<string, number>();
  for (const { path, bytes } of files) {
    const name = path.split('/')[0] ?? path;
    parts.set(name, (parts.get(name) ?? 0) + bytes);
  }
  return [...parts].map(([name, bytes]) => ({ name, bytes })).sort((a, b) => b.bytes - a.bytes);
}

export function fitsLambda(unpacked: number, layer: number = LAYER_ALLOWANCE): boolean {
  return unpacked + layer <= LAMBDA_UNZIPPED_LIMIT;
}

/** Throws with the largest parts when a zip would be refused by Lambda. */
export function requireFits(server: string, unpacked: number, parts: readonly Part[], layer?: number): void {
  if (fitsLambda(unpacked, layer)) return;
  const largest = parts.slice(0, 5).map((part) => `${part.name} ${megabytes(part.bytes)}`);
  throw new McpgwError(
    'package-failed',
    `${server}: ${megabytes(unpacked)} unpacked and ${megabytes(layer ?? LAYER_ALLOWANCE)} of Python pass Lambda's ${megabytes(LAMBDA_UNZIPPED_LIMIT)}; largest: ${largest.join(', ')}`,
    {
      hint: `its manifest entry says \`form: zip\`; run \`mcpgw discover\` on it again, or set \`servers.settings.${server}.form: image\` in the stack’s file`,
    },
  );
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
