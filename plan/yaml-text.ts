/**
 * Reads the YAML that `yaml` writes, several times faster than `yaml` itself, which keeps every comment and position:
 * a manifest of all servers has 600 kB. js-yaml's own schemas read YAML 1.1's habits (`1_000`, `0b1`) as numbers, so
 * the core schema of YAML 1.2 stands here. Anchors are refused: a lock file has none, and they can be made to explode.
 */
import { FAILSAFE_SCHEMA, load, Type } from 'js-yaml';

const scalar = (tag: string, pattern: RegExp, construct: (text: string) => unknown, always = false) =>
  new Type(`tag:yaml.org,2002:${tag}`, {
    kind: 'scalar',
    resolve: (text: string | null) => (text === null ? always : pattern.test(text)),
    construct: (text: string | null) => construct(text ?? ''),
  });

const CORE = FAILSAFE_SCHEMA.extend({
  implicit: [
    scalar('null', /^(?:~|null|Null|NULL|)$/, () => null, true),
    scalar('bool', /^(?:true|True|TRUE|false|False|FALSE)$/, (text) => text.toLowerCase() === 'true'),
    scalar('int', /^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$/, Number),
    scalar(
      'float',
      /^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
      toFloat,
    ),
  ],
});

function toFloat(text: string): number {
  if (/nan/i.test(text)) return Number.NaN;
  if (/inf/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

export function readYaml(text: string): unknown {
  return load(text, {
    schema: CORE,
    listener: (_event, state) => {
      if ((state as { anchor?: string | null }).anchor) throw new Error('anchors are not allowed');
    },
  });
}
