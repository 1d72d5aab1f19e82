/**
 * The Lambda entry (proxies/lambda.ts) as one file, by esbuild, in memory: its hash is part of every package's
 * identity, so a preview needs it and must not need a file.
 */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { McpgwError, messageOf } from '../../plan/errors.ts';
import { type Sha256, sha256 } from '../../plan/hash.ts';

export interface HandlerBundle {
  code: Uint8Array;
  hash: Sha256;
}

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const ENTRY = join(ROOT, 'proxies', 'lambda.ts');

let bundled: Promise<HandlerBundle> | undefined;

/** Built once a process. */
export function bundleHandler(): Promise<HandlerBundle> {
  bundled ??= bundle(ENTRY);
  return bundled;
}

export async function handlerHash(): Promise<Sha256> {
  return (await bundleHandler()).hash;
}

/** Bundles any entry the same way; `root` is what paths in the output are relative to. */
export async function bundle(entry: string, root: string = ROOT): Promise<HandlerBundle> {
  try {
    const result = await build({
      entryPoints: [entry],
      absWorkingDir: root,
      bundle: true,
      write: false,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      // A third less to load at each cold start; no path of the building machine is left in the output.
      minify: true,
      sourcemap: false,
      legalComments: 'none',
      logLevel: 'silent',
    });
    const [file] = result.outputFiles;
    if (file === undefined) throw new Error('esbuild wrote nothing');
    return { code: file.contents, hash: sha256(file.contents) };
  } catch (cause) {
    throw new McpgwError('package-failed', `the handler could not be bundled: ${messageOf(cause)}`, {
      cause,
    });
  }
}
