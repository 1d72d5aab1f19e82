/**
 * A resource's inputs as parameters of the calls that make it: each property goes to the member of the service's model
 * that it is checked against (offline/schema/mappings.ts), in the API's spelling and nesting.
 */
import { isSame } from '../../offline/plugin/model-check.ts';
import { readReferees } from '../../offline/plugin/referees.ts';
import { isObject, type Value, type Values } from '../../offline/plugin/values.ts';
import { MAPPINGS } from '../../offline/schema/mappings.ts';
import type { ServiceModel, Shape } from '../../offline/schema/service-types.ts';
import type { Made } from './resource.ts';

const { models } = readReferees();

/** By input shape. A property that no shape has a place for is an error: nothing is left out silently. */
export function expand({ type, inputs }: Made): Record<string, Values> {
  const mapping = MAPPINGS[type];
  const model = mapping && models.services[mapping.service];
  if (!mapping || !model) throw new Error(`no mapping of ${type}`);
  const calls: Record<string, Values> = Object.fromEntries(mapping.shapes.map((shape) => [shape, {}]));
  for (const [property, value] of Object.entries(inputs)) {
    const renamed = mapping.renamed[property];
    if (property.startsWith('__') || renamed === null || value === null) continue;
    const path = (renamed ?? property).split('.');
    const found = mapping.shapes
      .map((shape) => ({ shape, place: placeOf(model, shape, path) }))
      .find(({ place }) => place !== undefined);
    if (!found?.place) throw new Error(`${type}: no call takes ${property}`);
    put(calls[found.shape] ?? {}, found.place.names, inShape(model, value, found.place.shape));
  }
  return calls;
}

/** Of the only shape, or of the first. */
export function expandFirst(made: Made): Values {
  return Object.values(expand(made))[0] ?? {};
}

interface Place {
  names: string[];
  shape: string;
}

function placeOf(model: ServiceModel, root: string, path: readonly string[]): Place | undefined {
  let here = root;
  const names: string[] = [];
  for (const part of path) {
    const members = shapeOf(model, here).members ?? {};
    const name = Object.keys(members).find((candidate) => isSame(candidate, part));
    const next = name === undefined ? undefined : members[name];
    if (name === undefined || next === undefined) return undefined;
    names.push(name);
    here = next;
  }
  return { names, shape: here };
}

function put(into: Values, [first, ...rest]: readonly string[], value: Value): void {
  if (first === undefined) return;
  if (rest.length === 0) into[first] = value;
  else {
    const inner = isObject(into[first]) ? into[first] : {};
    into[first] = inner;
    put(inner, rest, value);
  }
}

function inShape(model: ServiceModel, value: Value, name: string): Value {
  const shape = shapeOf(model, name);
  if (shape.type === 'list') {
    const items = Array.isArray(value) ? value : [value];
    return items.map((item) => inShape(model, item, shape.items ?? ''));
  }
  // A list of one block here is a plain structure there.
  const one = shape.type === 'structure' && Array.isArray(value) ? value[0] : value;
  if (!isObject(one)) return one ?? null;
  const given = Object.entries(one).filter(([, item]) => item !== null);
  if (shape.type === 'map')
    return Object.fromEntries(given.map(([key, item]) => [key, inShape(model, item, shape.items ?? '')]));
  return Object.fromEntries(given.map(([key, item]) => memberOf(model, shape, name, key, item)));
}

function memberOf(
  model: ServiceModel,
  shape: Shape,
  name: string,
  key: string,
  item: Value,
): [string, Value] {
  const member = Object.keys(shape.members ?? {}).find((candidate) => isSame(candidate, key));
  if (member === undefined) throw new Error(`${name} has no member ${key}`);
  return [member, inShape(model, item, shape.members?.[member] ?? '')];
}

function shapeOf(model: ServiceModel, name: string): Shape {
  const shape = model.shapes[name];
  if (!shape) throw new Error(`the model has no shape ${name}`);
  return shape;
}
