/**
 * Arguments that a tool may accept, from its schema: required ones, then all, then each choice of those that choose what it
 * does (enumerations, and words such as 'list-jobs' that the description of an `operation` names).
 */
import type { Json, JsonObject } from '../../../plan/hash.ts';
import type { ToolDefinition } from '../../../plan/manifest.ts';

/** Calls of one tool at most. */
const MOST = 24;

export function plausibleCalls(tool: ToolDefinition): JsonObject[] {
  const schema = tool.inputSchema;
  const maker = new Maker(schema);
  const required = new Set((schema.required as string[] | undefined) ?? []);
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonObject>);
  const base = (all: boolean, flag: boolean): JsonObject =>
    Object.fromEntries(
      properties
        .filter(([name]) => all || required.has(name))
        .map(([name, property]) => [name, maker.value(name, property, flag, 0)]),
    );
  const calls = [base(false, false), base(true, true), base(true, false)];
  for (const [name, property] of properties)
    for (const choice of choicesOf(name, maker.resolve(property), tool.description ?? '')) {
      calls.push({ ...base(false, false), [name]: choice }, { ...base(true, true), [name]: choice });
    }
  const texts = new Map(calls.map((call) => [JSON.stringify(call), call]));
  return [...texts.values()].slice(0, MOST * 2);
}

function choicesOf(name: string, property: JsonObject, description: string): Json[] {
  if (Array.isArray(property.enum)) return property.enum;
  const variants = (property.anyOf ?? property.oneOf) as JsonObject[] | undefined;
  const listed = variants?.find((variant) => Array.isArray(variant.enum));
  if (listed) return listed.enum as Json[];
  if (!/^(operation|action|command|mode|query_type|report_type|api_operation|resource_type)$/.test(name))
    return [];
  const text = `${property.description ?? ''} ${description}`;
  const words = text.match(/\b[a-z]+(?:[-_][a-z]+)+\b|\b(?:[A-Z][a-z]+){2,}\b/g) ?? [];
  return [...new Set(words)].slice(0, MOST);
}

class Maker {
  readonly #definitions: Record<string, JsonObject>;

  constructor(schema: JsonObject) {
    this.#definitions = (schema.$defs ?? {}) as Record<string, JsonObject>;
  }

  resolve(schema: JsonObject): JsonObject {
    if (typeof schema.$ref !== 'string') return schema;
    return this.#definitions[schema.$ref.split('/').at(-1) ?? ''] ?? {};
  }

  value(name: string, given: JsonObject, flag: boolean, depth: number): Json {
    const schema = this.resolve(given);
    if (schema.const !== undefined) return schema.const;
    if (Array.isArray(schema.enum)) return schema.enum[0] ?? null;
    const variants = (schema.anyOf ?? schema.oneOf) as JsonObject[] | undefined;
    if (variants) {
      const first = variants.find((variant) => variant.type !== 'null');
      return first ? this.value(name, first, flag, depth) : null;
    }
    switch (schema.type) {
      case 'boolean':
        return flag;
      case 'integer':
      case 'number':
        return this.#number(schema);
      case 'array':
        return depth > 4
          ? []
          : [this.value(name.replace(/s$/, ''), (schema.items ?? {}) as JsonObject, flag, depth + 1)];
      case 'object':
        return this.#object(schema, flag, depth);
      default:
        return textFor(name, schema);
    }
  }

  #number(schema: JsonObject): number {
    const least = (schema.minimum ?? schema.exclusiveMinimum) as number | undefined;
    if (typeof schema.default === 'number') return schema.default;
    return Math.max(1, typeof least === 'number' ? least + (schema.minimum === undefined ? 1 : 0) : 1);
  }

  #object(schema: JsonObject, flag: boolean, depth: number): JsonObject {
    if (depth > 4) return {};
    const entries = Object.entries((schema.properties ?? {}) as Record<string, JsonObject>);
    return Object.fromEntries(
      entries.map(([name, property]) => [name, this.value(name, property, flag, depth + 1)]),
    );
  }
}

const TEXTS: readonly (readonly [RegExp, string])[] = [
  [/region/i, 'us-east-1'],
  [/role.*arn|arn.*role|execution_role|role$/i, 'arn:aws:iam::123456789012:role/test'],
  [/policy.*arn/i, 'arn:aws:iam::123456789012:policy/test'],
  [/bucket.*arn/i, 'arn:aws:s3tables:us-east-1:123456789012:bucket/test-bucket'],
  [/arn/i, 'arn:aws:iam::123456789012:role/test'],
  [/s3.*(uri|path|url|location)|(input|output)_?(uri|path|location)/i, 's3://glue-bucket/key'],
  [/bucket/i, 'glue-bucket'],
  [/account/i, '123456789012'],
  [/(start|from|begin).*(time|date)|^since$/i, '2026-01-01T00:00:00Z'],
  [/(end|to|until).*(time|date)/i, '2026-01-02T00:00:00Z'],
  [/time|date/i, '2026-01-01'],
  [/policy_document|trust_policy|document/i, '{"Version":"2012-10-17","Statement":[]}'],
  [/url|endpoint|uri/i, 'https://example.com/'],
  [/email/i, 'someone@example.com'],
  [/vpc/i, 'vpc-12345678'],
  [/subnet/i, 'subnet-12345678'],
  [/security_?group/i, 'sg-12345678'],
  [/instance_?id/i, 'i-12345678'],
  [/^ip|_ip$|address/i, '10.0.0.1'],
  [/port/i, '443'],
  [/cidr/i, '10.0.0.0/16'],
  [/sql|query|statement/i, 'SELECT 1'],
  [/path|file|dir/i, '/tmp/nothing'],
  [/json|params|filters?$/i, '{}'],
  [/max|limit|count|size/i, '5'],
];

function textFor(name: string, schema: JsonObject): string {
  if (typeof schema.default === 'string' && schema.default !== '') return schema.default;
  const examples = schema.examples as Json[] | undefined;
  if (typeof examples?.[0] === 'string') return examples[0];
  const known = TEXTS.find(([pattern]) => pattern.test(name))?.[1] ?? 'test-name-123';
  const least = typeof schema.minLength === 'number' ? schema.minLength : 0;
  return known.padEnd(least, 'a').slice(0, (schema.maxLength as number | undefined) ?? known.length + least);
}
