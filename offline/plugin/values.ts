/**
 * Property values as the engine sends them: JSON with two conventions of Pulumi's, a sentinel string for what is not
 * known yet (previews) and a signed object around what is secret.
 */
import type { JavaScriptValue } from 'google-protobuf/google/protobuf/struct_pb.js';
import structs from 'google-protobuf/google/protobuf/struct_pb.js';

export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
export type Values = { [key: string]: Value };

const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
/** What stands for a secret in everything that is written down. */
export const MASK = '[secret]';

export function isObject(value: Value | undefined): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSecret(value: Value | undefined): value is Values {
  return isObject(value) && value[SIGNATURE] === SECRET;
}

export function makeSecret(value: Value): Values {
  return { [SIGNATURE]: SECRET, value };
}

/** The value with every secret's wrapper taken off. */
export function reveal(value: Value | undefined): Value {
  return mapSecrets(value ?? null, (inner) => reveal(inner));
}

/** The value as it may be logged. */
export function mask(value: Value | undefined): Value {
  return mapSecrets(value ?? null, () => MASK);
}

function mapSecrets(value: Value, replace: (inner: Value) => Value): Value {
  if (isSecret(value)) return replace(value.value ?? null);
  if (Array.isArray(value)) return value.map((item) => mapSecrets(item, replace));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapSecrets(item, replace)]));
}

/** Not known yet, or holding something that is not. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}

/** The string at a dotted path of revealed values; undefined when absent, not a string or not known yet. */
export function textAt(values: Value | undefined, path: string): string | undefined {
  const found = at(values, path);
  return typeof found === 'string' && found !== UNKNOWN ? found : undefined;
}

export function at(values: Value | undefined, path: string): Value | undefined {
  let here: Value | undefined = values;
  for (const key of path.split('.')) {
    if (isSecret(here)) here = here.value;
    if (Array.isArray(here)) here = here[Number(key)];
    else if (isObject(here)) here = here[key];
    else return undefined;
  }
  return here;
}

export function fromStruct(struct: structs.Struct | undefined): Values {
  return (struct?.toJavaScript() ?? {}) as Values;
}

export function toStruct(values: Values): structs.Struct {
  return structs.Struct.fromJavaScript(values as { [key: string]: JavaScriptValue });
}
