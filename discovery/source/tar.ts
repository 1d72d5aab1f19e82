/**
 * Reads a .tar.gz that nobody vouches for into memory. Only regular files count: links, devices and names that leave
 * the archive's single top folder are refused or left out, sizes are bounded before they are allocated.
 */
import { gunzipSync } from 'node:zlib';
import { FILE_LIMITS } from '../files.ts';

const BLOCK = 512;

/** Contents by slash path below the archive's single top folder. Throws a plain Error that says what is wrong. */
export function readTarGz(archive: Buffer): Map<string, Buffer> {
  const tar = gunzipSync(archive, { maxOutputLength: FILE_LIMITS.totalBytes });
  const files = new Map<string, Buffer>();
  let longName: string | undefined;
  let offset = 0;
  while (offset + BLOCK <= tar.length) {
    const header = tar.subarray(offset, offset + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    if (checksum(header) !== octal(header, 148, 8)) throw new Error('a header of the archive is damaged');
    const size = octal(header, 124, 12);
    const start = offset + BLOCK;
    if (!Number.isSafeInteger(size) || start + size > tar.length) throw new Error('the archive is cut off');
    const content = tar.subarray(start, start + size);
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === 'x') longName = paxPath(content) ?? longName;
    else if (type === 'L') longName = text(content);
    else if (type !== 'g') {
      if (type === '0' || type === '\0') add(files, longName ?? nameOf(header), content);
      longName = undefined;
    }
    offset = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

function add(files: Map<string, Buffer>, name: string, content: Buffer): void {
  const parts = name.split('/');
  const inside = parts.slice(1);
  if (
    name.includes('\\') ||
    name.includes('\0') ||
    parts.some((part) => part === '' || part === '.' || part === '..')
  ) {
    throw new Error(`the archive holds the path ${JSON.stringify(name).slice(0, 120)}`);
  }
  if (inside.length === 0) return;
  if (files.size >= FILE_LIMITS.files)
    throw new Error(`the archive holds more than ${FILE_LIMITS.files} files`);
  files.set(inside.join('/'), content);
}

function nameOf(header: Buffer): string {
  const ustar = header.toString('latin1', 257, 262) === 'ustar';
  const prefix = ustar ? text(header.subarray(345, 500)) : '';
  const name = text(header.subarray(0, 100));
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** `<length> <key>=<value>\n`, repeated. */
function paxPath(content: Buffer): string | undefined {
  let found: string | undefined;
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(32, at);
    const length = Number(content.toString('latin1', at, space));
    if (space === -1 || !Number.isInteger(length) || length <= 0)
      throw new Error('a header of the archive is damaged');
    const record = content.toString('utf8', space + 1, at + length - 1);
    if (record.startsWith('path=')) found = record.slice('path='.length);
    at += length;
  }
  return found;
}

function octal(header: Buffer, start: number, length: number): number {
  const digits = text(header.subarray(start, start + length)).trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.NaN;
}

function text(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end);
}

/** The sum of the header's bytes, its own eight counted as spaces. */
function checksum(header: Buffer): number {
  let sum = 8 * 32;
  for (const [index, byte] of header.entries()) if (index < 148 || index >= 156) sum += byte;
  return sum;
}
