/** Which calls are let through to the server, and under which name. */
import fc from 'fast-check';
import { CallFailure } from '../../../proxies/errors.ts';
import { readToolName } from '../../../proxies/tool-name.ts';

const settings = {
  target: 'ecs',
  aliases: { short_a1b2c3: 'a_very_long_name' },
  allow: ['list', 'a_very_long_name', 'aws_knowledge_aws___read', 'toString'],
};
const read = (name: unknown) => readToolName({ custom: { bedrockAgentCoreToolName: name } }, settings);

test('reads custom and Custom', () => {
  expect(readToolName({ custom: { bedrockAgentCoreToolName: 'ecs___list' } }, settings)).toBe('list');
  expect(readToolName({ Custom: { bedrockAgentCoreToolName: 'ecs___list' } }, settings)).toBe('list');
});

test('splits at the first separator', () => {
  expect(read('ecs___aws_knowledge_aws___read')).toBe('aws_knowledge_aws___read');
});

test('a name that every object has is a name like any other', () => {
  expect(read('ecs___toString')).toBe('toString');
});

test('reverses an alias; the long name itself is not offered', () => {
  expect(read('ecs___short_a1b2c3')).toBe('a_very_long_name');
  expect(() => read('ecs___a_very_long_name')).toThrow(/not offered/);
});

test.each([
  ['no context', undefined],
  ['an empty context', {}],
  ['null in it', { custom: null }],
  ['an empty name', { custom: { bedrockAgentCoreToolName: '' } }],
  ['a name that is no string', { custom: { bedrockAgentCoreToolName: 7 } }],
])('refuses %s', (_what, context) => {
  expect(() => readToolName(context, settings)).toThrow(/no tool name/);
});

test.each(['eks___list', 'list', '___list', 'ecs__list', 'ECS___list', 'ecs ___list'])(
  'refuses %s: another target',
  (name) => {
    expect(() => read(name)).toThrow(/is not of target ecs/);
  },
);

test.each(['ecs___delete', 'ecs___', 'ecs___list ', 'ecs___constructor', 'ecs___hasOwnProperty'])(
  'refuses %s: not on the allow-list',
  (name) => {
    expect(() => read(name)).toThrow(CallFailure);
  },
);

test('whatever the name, what is returned is on the allow-list', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((tail) => `ecs___${tail}`),
      ),
      (name) => {
        try {
          expect(settings.allow).toContain(read(name));
        } catch (error) {
          expect(error).toBeInstanceOf(CallFailure);
        }
      },
    ),
  );
});
