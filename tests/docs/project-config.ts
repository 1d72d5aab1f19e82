/**
 * The `config:` of Pulumi.yaml, made of the settings' schema: what the engine itself can check before the program runs.
 * A key declared without a default is required of every stack file, so what may be absent is left to the program.
 */
import { stringify } from 'yaml';
import type { Json, JsonObject } from '../../plan/hash.ts';
import { isObject } from '../../plan/schema/keywords.ts';
import { PROJECT } from '../../plan/settings/settings.ts';
import type { Commented } from './settings-comments.ts';

const MARK = '  # From here on made by `npm run docs:settings`; do not edit.';

const REASON = `
  # Pulumi checks these keys before the program runs, and no deeper: its types are string, boolean, integer, array and
  # object, and what is inside an object it cannot declare. plan/settings/settings.ts checks all of it, in the program and in mcpgw;
  # docs/settings.schema.json is the same for editors. A default replaces a key that is absent, whole: it is never merged
  # into one that is there. Each is the program's own. Keys that may be absent and have no default are not here, as
  # declared they would be required of every stack file:
`;

/** Pulumi.yaml with the block after the mark made anew. */
export function withProjectConfig(
  project: string,
  schema: JsonObject,
  comments: Commented | undefined,
): string {
  const [own] = project.split(MARK);
  const required = Array.isArray(schema.required) ? schema.required : [];
  const settings = Object.entries(isObject(schema.properties) ? schema.properties : {});
  const declared: Record<string, Json> = {};
  const left: string[] = [];
  for (const [key, setting] of settings) {
    if (!isObject(setting)) continue;
    if (setting.default === undefined && !required.includes(key)) left.push(key);
    else declared[`${PROJECT}:${key}`] = declaration(setting, comments?.members.get(key)?.comment);
  }
  const block = stringify(declared, { lineWidth: 0 }).replace(/^(?=.)/gm, '  ');
  return `${own}${MARK}${REASON}  # ${left.join(', ')}.\n${block}`;
}

function declaration(setting: JsonObject, description: string | undefined): JsonObject {
  return {
    type: typeOf(setting),
    ...(description ? { description } : {}),
    ...(isObject(setting.items) ? { items: { type: typeOf(setting.items) } } : {}),
    ...(setting.default === undefined ? {} : { default: setting.default }),
  };
}

/** A choice between forms has no type of its own; all forms of ours are mappings. */
function typeOf({ type = 'object' }: JsonObject): Json {
  return type;
}
