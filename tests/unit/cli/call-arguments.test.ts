import fc from 'fast-check';
import { parseCallArguments } from '../../../cli/call-arguments.ts';

const schema = {
  properties: { path: { type: 'string' }, limit: { type: 'integer' }, tags: { type: 'array' } },
};

describe('arguments of a call', () => {
  test('one JSON object is taken as it is', () => {
    expect(parseCallArguments(['{"limit": 3, "path": null}'], schema)).toEqual({ limit: 3, path: null });
  });

  test('pairs are read by the schema', () => {
    expect(parseCallArguments(['path=5', 'limit=5', 'tags=["a"]'], schema)).toEqual({
      path: '5',
      limit: 5,
      tags: ['a'],
    });
  });

  test('any text survives as a string parameter', () => {
    fc.assert(
      fc.property(fc.string(), (text) =>
        expect(parseCallArguments([`path=${text}`], schema)).toEqual({ path: text }),
      ),
    );
  });

  test.each([
    [['{"a":'], /not JSON/],
    [['nonsense'], /not key=value/],
    [['limit=many'], /limit must be integer/],
  ])('%j is refused', (given, message) => {
    expect(() => parseCallArguments(given, schema)).toThrow(
      expect.objectContaining({
        code: 'arguments-invalid',
        exitCode: 2,
        message: expect.stringMatching(message),
      }),
    );
  });
});
