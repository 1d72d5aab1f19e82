/**
 * How the arguments that a tool takes changed below the level of a parameter's type: choices, bounds, patterns, defaults, members
 * of nested objects. Needs the definitions of both sides.
 */
import { canonicalJson, type Json, type JsonObject } from '../hash.ts';
import type { ToolDefinition } from '../manifest.ts';
import { isObject, resolveReference } from '../schema/keywords.ts';
import { isNarrower } from '../schema/narrower.ts';
import { describeType } from '../schema/parameter-types.ts';

export interface SchemaChange {
  /** `filters[].name` */
  at: string;
  /** What changed there, in words of JSON Schema. */
  text: string;
  /** Arguments that were right may be wrong now. */
  narrower: boolean;
}

/** Deeper, and beyond this many places, schemas are hostile. */
const MAX_DEPTH = 12;
const MAX_VISITS = 2_000;
/** Choices or values longer than this are cut: a default can be a whole document. */
const MAX_VALUE = 120;

export function schemaChanges(old: ToolDefinition, made: ToolDefinition): SchemaChange[] {
  const walk = new Walk(old.inputSchema, made.inputSchema);
  walk.compare(old.inputSchema, made.inputSchema, '', 0);
  return walk.found;
}

const LEAST = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'] as const;
const MOST = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'] as const;
const EXACT = ['pattern', 'format', 'multipleOf', 'uniqueItems'] as const;

class Walk {
  readonly found: SchemaChange[] = [];
  readonly #roots: readonly [JsonObject, JsonObject];
  #visits = 0;

  constructor(old: JsonObject, made: JsonObject) {
    this.#roots = [old, made];
  }

  compare(givenOld: Json, givenMade: Json, at: string, depth: number): void {
    this.#visits += 1;
    if (depth > MAX_DEPTH || this.#visits > MAX_VISITS) return;
    const old = plainSchema(givenOld, this.#roots[0]);
    const made = plainSchema(givenMade, this.#roots[1]);
    if (!old || !made) return;
    this.#choices(old, made, at);
    for (const key of LEAST) this.#bound(key, old[key], made[key], at, (was, is) => is > was);
    for (const key of MOST) this.#bound(key, old[key], made[key], at, (was, is) => is < was);
    for (const key of EXACT) {
      if (canonicalJson(old[key]) === canonicalJson(made[key])) continue;
      this.#add(at, `${key} ${words(old[key])} → ${words(made[key])}`, made[key] !== undefined);
    }
    if (!sameJson(defaultOf(givenOld, old), defaultOf(givenMade, made)))
      this.#add(
        at,
        `default ${words(defaultOf(givenOld, old))} → ${words(defaultOf(givenMade, made))}`,
        false,
      );
    if (old.additionalProperties !== false && made.additionalProperties === false)
      this.#add(at, 'takes no other members', true);
    if (old.additionalProperties === false && made.additionalProperties !== false)
      this.#add(at, 'takes other members too', false);
    this.#members(old, made, at, depth);
    if (isObject(old.items) && isObject(made.items))
      this.compare(old.items, made.items, `${at}[]`, depth + 1);
  }

  #members(old: JsonObject, made: JsonObject, at: string, depth: number): void {
    const [had, has] = [membersOf(old), membersOf(made)];
    const place = (name: string) => (at === '' ? name : `${at}.${name}`);
    for (const [name, schema] of has) {
      const was = had.get(name);
      const must = isRequired(made, name);
      if (was !== undefined) {
        // Types and needs of parameters themselves are told from the manifest.
        if (at !== '') this.#member(was, schema, place(name), must && !isRequired(old, name));
        this.compare(was, schema, place(name), depth + 1);
      } else if (at !== '') this.#add(place(name), must ? 'new and required' : 'new', must);
    }
    for (const name of had.keys()) if (at !== '' && !has.has(name)) this.#add(place(name), 'removed', true);
  }

  #member(old: Json, made: Json, at: string, nowRequired: boolean): void {
    if (nowRequired) this.#add(at, 'now required', true);
    const [was, is] = [describeType(old, this.#roots[0]), describeType(made, this.#roots[1])];
    if (was !== is) this.#add(at, `was ${was}, is ${is}`, isNarrower(is, was));
  }

  #choices(old: JsonObject, made: JsonObject, at: string): void {
    const [had, has] = [choicesOf(old), choicesOf(made)];
    if (had === undefined && has !== undefined) this.#add(at, `takes only ${list(has)}`, true);
    if (had !== undefined && has === undefined) this.#add(at, 'takes any value', false);
    if (had === undefined || has === undefined) return;
    const lost = had.filter((value) => !has.includes(value));
    const gained = has.filter((value) => !had.includes(value));
    if (lost.length > 0) this.#add(at, `no longer takes ${list(lost)}`, true);
    if (gained.length > 0) this.#add(at, `takes ${list(gained)} too`, false);
  }

  #bound(
    key: string,
    old: Json | undefined,
    made: Json | undefined,
    at: string,
    isTighter: (old: number, made: number) => boolean,
  ): void {
    if (canonicalJson(old) === canonicalJson(made)) return;
    const tighter = typeof made === 'number' && (typeof old !== 'number' || isTighter(old, made));
    this.#add(at, `${key} ${words(old)} → ${words(made)}`, tighter);
  }

  #add(at: string, text: string, narrower: boolean): void {
    this.found.push({ at: at === '' ? 'arguments' : at, text, narrower });
  }
}

/** References followed, and `X or null` taken as X: that it may be null is part of its type. */
function plainSchema(given: Json, root: JsonObject): JsonObject | undefined {
  let schema: Json | undefined = given;
  for (let steps = 0; steps < MAX_DEPTH; steps += 1) {
    if (!isObject(schema)) return undefined;
    const { $ref, anyOf, oneOf } = schema;
    const variants = [anyOf, oneOf]
      .find(Array.isArray)
      ?.filter((one) => !(isObject(one) && one.type === 'null'));
    if (typeof $ref === 'string') schema = resolveReference(root, $ref);
    else if (variants?.length === 1) schema = variants[0];
    else return schema;
  }
  return undefined;
}

function defaultOf(given: Json, plain: JsonObject): Json | undefined {
  return isObject(given) && given.default !== undefined ? given.default : plain.default;
}

function sameJson(one: Json | undefined, other: Json | undefined): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

function choicesOf({ enum: choices, const: only }: JsonObject): string[] | undefined {
  if (Array.isArray(choices)) return choices.map((value) => canonicalJson(value));
  return only === undefined ? undefined : [canonicalJson(only)];
}

function membersOf(schema: JsonObject): Map<string, Json> {
  return new Map(isObject(schema.properties) ? Object.entries(schema.properties) : []);
}

function isRequired(schema: JsonObject, name: string): boolean {
  return Array.isArray(schema.required) && schema.required.includes(name);
}

function list(values: readonly string[]): string {
  return cut(values.join(', '));
}

function words(value: Json | undefined): string {
  return value === undefined ? 'none' : cut(canonicalJson(value));
}

function cut(text: string): string {
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}
