/** What stands where in a pull request's comment. */
import { renderResources, renderReview } from '../../../plan/review/comment.ts';
import type { ResourceChange } from '../../../plan/review/preview-digest.ts';
import { without } from '../../../plan/review/preview-digest.ts';
import type { Review } from '../../../plan/review/review.ts';

const none = { servers: {}, wordsUnknown: [] };
const review = (more: Partial<Review> = {}): Review => ({
  stack: 'dev',
  isNew: false,
  totals: {
    targets: [1, 1],
    tools: [2, 2],
    tokens: [100, 90],
    actions: [3, 3],
    'idle US$ a month': [6, 6],
  },
  targets: { added: [], removed: [] },
  findings: [],
  problems: [],
  permissions: [],
  losses: [],
  ...more,
});
const change = (op: ResourceChange['op'], name: string, because: string[] = []): ResourceChange => ({
  op,
  type: 'lambda.Function',
  name,
  because,
});
const resources = (changes: ResourceChange[], errors: string[] = []) => ({ changes, unchanged: 1, errors });

test('what is forbidden comes before what is only shown', () => {
  const found = { at: 'x', message: 'm' };
  const text = renderReview(
    review({
      findings: [
        { ...found, rule: 'read-to-write', forbidden: false },
        { ...found, rule: 'budget', forbidden: true },
      ],
    }),
    none,
  );
  expect(text).toMatch(/^### Stack `dev`: :x: 1 change that a rule forbids\n- :x: .*budget.*\n- :warning: /);
});

test('a table of what moved, and a line of what did not', () => {
  const text = renderReview(review(), none);
  expect(text.match(/^\| \w.*$/gm)).toEqual(['| tokens | 100 | 90 | −10 |']);
  expect(text).toContain('As before: targets 1, tools 2, actions 3, idle US$ a month 6.');
});

test('many findings are counted, not cut in the middle', () => {
  const findings = Array.from({ length: 3000 }, (_, index) => ({
    rule: 'words-same-version' as const,
    at: `target___tool_${index}`,
    message: 'words changed, version 1.0.0 and source did not',
    forbidden: true,
  }));
  const text = renderReview(review({ findings }), none, undefined, 20_000);
  expect(text.length).toBeLessThanOrEqual(20_000);
  expect(text).toMatch(/… and \d+ more, in the check's log\n\n\*\*/);
});

test.each([
  [resources([], ['failed']), [], ':x: its resources cannot be previewed'],
  [resources([]), [change('update', 'a')], ':x: 1 resource changed by hand'],
  [resources([change('update', 'a')]), [], 'nothing forbidden'],
])('the heading tells what of the resources fails the check (%#)', (found, drift, heading) => {
  const news = { stack: 'dev', offline: false, resources: found, drift };
  expect(renderReview(review(), none, news).split('\n')[0]).toBe(`### Stack \`dev\`: ${heading}`);
});

test('what takes something away comes first, and is marked', () => {
  const changes = [
    change('create', 'a'),
    change('update', 'b'),
    change('delete', 'c'),
    change('replace', 'd'),
  ];
  const text = renderResources({ stack: 'dev', offline: true, resources: resources(changes) });
  const ops = [':warning: replace', ':warning: delete', 'update', 'create'];
  expect([...text.matchAll(/^- (.*) `lambda/gm)].map(([, op]) => op)).toEqual(ops);
  expect(text).not.toMatch(/^\|/m);
  const many = Array.from({ length: 4 }, () => changes).flat();
  const table = renderResources({ stack: 'dev', offline: true, resources: resources(many) });
  expect([...table.matchAll(/^\| (.*) \| lambda.* \| 4 \|$/gm)].map(([, op]) => op)).toEqual(ops);
});

test('what an engine says stays between its fences', () => {
  const said = 'error:\n```\n</details> @everyone';
  const text = renderResources({ stack: 'dev', offline: true, resources: resources([], [said]) });
  expect(text).toMatch(/^````\nerror:\n```\n<\/details> @everyone\n````$/m);
});

test('a change counts as another when it is of other properties', () => {
  const [memory, both] = [
    change('update', 'a', ['memorySize']),
    change('update', 'a', ['memorySize', 'role']),
  ];
  expect(without([memory, both, change('delete', 'b')], [memory])).toEqual([both, change('delete', 'b')]);
});
