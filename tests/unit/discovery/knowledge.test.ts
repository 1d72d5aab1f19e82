/** Reviewed exceptions: well-formed, with a source each, merged in order. */
import { knowledgeOf, parseKnowledge, readKnowledge } from '../../../discovery/knowledge.ts';

describe('knowledge', () => {
  test('the committed file is well-formed and every entry names its source', async () => {
    const book = await readKnowledge();
    expect(Object.keys(book).length).toBeGreaterThan(20);
    for (const entries of Object.values(book)) for (const entry of entries) expect(entry.source).not.toBe('');
  });

  test('a reason is demanded where a server cannot run on Lambda', () => {
    const text = 'servers:\n  a: [{ source: somewhere known, hosting: { lambda: false } }]\n';
    expect(() => parseKnowledge(text)).toThrow(/needs a reason/);
  });

  test.each([
    'servers:\n  a: [{ hosting: { lambda: true } }]\n',
    'servers:\n  a: [{ source: somewhere known, hostin: {} }]\n',
    'servers:\n  a: [{ source: somewhere known, hosting: { network: the moon } }]\n',
  ])('%j is refused', (text) => {
    expect(() => parseKnowledge(text)).toThrow();
  });

  test('entries of a server add up, and one that forbids Lambda stands', () => {
    const book = parseKnowledge(`servers:
  a:
    - { source: first source, hosting: { lambda: false, reason: no } }
    - { source: second source, hosting: { state: kept }, install: { noHooks: true, extra: [x==1.0] } }
`);
    expect(knowledgeOf(book, 'a')).toMatchObject({
      hosting: { lambda: false, reason: 'no', state: 'kept' },
      noHooks: true,
      extra: ['x==1.0'],
    });
    expect(knowledgeOf(book, 'b')).toMatchObject({ hosting: undefined, noHooks: false, extra: [] });
  });
});
