/** Lambda functions and layers as the service refuses. */
import { at, hasUnknown, isObject, reveal, textAt, type Values } from '../values.ts';
import { ROLE } from './iam.ts';
import { arn, failure, type Rule, type World } from './rule.ts';

export const FUNCTION = 'aws:lambda/function:Function';
export const LAYER = 'aws:lambda/layerVersion:LayerVersion';

const RUNTIMES = ['nodejs20.x', 'nodejs22.x', 'nodejs24.x', 'python3.12', 'python3.13'];
const ENVIRONMENT_BYTES = 4_096;
const LAYERS = 5;

function checkCode(inputs: Values) {
  const given = (key: string) => (inputs[key] ?? null) !== null;
  if (given('s3Bucket') !== given('s3Key')) return [failure('s3Key', 's3Bucket and s3Key go together')];
  const sources = ['code', 's3Bucket', 'imageUri'].filter(given);
  if (sources.length !== 1)
    return [failure('code', `exactly one of code, s3Bucket, imageUri, got ${sources.length}`)];
  if (given('imageUri'))
    return textAt(inputs, 'packageType') === 'Image' ? [] : [failure('packageType', 'must be Image')];
  const missing = ['handler', 'runtime'].filter((key) => !given(key));
  return missing.map((key) => failure(key, 'required for a zip package'));
}

function functionRefusal(inputs: Values, id: string, change: string, world: World): string | undefined {
  if (change === 'create' && world.ofType(FUNCTION).some((item) => item.id === id)) {
    return `ResourceConflictException: Function already exist: ${id}`;
  }
  const role = world.ofType(ROLE).find((item) => textAt(item.outputs, 'arn') === textAt(inputs, 'role'));
  if (!role?.inputs || !textAt(role.inputs, 'assumeRolePolicy')?.includes('lambda.amazonaws.com')) {
    return 'InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda.';
  }
  const known = world.ofType(LAYER).map((layer) => layer.id);
  const layers = (at(inputs, 'layers') ?? []) as string[];
  const absent = layers.find((layer) => layer.includes(`:${world.account}:`) && !known.includes(layer));
  return absent ? `InvalidParameterValueException: Layer version ${absent} does not exist.` : undefined;
}

export const lambdaRules: Record<string, Rule> = {
  [FUNCTION]: {
    replaces: ['name', 'packageType', 'region'],
    named: 'name',
    id: (inputs) => textAt(inputs, 'name') ?? '',
    outputs(_inputs, id, world) {
      const functionArn = arn(world, 'lambda', `function:${id}`);
      return {
        arn: functionArn,
        qualifiedArn: `${functionArn}:$LATEST`,
        version: '$LATEST',
        sourceCodeSize: 0,
      };
    },
    check(inputs) {
      const problems = checkCode(inputs);
      const name = textAt(inputs, 'name');
      if (name !== undefined && !/^[a-zA-Z0-9-_]{1,64}$/.test(name)) {
        problems.push(failure('name', 'must match [a-zA-Z0-9-_]{1,64}'));
      }
      const runtime = textAt(inputs, 'runtime');
      if (runtime !== undefined && !RUNTIMES.includes(runtime))
        problems.push(failure('runtime', `unknown: ${runtime}`));
      const layers = at(inputs, 'layers');
      if (Array.isArray(layers) && layers.length > LAYERS)
        problems.push(failure('layers', `at most ${LAYERS}`));
      const variables = at(inputs, 'environment.variables');
      if (isObject(variables) && !hasUnknown(variables)) {
        const bytes = Buffer.byteLength(JSON.stringify(reveal(variables)));
        if (bytes > ENVIRONMENT_BYTES) {
          problems.push(failure('environment.variables', `${bytes} bytes, at most ${ENVIRONMENT_BYTES}`));
        }
      }
      return problems;
    },
    refuse: (change, inputs, id, world) =>
      change === 'delete' ? undefined : functionRefusal(inputs, id, change, world),
  },
  [LAYER]: {
    replaces: [
      'layerName',
      's3Key',
      's3Bucket',
      's3ObjectVersion',
      'code',
      'compatibleArchitectures',
      'compatibleRuntimes',
      'description',
      'sourceCodeHash',
      'region',
    ],
    id: (inputs, seed, world) =>
      arn(world, 'lambda', `layer:${textAt(inputs, 'layerName')}:${(Number(seed.split('#')[1]) || 0) + 1}`),
    outputs: (_inputs, id) => ({
      arn: id,
      layerArn: id.replace(/:\d+$/, ''),
      version: id.split(':').pop() ?? '',
    }),
  },
};
