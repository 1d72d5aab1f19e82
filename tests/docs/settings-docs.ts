/** docs/settings.md, docs/settings.schema.json and the `config:` of Pulumi.yaml, made of the settings' schema and its comments. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Json, JsonObject } from '../../plan/hash.ts';
import { isObject } from '../../plan/schema/keywords.ts';
import { PROJECT, settingsSchema } from '../../plan/settings/settings.ts';
import { withProjectConfig } from './project-config.ts';
import { type Commented, readComments } from './settings-comments.ts';

const ROOT = join(import.meta.dirname, '../..');

export async function makeSettingsDocs(): Promise<{
  'docs/settings.md': string;
  'docs/settings.schema.json': string;
  'Pulumi.yaml': string;
}> {
  const room = join(ROOT, 'plan/settings');
  const files = (await readdir(room)).toSorted();
  const sources = await Promise.all(files.map((file) => readFile(join(room, file), 'utf8')));
  const schema = z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' }) as JsonObject;
  const comments = readComments(sources, 'settingsSchema');
  const rows = rowsOf(schema, comments, '');
  const project = await readFile(join(ROOT, 'Pulumi.yaml'), 'utf8');
  return {
    'Pulumi.yaml': withProjectConfig(project, schema, comments),
    'docs/settings.md': markdown(rows),
    'docs/settings.schema.json': `${JSON.stringify(stackFileSchema(describe(schema, comments)), undefined, 2)}\n`,
  };
}

interface Row {
  path: string;
  type: string;
  fallback: string;
  comment: string;
}

function variantsOf(schema: JsonObject): JsonObject[] {
  const variants = [schema.anyOf, schema.oneOf].find(Array.isArray) ?? [];
  return variants.filter(isObject);
}

/** The settings of all servers are those of one: said once. */
const SAID_BEFORE = 'servers.defaults';

/** Every place of the schema that has members, down to the leaves; a place that variants share stands once. */
function rowsOf(schema: JsonObject, comments: Commented | undefined, path: string, variant?: string): Row[] {
  if (path === SAID_BEFORE) return [];
  const rows: Row[] = [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  for (const [name, inner] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
    if (!isObject(inner)) continue;
    const at = path === '' ? name : `${path}.${name}`;
    const comment = comments?.members.get(name);
    const fallback = required.includes(name) ? `**required**${variant ?? ''}` : fallbackText(inner);
    rows.push({ path: at, type: typeText(inner), fallback, comment: comment?.comment ?? '' });
    rows.push(...rowsOf(inner, comment, at));
  }
  for (const each of variantsOf(schema)) {
    const kind =
      isObject(each.properties) && isObject(each.properties.type) ? each.properties.type.const : undefined;
    const label = kind === undefined ? ' in this form' : ` with \`${String(kind)}\``;
    for (const row of rowsOf(each, comments, path, label)) addRow(rows, row);
  }
  const values = isObject(schema.additionalProperties) ? schema.additionalProperties : undefined;
  if (values && hasMembers(values))
    rows.push(...rowsOf(values, comments?.members.get('*'), `${path}.<name>`));
  const items = isObject(schema.items) ? schema.items : undefined;
  if (items && hasMembers(items)) rows.push(...rowsOf(items, comments?.members.get('*'), `${path}[]`));
  return rows;
}

function addRow(rows: Row[], row: Row): void {
  const known = rows.find(({ path }) => path === row.path);
  if (!known) rows.push(row);
  else if (!known.type.split(' or ').includes(row.type)) known.type += ` or ${row.type}`;
  if (known && known.fallback !== row.fallback)
    known.fallback = known.path.endsWith('.type') ? '**required**' : known.fallback;
}

function hasMembers(schema: JsonObject): boolean {
  return isObject(schema.properties) || variantsOf(schema).some(hasMembers);
}

function typeText(schema: JsonObject): string {
  const variants = variantsOf(schema);
  if (variants.length > 0) return [...new Set(variants.map(typeText))].join(' or ');
  if ('const' in schema) return `\`${String(schema.const)}\``;
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.type === 'array')
    return `list of ${isObject(schema.items) ? typeText(schema.items) : 'anything'}`;
  if (schema.type === 'object') {
    return isObject(schema.additionalProperties)
      ? `${typeText(schema.additionalProperties)} by name`
      : 'mapping';
  }
  if (schema.type === 'integer' || schema.type === 'number') return rangeText(schema);
  if (schema.type === 'boolean') return 'true or false';
  return schema.type === 'string' ? 'text' : 'any';
}

