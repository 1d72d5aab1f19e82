/** Properties of the parts that compute: pages, arguments, search, decoding. */
import fc from 'fast-check';
import { createArgumentChecks, isArgumentRefusal } from '../../../gateway/arguments.ts';
import { catalogueOf, type ListedTool } from '../../../gateway/catalogue.ts';
import { decodeResult } from '../../../gateway/client.ts';
import { renewing } from '../../../gateway/credentials.ts';
import { createSearchIndex } from '../../../gateway/search.ts';
import type { Json, JsonObject } from '../../../plan/hash.ts';
import type { ProjectedTool } from '../../../plan/schema/projection.ts';
import { targetOf } from './support.ts';

const target = targetOf('t', []);
const listed = (name: string, description = name): ListedTool => ({
  name,
  target,
  tool: { name, description, inputSchema: { type: 'object' } },
});

test('whatever the page size, the pages together are the tools in order', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.integer({ min: 1, max: 15 }), (count, size) => {
      const all = Array.from({ length: count }, (_, index) => listed(`t___${index}`));
      const catalogue = catalogueOf(all);
      const seen: ListedTool[] = [];
      let cursor: string | undefined;
      do {
        const page = catalogue.page(cursor, size);
        expect(page.tools.length).toBeLessThanOrEqual(size);
        seen.push(...page.tools);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(seen).toEqual(all);
    }),
  );
});

describe('arguments', () => {
  const check = createArgumentChecks();
  const tool = (inputSchema: ProjectedTool['inputSchema']): ProjectedTool => ({
    name: 'x',
    description: 'x',
    inputSchema,
  });

  test('an object without properties takes anything', () => {
    const free = tool({ type: 'object' });
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        (given) => check(free, given as JsonObject).refusal === undefined,
      ),
    );
  });

  test('a field of another type is refused, wherever it lies', () => {
    const schema = tool({
      type: 'object',
      properties: {
        list: {
          type: 'array',
          items: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
        },
      },
    });
    const nested = (given: JsonObject) => check(schema, given).refusal;
    expect(nested({ list: [{ n: 1 }] })).toBeUndefined();
    expect(nested({ list: [{ n: 1 }, {}] })).toContain("Missing required field(s): 'list/1/n'");
    expect(nested({ list: [{ n: 'x' }] })).toContain(
      "Field '/list/0/n' has invalid type: string found, integer expected",
    );
    expect(nested({ list: {} })).toContain("Field '/list' has invalid type: object found, array expected");
    expect(isArgumentRefusal(nested({ list: {} }) ?? '')).toBe(true);
  });
});

test('search returns at most ten, the best fit first, nothing where nothing fits', () => {
  const index = createSearchIndex([
    ...Array.from({ length: 20 }, (_, i) => listed(`t___filler_${i}`, 'Works with buckets somehow.')),
    listed('t___listBuckets', 'Gives all of them.'),
  ]);
  const found = index.search('list bucket');
  expect(found).toHaveLength(10);
  expect(found[0]?.name).toBe('t___listBuckets');
  expect(index.search('kubernetes')).toEqual([]);
  expect(createSearchIndex([]).search('x')).toEqual([]);
});

describe('what the command line decodes', () => {
  const text = (value: string, isError = false) => ({ content: [{ type: 'text', text: value }], isError });

  test('any value that a Lambda returned comes back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!(typeof value === 'object' && value !== null && 'isError' in value));
        expect(decodeResult('t', text(JSON.stringify(value)))).toEqual(
          JSON.parse(JSON.stringify(value)) as Json,
        );
      }),
    );
  });

  test('errors of every kind are errors', () => {
    const codeOf = (result: unknown) => {
      try {
        decodeResult('t', result);
      } catch (error) {
        return [(error as { code: string }).code, (error as Error).message];
      }
      return undefined;
    };
    expect(codeOf(text('broke', true))).toEqual(['tool-error', 't: broke']);
    expect(codeOf(text('{"isError":true,"error":"no access"}'))).toEqual(['tool-error', 't: no access']);
    expect(codeOf(text('ValidationException - Parameter validation failed: x', true))?.[0]).toBe(
      'arguments-invalid',
    );
    expect(codeOf(text('{"isError":false}'))).toBeUndefined();
    const hinted = text('{"isError":true,"error":"denied","hint":"grant s3:GetObject"}');
    expect(() => decodeResult('t', hinted)).toThrow(expect.objectContaining({ hint: 'grant s3:GetObject' }));
    expect(decodeResult('t', text('plain words'))).toBe('plain words');
  });
});

describe('credentials of a profile', () => {
  const source = (minutes: number | undefined) => {
    let made = 0;
    const provide = async () => {
      made += 1;
      return {
        accessKeyId: String(made),
        secretAccessKey: 's',
        ...(minutes !== undefined && { expiration: new Date(Date.now() + minutes * 60_000) }),
      };
    };
    return renewing(provide);
  };

  test('are resolved once while they last, again when they are about to end', async () => {
    const lasting = source(60);
    expect([(await lasting()).accessKeyId, (await lasting()).accessKeyId]).toEqual(['1', '1']);
    const ending = source(4);
    expect([(await ending()).accessKeyId, (await ending()).accessKeyId]).toEqual(['1', '2']);
    const endless = source(undefined);
    expect([(await endless()).accessKeyId, (await endless()).accessKeyId]).toEqual(['1', '1']);
  });

  test('a failure is not kept', async () => {
    let tries = 0;
    const flaky = renewing(async () => {
      tries += 1;
      if (tries === 1) throw new Error('signed out');
      return { accessKeyId: 'a', secretAccessKey: 's' };
    });
    await expect(flaky()).rejects.toThrow('signed out');
    expect((await flaky()).accessKeyId).toBe('a');
  });
});
