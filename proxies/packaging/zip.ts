/**
 * Zips with the same bytes everywhere: sorted names, fixed modes, one date.
 * fflate, because its deflate is plain JavaScript: Node's zlib compresses to other bytes on another processor.
 */
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';

export interface ZipItem {
  /** Inside the zip, with forward slashes. */
  name: string;
  /** Bytes, or the path of a file. */
  content: Uint8Array | string;
  executable?: boolean;
}

/** Zips keep local time without a zone: this is midnight wherever it is built. */
const DATE = new Date(1980, 0, 1);
const UNIX = 3;
/** Already compressed: deflating again costs time and gains nothing. */
const STORED = /\.(?:gz|zip|whl|png|jpe?g|woff2?|xz|zst)$/;

/** Writes a zip; returns the number of bytes that its files unpack to. */
export async function writeZip(path: string, items: readonly ZipItem[]): Promise<number> {
  const out = createWriteStream(path);
  const done = new Promise<void>((resolve, reject) => out.on('finish', resolve).on('error', reject));
  // Errors are awaited at the end; until then they must not be unhandled.
  done.catch(() => {});
  const zip = new Zip((error, chunk, final) => {
    if (error) out.destroy(error);
    else if (final) out.end(chunk);
    else out.write(chunk);
  });
  let unpacked = 0;
  for (const item of [...items].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const bytes = typeof item.content === 'string' ? await readFile(item.content) : item.content;
    unpacked += bytes.length;
    const entry = STORED.test(item.name)
      ? new ZipPassThrough(item.name)
      : new ZipDeflate(item.name, { level: 6 });
    entry.mtime = DATE;
    entry.os = UNIX;
    entry.attrs = (0o100000 | (item.executable ? 0o755 : 0o644)) << 16;
    zip.add(entry);
    entry.push(bytes, true);
    if (out.writableNeedDrain) await new Promise<void>((resolve) => out.once('drain', resolve));
  }
  zip.end();
  await done;
  return unpacked;
}

/** The items of a folder, names relative to it under `prefix`. */
export function itemsOf(
  folder: string,
  files: readonly { path: string; executable: boolean }[],
  prefix = '',
): ZipItem[] {
  return files.map(({ path, executable }) => ({
    name: prefix + path,
    content: join(folder, path),
    executable,
  }));
}