function rangeText(schema: JsonObject): string {
  const [least, most] = [schema.minimum ?? schema.exclusiveMinimum, schema.maximum];
  const bounded = (bound: Json | undefined) =>
    typeof bound === 'number' && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
  const noun = schema.type === 'integer' ? 'whole number' : 'number';
  if (bounded(least) && bounded(most)) return `${noun}, ${String(least)} to ${String(most)}`;
  if (!bounded(least)) return noun;
  return `${noun}, ${schema.minimum === undefined ? 'above' : 'from'} ${String(least)}`;
}

function fallbackText(schema: JsonObject): string {
  const { default: value } = schema;
  const isEmpty = isObject(value)
    ? Object.keys(value).length === 0
    : Array.isArray(value) && value.length === 0;
  return value === undefined || isEmpty ? '' : `\`${JSON.stringify(value)}\``;
}

function markdown(rows: readonly Row[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
  const lines = rows.map(
    ({ path, type, fallback, comment }) =>
      `| \`${path}\` | ${cell(type)} | ${cell(fallback)} | ${cell(comment)} |`,
  );
  return `# Settings

Made by \`npm run docs:settings\` from the schema in plan/settings/settings.ts; do not edit.

A stack is a file \`Pulumi.<stack>.yaml\`. Its settings are the keys of \`config\` that begin with \`${PROJECT}:\`; beside
them stands \`aws:region\`. \`gateway.name\` below is written so:

\`\`\`yaml
config:
  aws:region: us-east-1
  ${PROJECT}:gateway:
    name: tools-dev
\`\`\`

The local gateway and the deployment read the same settings. A wrong or unknown key is an error that names it (exit
code 2). \`<name>\` stands for a name of your own: a server's id under \`servers.settings\`, a client's, a toolset's. Globs
know \`*\` and \`?\`. \`servers.defaults\` takes what \`servers.settings.<name>\` takes, but for \`target\`. Editors that read JSON Schema check a stack file after
\`# yaml-language-server: $schema=docs/settings.schema.json\` as its first line.

| setting | type | default | what it is |
| --- | --- | --- | --- |
${lines.join('\n')}
`;
}

/** The schema with the comments as descriptions. */
function describe(schema: JsonObject, comments: Commented | undefined): JsonObject {
  const inner = (child: Json, key: string): Json =>
    isObject(child) ? describe(child, comments?.members.get(key)) : child;
  const members = Object.entries(schema).map(([keyword, value]): [string, Json] => {
    if (keyword === 'properties' && isObject(value)) {
      return [
        keyword,
        Object.fromEntries(Object.entries(value).map(([name, child]) => [name, inner(child, name)])),
      ];
    }
    if ((keyword === 'anyOf' || keyword === 'oneOf') && Array.isArray(value)) {
      return [keyword, value.map((child) => (isObject(child) ? describe(child, comments) : child))];
    }
    if (keyword === 'additionalProperties' || keyword === 'items') return [keyword, inner(value, '*')];
    return [keyword, value];
  });
  return { ...(comments?.comment ? { description: comments.comment } : {}), ...Object.fromEntries(members) };
}

/** A stack file as Pulumi has it: our keys with their namespace, every other namespace left alone. */
function stackFileSchema(settings: JsonObject): JsonObject {
  const properties = isObject(settings.properties) ? settings.properties : {};
  const required = Array.isArray(settings.required) ? settings.required.map(String) : [];
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `Pulumi.<stack>.yaml of ${PROJECT}`,
    type: 'object',
    properties: {
      config: {
        type: 'object',
        properties: {
          'aws:region': { type: 'string', description: 'Region of the stack.' },
          ...Object.fromEntries(
            Object.entries(properties).map(([key, value]) => [`${PROJECT}:${key}`, value]),
          ),
        },
        patternProperties: { [`^(?!${PROJECT}:)`]: true },
        additionalProperties: false,
        required: ['aws:region', ...required.map((key) => `${PROJECT}:${key}`)],
      },
    },
    required: ['config'],
    ...(settings.$defs === undefined ? {} : { $defs: settings.$defs }),
  };
}
