/**
 * Tools as the gateway accepts them: its schema language knows type, properties, required, items and description,
 * and nothing else (facts of the AgentCore API). What it cannot say goes into descriptions; the loss report names
 * every change. Losses that end in ` only` are the ones by which a call valid for the server can be refused.
 */
import { normaliseDefinition } from '../definition.ts';
import { canonicalJson, hashJson, type Sha256 } from '../hash.ts';
import { idleParameters } from '../idle-parameters.ts';
import type { ToolDefinition } from '../manifest.ts';
import { describeNotes } from './notes.ts';
import { typeOfValue } from './parameter-types.ts';
import { isNever, type Shape, TYPES, type Type } from './shape.ts';
import { shapeOf } from './shape-of-schema.ts';

export type ProjectedSchema = {
  type: Type;
  description?: string;
  properties?: Record<string, ProjectedSchema>;
  required?: string[];
  items?: ProjectedSchema;
};

export interface ProjectedTool {
  name: string;
  description: string;
  inputSchema: ProjectedSchema;
}

/** Losses by place: `limit`, `filter.name`, `tags[]`, or `(input)` for the tool's input as a whole. */
type Loss = Map<string, string[]>;
const WHOLE = '(input)';
/** Marks the losses that refuse something valid. */
export const NARROWING = ' only';

export function projectTool(given: ToolDefinition): { tool: ProjectedTool; loss: Record<string, string> } {
  const definition = normaliseDefinition(given);
  const loss: Loss = new Map();
  const idle = Object.keys(idleParameters(definition.inputSchema));
  for (const name of idle) note(loss, name, ['filled by the proxy→hidden']);
  const root = without(shapeOf(definition.inputSchema), new Set(idle));
  const inputSchema = emit({ ...root, types: new Set<Type>(['object']), nullable: false }, '', loss);
  const named = definition.title || definition.name.replaceAll(/[-_]+/g, ' ').trim() || definition.name;
  if (!definition.description?.trim()) note(loss, '(description)', ['missing→name']);
  const description = definition.description?.trim() ? definition.description : named;
  return {
    tool: { name: definition.name, description, inputSchema },
    loss: Object.fromEntries([...loss].map(([place, losses]) => [place, formatLosses(losses)])),
  };
}

function without(shape: Shape, names: ReadonlySet<string>): Shape {
  return {
    ...shape,
    properties: new Map([...shape.properties].filter(([name]) => !names.has(name))),
    required: new Set([...shape.required].filter((name) => !names.has(name))),
  };
}

function note(loss: Loss, place: string, losses: readonly string[]): void {
  if (losses.length === 0) return;
  const at = place === '' ? WHOLE : place;
  loss.set(at, [...new Set([...(loss.get(at) ?? []), ...losses])]);
}

/** `a→description, b→description` becomes `a, b→description`. */
function formatLosses(losses: readonly string[]): string {
  const byEnd = new Map<string, string[]>();
  for (const loss of losses) {
    const [what = '', end = ''] = loss.split('→');
    byEnd.set(end, [...(byEnd.get(end) ?? []), what]);
  }
  return [...byEnd].map(([end, whats]) => `${whats.join(', ')}→${end}`).join('; ');
}

function emit(shape: Shape, place: string, loss: Loss): ProjectedSchema {
  const type = pickType(shape, place, loss);
  const { text, carried } = describeNotes(shape.notes);
  note(loss, place, [...carried, ...shape.losses, ...shape.narrowed.map((what) => `${what}${NARROWING}`)]);
  const description = [shape.description, text].filter((part) => part).join('\n');
  return {
    type,
    ...(description === '' ? {} : { description }),
    ...(type === 'object' ? members(shape, place, loss) : {}),
    ...(type === 'array' ? emitItems(shape, place, loss) : {}),
  };
}

/** The one type that says most of those let through. */
function pickType(shape: Shape, place: string, loss: Loss): Type {
  const types = TYPES.filter(
    (type) => shape.types.has(type) && !(type === 'integer' && shape.types.has('number')),
  );
  const [only] = types;
  if (only !== undefined && types.length === 1) return only;
  const preferred: Type[] = [
    ...(isAny(shape) ? typesOfSamples(shape) : []),
    ...(shape.properties.size > 0 ? (['object'] as const) : []),
    ...(shape.items ? (['array'] as const) : []),
    'string',
    'object',
    'array',
    'number',
    'integer',
    'boolean',
  ];
  const type = preferred.find((candidate) => types.includes(candidate)) ?? 'string';
  if (types.length > 1) {
    note(loss, place, [`${isAny(shape) ? 'any' : types.join('|')}→${type}${NARROWING}`]);
  }
  return type;
}

