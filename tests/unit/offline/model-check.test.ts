/** AWS's own service models as the referee of what is sent. */
import { describe, expect, test } from '@jest/globals';
import { checkModel } from '../../../offline/plugin/model-check.ts';
import { readReferees } from '../../../offline/plugin/referees.ts';
import { UNKNOWN, type Values } from '../../../offline/plugin/values.ts';
import { MAPPINGS } from '../../../offline/schema/mappings.ts';

const { models, schema } = readReferees();
const judge = (type: string, inputs: Values) => {
  const mapping = MAPPINGS[type];
  if (!mapping) throw new Error(`no mapping of ${type}`);
  return checkModel(models, mapping, inputs);
};
const failed = (type: string, inputs: Values) => judge(type, inputs).failures.map(({ property }) => property);

const FUNCTION = 'aws:lambda/function:Function';
const GATEWAY = 'aws:bedrock/agentcoreGateway:AgentcoreGateway';
const lambda: Values = {
  name: 'fn',
  role: 'arn:aws:iam::123456789012:role/fn',
  s3Bucket: 'bucket',
  s3Key: 'key',
  memorySize: 512,
  timeout: 60,
  architectures: ['arm64'],
};

test('what is right passes, judged in full', () => {
  expect(judge(FUNCTION, lambda)).toEqual({ failures: [], unjudged: [] });
});

test('what is not known yet is not judged', () => {
  expect(failed(FUNCTION, { ...lambda, role: UNKNOWN })).toEqual([]);
});

test.each<[string, Values, string]>([
  ['a pattern', { role: 'fn' }, 'role'],
  ['a number too large', { memorySize: 99_999 }, 'memorySize'],
  ['a number too small', { timeout: 0 }, 'timeout'],
  ['an enum, in a list', { architectures: ['riscv'] }, 'architectures[0]'],
  ['a renamed member', { s3Bucket: 'no spaces here' }, 's3Bucket'],
  ['a member of a structure', { loggingConfig: { logFormat: 'Yaml' } }, 'loggingConfig.logFormat'],
  ['a key of a map', { environment: { variables: { '1A': 'x' } } }, 'environment.variables.1A (key)'],
])('%s of a function is judged', (_what, change, property) => {
  expect(failed(FUNCTION, { ...lambda, ...change })).toEqual([property]);
});

test('a required member that is missing, on top and inside', () => {
  const { role: _role, ...without } = lambda;
  expect(failed(FUNCTION, without)).toEqual(['Role']);
  const gateway = { name: 'g', roleArn: 'arn:aws:iam::123456789012:role/g', authorizerType: 'CUSTOM_JWT' };
  const authorizerConfiguration = { customJwtAuthorizer: { allowedClients: ['c'] } };
  expect(failed(GATEWAY, { ...gateway, authorizerConfiguration })).toEqual([
    'authorizerConfiguration.customJwtAuthorizer.discoveryUrl',
  ]);
});

describe('the extract', () => {
  test('has a model for every resource type that the program uses', () => {
    expect(Object.keys(MAPPINGS).sort()).toEqual(Object.keys(schema.resources).sort());
  });

  test('no shape that a mapping names is missing', () => {
    for (const { service, shapes } of Object.values(MAPPINGS)) {
      expect(Object.keys(models.services[service]?.shapes ?? {})).toEqual(expect.arrayContaining(shapes));
    }
  });
});
