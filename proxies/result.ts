/**
 * What a Lambda returns for an MCP result. The gateway shows `JSON.stringify` of it as one text block, so a result is
 * unwrapped: a raw CallToolResult would reach the model as JSON inside JSON.
 */
import type { Json, JsonObject } from '../plan/hash.ts';
import { isObject } from './context.ts';
import { cutToFit } from './cut.ts';

export interface ToolResult {
  content: Json[];
  structuredContent?: Json;
  isError: boolean;
}

/** The parts of a result that we use; a server's result may lack each. */
export function readResult(raw: Readonly<Record<string, unknown>>): ToolResult {
  const content = Array.isArray(raw.content) ? (raw.content as Json[]) : [];
  const structured = raw.structuredContent as Json | undefined;
  return {
    content: content.map(plainBlock),
    ...(structured === undefined || structured === null ? {} : { structuredContent: structured }),
    isError: raw.isError === true,
  };
}

/** structuredContent or a single JSON text becomes the value, a single text the string, anything else `{content}`. */
export function unwrap(result: ToolResult): Json {
  const { content, structuredContent } = result;
  const texts = content.filter(isText);
  const onlyText = texts.length === content.length;
  if (structuredContent !== undefined) {
    if (!onlyText) return { content, structuredContent };
    // Its numbers went through a double; the text beside it has their digits.
    if (texts.length !== 1 || !hasInexactNumber(structuredContent)) return structuredContent;
  }
  const [first] = texts;
  if (!onlyText || texts.length !== 1 || first === undefined || first.text.trim() === '') return { content };
  return jsonValue(first.text) ?? first.text;
}

/** The value for the gateway: never empty, at most what a Lambda may return. `hint` stands beside an error. */
export function toReply(result: ToolResult, hint?: string): Json {
  const value = unwrap(result);
  if (!result.isError) return cutToFit(value);
  return cutToFit({ isError: true, error: value, ...(hint === undefined ? {} : { hint }) });
}

/** The same for a gateway that shows a returned result as it is: nothing is unwrapped, an error is the call's own. */
export function toWholeReply({ content, structuredContent, isError }: ToolResult, hint?: string): Json {
  const told = isError && hint !== undefined ? [...content, { type: 'text', text: hint }] : content;
  const whole = { content: told, ...(structuredContent === undefined ? {} : { structuredContent }), isError };
  return cutToFit(whole) === whole ? whole : { ...(cutToFit({ content: told }) as JsonObject), isError };
}

type TextBlock = JsonObject & { type: 'text'; text: string };

function isText(block: Json): block is TextBlock {
  return isObject(block) && block.type === 'text' && typeof block.text === 'string';
}

/** Without `_meta`, which is the server's talk with its client; all else, and kinds not known today, as they are. */
function plainBlock(block: Json): Json {
  if (!isObject(block)) return block;
  const { _meta, ...rest } = block as JsonObject;
  return rest;
}

/** The JSON value of a text, unless reading it would change what the text says (`1.10`, 20-digit ids). */
function jsonValue(text: string): Json | undefined {
  const exact = { all: true };
  try {
    const value: Json = MAY_BE_INEXACT.test(text) ? JSON.parse(text, noting(exact)) : JSON.parse(text);
    const faithful = typeof value === 'object' ? exact.all : JSON.stringify(value) === text.trim();
    return faithful && value !== '' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Sixteen digits in a row, with or without a point among them, or an exponent. */
const MAY_BE_INEXACT = /[\d.]{16}|\d[eE][+-]?\d/;

function noting(exact: { all: boolean }): (key: string, value: Json, context?: { source?: string }) => Json {
  return (_key, value, context) => {
    const source = context?.source;
    if (typeof value === 'number' && source !== undefined && !isExact(value, source)) exact.all = false;
    return value;
  };
}

function isExact(value: number, source: string): boolean {
  if (String(value) === source) return true;
  const digits = source.replace(/[eE].*$/, '').replace(/^-?[0.]*|\./g, '');
  return Number.isFinite(value) && digits.length <= 15;
}

function hasInexactNumber(value: Json): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  if (Array.isArray(value)) return value.some(hasInexactNumber);
  return isObject(value) && Object.values(value as JsonObject).some(hasInexactNumber);
}