/** Where the schema says nothing, a default or an example may. */
function typesOfSamples(shape: Shape): Type[] {
  const examples = shape.notes.get('examples');
  const samples = [shape.notes.get('default'), ...(Array.isArray(examples) ? examples : [])];
  const names = samples.flatMap((sample) =>
    sample === undefined ? [] : typeOfValue(sample).replace('integer', 'number'),
  );
  return TYPES.filter((type) => names.includes(type));
}

function members(shape: Shape, place: string, loss: Loss): Pick<ProjectedSchema, 'properties' | 'required'> {
  const properties: [string, ProjectedSchema][] = [];
  const required: string[] = [];
  for (const [name, member] of shape.properties) {
    const at = place === '' ? name : `${place}.${name}`;
    if (isNever(member)) {
      note(loss, at, ['never valid→dropped']);
      continue;
    }
    properties.push([name, emit(member, at, loss)]);
    // A model leaves a nullable parameter out instead of sending null, so it cannot be required of it.
    const anything = isAny(member);
    if (member.nullable && !anything && !member.nullByDefault) note(loss, at, ['null→omit']);
    if (shape.required.has(name) && (!member.nullable || anything)) required.push(name);
  }
  const nameless = [...shape.required].filter((name) => !shape.properties.has(name));
  if (nameless.length > 0)
    note(
      loss,
      place,
      nameless.map((name) => `required ${name}→dropped`),
    );
  return {
    ...(properties.length > 0 ? { properties: Object.fromEntries(properties) } : {}),
    ...(required.length > 0 ? { required } : {}),
  };
}

/** Left out where anything goes: the gateway takes an array without items, and refuses `items: {}`. */
function emitItems(shape: Shape, place: string, loss: Loss): Pick<ProjectedSchema, 'items'> {
  const { items } = shape;
  if (items === undefined || isAny(items)) return {};
  const at = `${place}[]`;
  if (items.nullable) note(loss, at, [`null→not null${NARROWING}`]);
  return { items: emit(items, at, loss) };
}

function isAny(shape: Shape): boolean {
  return shape.nullable && shape.types.size === TYPES.length;
}

const KEYWORDS = new Set(['type', 'description', 'properties', 'required', 'items']);

/** What the gateway would refuse; empty for everything projectTool returns. */
export function legalityProblems(tool: ProjectedTool): string[] {
  const problems: string[] = [];
  if (tool.name.length < 1 || tool.name.length > 256) problems.push('name must have 1 to 256 characters');
  if (tool.description.trim() === '') problems.push('description must not be empty');
  if (tool.inputSchema.type !== 'object') problems.push('inputSchema must be of type object');
  return [...problems, ...schemaProblems(tool.inputSchema, 'inputSchema')];
}

function schemaProblems(schema: ProjectedSchema, at: string): string[] {
  const problems = Object.keys(schema)
    .filter((keyword) => !KEYWORDS.has(keyword))
    .map((keyword) => `${at}: unknown keyword ${keyword}`);
  if (!TYPES.includes(schema.type)) problems.push(`${at}: type must be one of ${TYPES.join(', ')}`);
  if (schema.description !== undefined && typeof schema.description !== 'string') {
    problems.push(`${at}: description must be a string`);
  }
  const properties = schema.properties ?? {};
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(properties, name)) problems.push(`${at}: requires ${name}, which is no property`);
  }
  return [
    ...problems,
    ...Object.entries(properties).flatMap(([name, child]) => schemaProblems(child, `${at}.${name}`)),
    ...(schema.items === undefined ? [] : schemaProblems(schema.items, `${at}[]`)),
  ];
}

/** The manifest's `projection`: changes exactly when what the gateway gets changes. */
export function hashProjection(tool: ProjectedTool): Sha256 {
  return hashJson(tool);
}

/** What a tool costs a model's context, at four characters a token. */
export function estimateTokens(tool: ProjectedTool): number {
  return Math.ceil(canonicalJson(tool).length / 4);
}
