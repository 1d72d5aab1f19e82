import { asFound } from '../../../offline/plugin/drift.ts';
import { MASK, makeSecret } from '../../../offline/plugin/values.ts';

test('what was changed in the account is found, all else is as the state has it', () => {
  const state = { memorySize: 512, tags: { a: '1' }, __defaults: [], key: makeSecret('s3cret'), gone: 1 };
  expect(asFound(state, { memorySize: 3008, tags: { a: '1' }, key: MASK })).toEqual({
    ...state,
    memorySize: 3008,
  });
});

test('a secret that the journal masked is no drift, wherever it lies', () => {
  const state = { environment: { variables: { token: makeSecret('s3cret'), region: 'us-east-1' } } };
  const found = { environment: { variables: { token: MASK, region: 'us-east-1' } } };
  expect(asFound(state, found)).toEqual(state);
});
