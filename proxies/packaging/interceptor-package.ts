/** The interceptor as a zip, in memory: one file and no server, so an update can publish it without any tool. */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate'; // zip in pure JavaScript, with times of our choosing
import { hexOf } from '../../plan/hash.ts';
import { bundle } from './handler-bundle.ts';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** The earliest that a zip can hold: equal code, equal bytes. */
const TIME = new Date(1980, 0, 1);

export async function interceptorKey(): Promise<string> {
  return `interceptor/${hexOf((await bundled()).hash)}.zip`;
}

export async function interceptorZip(): Promise<Uint8Array> {
  return zipSync({ 'index.mjs': [(await bundled()).code, { mtime: TIME }] });
}

function bundled() {
  return bundle(join(ROOT, 'proxies', 'interceptor-lambda.ts'));
}
