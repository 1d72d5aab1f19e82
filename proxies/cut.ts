/**
 * Fits a reply into Lambda's 6 MB. The gateway stringifies the reply into a text and that text into its own JSON,
 * so what counts is the size after escaping twice.
 */
import type { Json, JsonObject } from '../plan/hash.ts';
import { isObject } from './context.ts';

/** 6 MiB less room for the gateway's envelope around the text. */
export const REPLY_LIMIT = 6 * 1024 * 1024 - 8192;
/** Room for the note and the members around a cut text. */
const NOTE_ROOM = 512;

/** The value itself, or as much of it as fits with a note of what is missing. */
export function cutToFit(value: Json, limit = REPLY_LIMIT): Json {
  if (fits(value, limit)) return value;
  const size = escapedSize(value);
  if (typeof value === 'string') return cutText(value, limit - NOTE_ROOM, size);
  if (isObject(value)) {
    const object = value as JsonObject;
    if (object.isError === true && object.error !== undefined) {
      const { error, ...rest } = object;
      return { ...rest, error: cutToFit(error, limit - NOTE_ROOM - escapedSize(rest)) };
    }
    if (Array.isArray(object.content) && Object.keys(object).length === 1) {
      return { content: cutBlocks(object.content, limit - NOTE_ROOM) };
    }
  }
  const text = JSON.stringify(value);
  return { cut: true, note: note(size), json: prefixThatFits(text, limit - NOTE_ROOM) };
}

/** Bytes of the value inside the gateway's reply. */
export function escapedSize(value: Json): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(value)));
}

function fits(value: Json, limit: number): boolean {
  // A character needs at most twice its bytes for the second escaping: small replies need no second pass.
  return Buffer.byteLength(JSON.stringify(value)) * 2 + 2 <= limit || escapedSize(value) <= limit;
}

/** Blocks in their order as long as they fit; a text is cut, a binary one is named instead. */
function cutBlocks(blocks: readonly Json[], limit: number): Json[] {
  const kept: Json[] = [];
  let left = limit;
  for (const [index, block] of blocks.entries()) {
    const size = escapedSize(block);
    let next = block;
    if (size > left) {
      next =
        isObject(block) && typeof block.text === 'string' && left > 2 * NOTE_ROOM
          ? { ...(block as JsonObject), text: cutText(block.text, left - NOTE_ROOM, size) }
          : { type: 'text', text: omitted(block, size, blocks.length - index) };
    }
    kept.push(next);
    left -= Math.min(size, escapedSize(next));
    if (left < NOTE_ROOM) break;
  }
  return kept;
}

function omitted(block: Json, size: number, count: number): string {
  const type = isObject(block) && typeof block.type === 'string' ? block.type : 'content';
  return `[${type} of ${size} bytes left out, ${count} blocks from here on: a reply has at most 6 MB]`;
}

function cutText(text: string, limit: number, size: number): string {
  return `${prefixThatFits(text, limit)}\n[${note(size)}]`;
}

function note(size: number): string {
  return `cut: the whole reply would be ${size} bytes, a reply has at most 6 MB`;
}

/** The longest prefix within the limit; never splits a character. One pass: a reply may be 48 MB. */
function prefixThatFits(text: string, limit: number): string {
  let size = 0;
  let at = 0;
  while (at < text.length) {
    const point = text.codePointAt(at) ?? 0;
    size += cost(point);
    if (size > limit) break;
    at += point > 0xffff ? 2 : 1;
  }
  return text.slice(0, at);
}

/** Bytes of a code point after escaping twice; at most, for some. */
function cost(point: number): number {
  if (point === 0x22 || point === 0x5c) return 4;
  if (point < 0x20) return 7;
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  if (point > 0xffff) return 4;
  return point >= 0xd800 && point <= 0xdfff ? 7 : 3;
}
