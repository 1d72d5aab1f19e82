/**
 * Tool definitions: their texts made independent of the Python that served them, their two hashes
 * (`schema`: what a call must look like; `words`: what a model reads), and their parameters in short.
 */
import type { Json, JsonObject, Sha256 } from './hash.ts';
import { hashJson } from './hash.ts';
import type { ToolDefinition } from './manifest.ts';
import {
  childSchemas,
  isObject,
  pointer,
  SCHEMA_KEYWORDS,
  SCHEMA_LIST_KEYWORDS,
  SCHEMA_MAP_KEYWORDS,
} from './schema/keywords.ts';
import { describeType } from './schema/parameter-types.ts';

/** Deeper nesting is cut when texts are looked for: no real schema comes near, a hostile one must not overflow the stack. */
const MAX_DEPTH = 200;

/** Python's inspect.cleandoc (3.13): tabs expanded, common indentation and blank lines at both ends removed. */
export function cleandoc(text: string): string {
  const lines = expandTabs(text).split('\n');
  const indents = lines
    .slice(1)
    .filter((line) => /[^ ]/.test(line))
    .map((line) => line.length - line.replace(/^ +/, '').length);
  const margin = indents.length > 0 ? indents.reduce((least, indent) => Math.min(least, indent)) : 0;
  const cut = lines.map((line, index) => (index === 0 ? line.replace(/^ +/, '') : line.slice(margin)));
  let [from, to] = [0, cut.length];
  while (to > 0 && cut[to - 1] === '') to -= 1;
  while (from < to && cut[from] === '') from += 1;
  return cut.slice(from, to).join('\n');
}

function expandTabs(text: string): string {
  if (!text.includes('\t')) return text;
  let column = 0;
  let out = '';
  for (const character of text) {
    if (character === '\t') {
      const spaces = 8 - (column % 8);
      out += ' '.repeat(spaces);
      column += spaces;
    } else {
      out += character;
      column = character === '\n' || character === '\r' ? 0 : column + 1;
    }
  }
  return out;
}

/**
 * cleandoc, and leading blanks away, until nothing changes. Some frameworks apply cleandoc themselves and some do not;
 * cleandoc alone is not idempotent (`"\n    a\n  b"` becomes `"  a\nb"`, then `"a\nb"`), so only its fixed point is
 * the same for both. Blank first lines go at once: one a turn would be quadratic in a text made of them.
 */
export function normaliseText(text: string): string {
  let current = text;
  for (;;) {
    const next = cleandoc(current).replace(/^[ \n]+/, '');
    if (next === current) return next;
    current = next;
  }
}

/** The definition with every title and description text normalised; nothing else is touched. */
export function normaliseDefinition(definition: ToolDefinition): ToolDefinition {
  const { name, title, description, inputSchema, outputSchema, annotations } = definition;
  return {
    name,
    ...(title === undefined ? {} : { title: normaliseText(title) }),
    ...(description === undefined ? {} : { description: normaliseText(description) }),
    inputSchema: mapTexts(inputSchema) as JsonObject,
    ...(outputSchema === undefined ? {} : { outputSchema: mapTexts(outputSchema) as JsonObject }),
    ...(annotations === undefined ? {} : { annotations: normaliseTitle(annotations) }),
  };
}

function normaliseTitle(annotations: JsonObject): JsonObject {
  return typeof annotations.title === 'string'
    ? { ...annotations, title: normaliseText(annotations.title) }
    : annotations;
}

function isText(key: string, value: Json): value is string {
  return (key === 'title' || key === 'description') && typeof value === 'string';
}

/** A copy of a schema in which every text went through normaliseText, or with `drop` was left out. */
function mapTexts(schema: Json, drop = false, depth = 0): Json {
  if (!isObject(schema) || depth > MAX_DEPTH) return schema;
  const again = (child: Json) => mapTexts(child, drop, depth + 1);
  const members = Object.entries(schema).flatMap(([key, value]): [string, Json][] => {
    if (isText(key, value)) return drop ? [] : [[key, normaliseText(value)]];
    if (SCHEMA_MAP_KEYWORDS.has(key) && isObject(value)) {
      return [[key, Object.fromEntries(Object.entries(value).map(([name, child]) => [name, again(child)]))]];
    }
    if (SCHEMA_LIST_KEYWORDS.has(key) && Array.isArray(value)) return [[key, value.map(again)]];
    return [[key, SCHEMA_KEYWORDS.has(key) ? again(value) : value]];
  });
  return Object.fromEntries(members);
}

/** Every text of a definition by JSON pointer, normalised: what a model reads, and what can carry an injected instruction. */
export function wordsOf(definition: ToolDefinition): Record<string, string> {
  const words: [string, string][] = [];
  const { title, description, inputSchema, outputSchema, annotations } = normaliseDefinition(definition);
  if (title !== undefined) words.push(['/title', title]);
  if (description !== undefined) words.push(['/description', description]);
  if (typeof annotations?.title === 'string') words.push(['/annotations/title', annotations.title]);
  collectTexts(inputSchema, ['inputSchema'], words);
  if (outputSchema) collectTexts(outputSchema, ['outputSchema'], words);
  return Object.fromEntries(words);
}

function collectTexts(schema: Json, path: string[], words: [string, string][]): void {
  if (!isObject(schema) || path.length > 2 * MAX_DEPTH) return;
  for (const [key, value] of Object.entries(schema)) {
    if (isText(key, value)) words.push([pointer([...path, key]), value]);
  }
  for (const child of childSchemas(schema)) collectTexts(child.schema, [...path, ...child.path], words);
}

/** The two hashes of the manifest: equal for the same tool whichever Python served it. */
export function hashDefinition(definition: ToolDefinition): { schema: Sha256; words: Sha256 } {
  const { name, inputSchema, outputSchema, annotations } = definition;
  const { title: _title, ...hints } = annotations ?? {};
  const schema = {
    name,
    inputSchema: mapTexts(inputSchema, true),
    ...(outputSchema === undefined ? {} : { outputSchema: mapTexts(outputSchema, true) }),
    ...(annotations === undefined ? {} : { annotations: hints }),
  };
  return { schema: hashJson(schema), words: hashJson(wordsOf(definition)) };
}

/** Each parameter's type in short: `string!` required, `integer?` nullable, `string|number` a union, `string[]` a list. */
export function describeParameters(inputSchema: JsonObject): Record<string, string> {
  const properties = isObject(inputSchema.properties) ? inputSchema.properties : {};
  const required = new Set(Array.isArray(inputSchema.required) ? inputSchema.required : []);
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [
      name,
      `${describeType(schema, inputSchema)}${required.has(name) ? '!' : ''}`,
    ]),
  );
}
