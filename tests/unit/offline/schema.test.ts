/** The committed schema is what @pulumi/aws says today. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { readReferees } from '../../../offline/plugin/referees.ts';
import { RULES } from '../../../offline/plugin/rules/index.ts';
import { deriveSchema } from '../../../offline/schema/derive.ts';
import { RESOURCE_MODULES } from '../../../offline/schema/resources.ts';
import type { AwsSchema } from '../../../offline/schema/types.ts';

const committed = JSON.parse(
  readFileSync(new URL('../../../offline/schema/aws.json', import.meta.url), 'utf8'),
) as AwsSchema;

test('aws.json is current (else: node offline/schema/generate.ts)', () => {
  expect(JSON.stringify(deriveSchema(RESOURCE_MODULES))).toBe(JSON.stringify(committed));
}, 60_000);

test('every resource type has a rule, and every rule a resource type', () => {
  expect(Object.keys(RULES).sort()).toEqual(Object.keys(readReferees().schema.resources).sort());
});

test('what infra/aws.ts takes from @pulumi/aws is what the stand-in knows', () => {
  const text = readFileSync(new URL('../../../infra/aws.ts', import.meta.url), 'utf8');
  const modules = [...text.matchAll(/from '@pulumi\/aws\/(.+)\.js'/g)].map(([, module = '']) => module);
  const isResource = (module: string) => module !== 'provider' && !/(?:^|\/)get[A-Z]/.test(module);
  expect(modules.filter(isResource).sort()).toEqual([...RESOURCE_MODULES].sort());
});
