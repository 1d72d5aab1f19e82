/** Unpacks a zip as Lambda does: names, bytes and mode bits, nothing else. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

export interface ZipEntry {
  name: string;
  mode: number;
  bytes: Buffer;
  /** Raw DOS date and time. */
  stamp: number;
}

export function readZip(zip: Buffer): ZipEntry[] {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const entries: ZipEntry[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [method, stamp, size] = [
      zip.readUInt16LE(at + 10),
      zip.readUInt32LE(at + 12),
      zip.readUInt32LE(at + 20),
    ];
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const local = zip.readUInt32LE(at + 42);
    const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const raw = zip.subarray(data, data + size);
    entries.push({
      name: zip.toString('utf8', at + 46, at + 46 + name),
      mode: zip.readUInt32LE(at + 38) >>> 16,
      bytes: method === 0 ? raw : inflateRawSync(raw),
      stamp,
    });
    at += 46 + name + extra + comment;
  }
  return entries;
}

export async function unpack(zipFile: string, folder: string): Promise<ZipEntry[]> {
  const entries = readZip(await readFile(zipFile));
  for (const { name, mode, bytes } of entries) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    await chmod(path, mode & 0o777);
  }
  return entries;
}
