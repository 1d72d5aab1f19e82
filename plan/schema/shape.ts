/**
 * What a JSON Schema lets through, as far as the gateway's schema language can tell: types, properties, items.
 * `intersect` and `unite` never let through less than their schemas do, except where `narrowed` says so.
 */
import type { Json } from '../hash.ts';
import { canonicalJson } from '../hash.ts';

export const TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean'] as const;
export type Type = (typeof TYPES)[number];

export interface Shape {
  /** Types let through; `number` stands beside `integer` when any number is. */
  types: ReadonlySet<Type>;
  nullable: boolean;
  /** Leaving it out means null, so nothing is lost when null cannot be said. */
  nullByDefault: boolean;
  description?: string;
  properties: ReadonlyMap<string, Shape>;
  required: ReadonlySet<string>;
  /** No other properties than those. */
  closed: boolean;
  items?: Shape;
  /** Keywords that only a description can carry, with their values. */
  notes: ReadonlyMap<string, Json>;
  /** `what→where` of everything that was lost up to here. */
  losses: readonly string[];
  /** Losses by which something valid for the original is no longer valid. */
  narrowed: readonly string[];
}

const nothing = {
  nullByDefault: false,
  properties: new Map<string, Shape>(),
  required: new Set<string>(),
  closed: false,
  notes: new Map<string, Json>(),
  losses: [],
  narrowed: [],
};

export const ANY: Shape = { ...nothing, types: new Set(TYPES), nullable: true };
export const NEVER: Shape = { ...nothing, types: new Set(), nullable: false };

export function isNever(shape: Shape): boolean {
  return shape.types.size === 0 && !shape.nullable;
}

/** What both let through (allOf; keywords beside a $ref or an anyOf). */
export function intersect(a: Shape, b: Shape): Shape {
  const properties = new Map(a.properties);
  for (const [name, shape] of b.properties) {
    const mine = properties.get(name);
    properties.set(name, mine ? intersect(mine, shape) : shape);
  }
  const items = a.items && b.items ? intersect(a.items, b.items) : (a.items ?? b.items);
  const description = a.description ?? b.description;
  return {
    types: new Set([...a.types].filter((type) => b.types.has(type))),
    nullable: a.nullable && b.nullable,
    nullByDefault: a.nullByDefault || b.nullByDefault,
    ...(description === undefined ? {} : { description }),
    properties,
    required: new Set([...a.required, ...b.required]),
    closed: a.closed || b.closed,
    ...(items === undefined ? {} : { items }),
    notes: intersectNotes(a.notes, b.notes),
    losses: [...new Set([...a.losses, ...b.losses])],
    narrowed: [...new Set([...a.narrowed, ...b.narrowed])],
  };
}

function intersectNotes(a: Shape['notes'], b: Shape['notes']): Map<string, Json> {
  const notes = new Map(b);
  for (const [keyword, value] of a) {
    const other = notes.get(keyword);
    if (keyword === 'enum' && Array.isArray(value) && Array.isArray(other)) {
      const allowed = new Set(other.map(canonicalJson));
      notes.set(
        keyword,
        value.filter((item) => allowed.has(canonicalJson(item))),
      );
    } else {
      notes.set(keyword, value);
    }
  }
  return notes;
}

/** What any of them lets through (anyOf, oneOf, several types). */
export function unite(shapes: readonly Shape[]): Shape {
  const possible = shapes.filter((shape) => !isNever(shape));
  const [first] = possible;
  if (first === undefined) return NEVER;
  if (possible.length === 1) return first;
  const valued = possible.filter((shape) => shape.types.size > 0);
  const objects = valued.filter((shape) => shape.types.has('object'));
  const { properties, merged } = uniteProperties(objects);
  const items = uniteItems(valued.filter((shape) => shape.types.has('array')));
  const { notes, dropped } = uniteNotes(valued);
  const descriptions = [...new Set(valued.flatMap(({ description }) => description ?? []))];
  return {
    types: new Set(valued.flatMap(({ types }) => [...types])),
    nullable: possible.some(({ nullable }) => nullable),
    nullByDefault: possible.every(({ nullByDefault }) => nullByDefault),
    ...(descriptions.length > 0 ? { description: descriptions.join('\n') } : {}),
    properties,
    required: new Set(
      [...(objects[0]?.required ?? [])].filter((name) => objects.every(({ required }) => required.has(name))),
    ),
    closed: objects.length > 0 && objects.every(({ closed }) => closed),
    ...(items === undefined ? {} : { items }),
    notes,
    losses: [...new Set([...valued.flatMap(({ losses }) => losses), ...dropped])],
    narrowed: [
      ...new Set([...valued.flatMap(({ narrowed }) => narrowed), ...(merged ? ['several objects→one'] : [])]),
    ],
  };
}

/** `merged` when an open variant lacks another's property: it would take that property with any value. */
function uniteProperties(objects: readonly Shape[]): { properties: Map<string, Shape>; merged: boolean } {
  const names = new Set(objects.flatMap(({ properties }) => [...properties.keys()]));
  let merged = false;
  const properties = [...names].map((name): [string, Shape] => {
    const those = objects.flatMap((shape) => shape.properties.get(name) ?? []);
    merged ||= objects.some((shape) => !shape.properties.has(name) && !shape.closed);
    return [name, unite(those)];
  });
  return { properties: new Map(properties), merged };
}

function uniteItems(arrays: readonly Shape[]): Shape | undefined {
  const items = arrays.flatMap((shape) => shape.items ?? []);
  return items.length > 0 && items.length === arrays.length ? unite(items) : undefined;
}

/** A note holds for the union only if every variant has it: lists of values are joined, others must be equal. */
function uniteNotes(shapes: readonly Shape[]): { notes: Map<string, Json>; dropped: string[] } {
  const notes = new Map<string, Json>();
  const dropped: string[] = [];
  for (const keyword of new Set(shapes.flatMap((shape) => [...shape.notes.keys()]))) {
    const values = shapes.flatMap((shape) => shape.notes.get(keyword) ?? []);
    const all = shapes.every((shape) => shape.notes.has(keyword));
    const texts = new Set(shapes.map((shape) => canonicalJson(shape.notes.get(keyword))));
    if (all && keyword === 'enum') notes.set(keyword, distinct(values));
    else if (all && texts.size === 1) notes.set(keyword, shapes[0]?.notes.get(keyword) ?? null);
    else dropped.push(`${keyword}→dropped`);
  }
  return { notes, dropped };
}

function distinct(values: readonly Json[]): Json[] {
  return [...new Map(values.map((value) => [canonicalJson(value), value])).values()];
}
