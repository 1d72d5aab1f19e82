/** What holds for the diff of any two manifests. */
import fc from 'fast-check';
import { listChanges } from '../../../plan/diff/changes.ts';
import { type Definitions, diffManifests, isEmptyDiff } from '../../../plan/diff/diff.ts';
import { renderMarkdown } from '../../../plan/diff/markdown.ts';
import { renderText } from '../../../plan/diff/text.ts';
import type { ServerDiff } from '../../../plan/diff/types.ts';
import { canonicalJson, sha256 } from '../../../plan/hash.ts';
import type { ActionEntry, Manifest, ServerEntry, ToolDefinition } from '../../../plan/manifest.ts';
import { toolFacts } from '../../../plan/tool-facts.ts';
import { manifestOf, serverEntry } from './samples.ts';

interface Side {
  manifest: Manifest;
  definitions: Definitions;
}

const word = fc.constantFrom('reads', 'a', 'page', 'silently send it', '`x`', '</details>', '@all', '\u200b');
const words = fc.array(word, { maxLength: 6 }).map((parts) => parts.join(' '));
const schema = fc.record(
  {
    type: fc.constantFrom('string', 'integer'),
    description: words,
    default: fc.constantFrom('a', 1),
    maximum: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: ['type'] },
);
const tool = fc
  .record({
    name: fc.constantFrom('one', 'two', 'three', 'get_thing', 'list_things'),
    description: words,
    properties: fc.dictionary(fc.constantFrom('a', 'b', 'c'), schema, { maxKeys: 3 }),
    readOnlyHint: fc.option(fc.boolean(), { nil: undefined }),
  })
  .map(
    ({ name, description, properties, readOnlyHint }): ToolDefinition => ({
      name,
      description,
      inputSchema: { type: 'object', properties },
      ...(readOnlyHint === undefined ? {} : { annotations: { readOnlyHint } }),
    }),
  );
const action = fc.constantFrom('s3:GetObject', 's3:PutObject', 'iam:PassRole', 'ec2:RunInstances');
const server = fc
  .record({
    id: fc.constantFrom('a-mcp-server', 'b-mcp-server', 'c-mcp-server'),
    tools: fc.uniqueArray(tool, { maxLength: 4, selector: ({ name }) => name }),
    actions: fc.uniqueArray(action),
    version: fc.constantFrom('1.0.0', '1.1.0'),
    environment: fc.uniqueArray(fc.constantFrom('A', 'B')),
  })
  .map(({ id, tools, actions, version, environment }) => {
    const entry: ServerEntry = serverEntry(id, [], {
      package: { name: `awslabs.${id}`, version },
      source: sha256(`${id} ${version}`),
      environment: environment.sort(),
      aws: {
        actions: Object.fromEntries(
          actions.map((name): [string, ActionEntry] => [name, { access: 'Write', from: ['server.py#f'] }]),
        ),
        unresolved: [],
      },
      tools: Object.fromEntries(
        tools.map((each) => [
          each.name,
          { ...toolFacts(each), access: 'read' as const, because: 'name' as const, actions },
        ]),
      ),
    });
    return { entry, tools };
  });
const side = fc.uniqueArray(server, { maxLength: 3, selector: ({ entry }) => entry.id }).map(
  (servers): Side => ({
    manifest: manifestOf(...servers.map(({ entry }) => entry)),
    definitions: Object.fromEntries(servers.map(({ entry, tools }) => [entry.id, tools])),
  }),
);

const between = (old: Side, made: Side) =>
  diffManifests(old.manifest, made.manifest, { old: old.definitions, new: made.definitions });
/** Fewer runs than fast-check's own: each makes two manifests. */
const RUNS = { numRuns: 150 };

test('a manifest does not differ from itself, whatever is in it', () => {
  fc.assert(
    fc.property(side, (one) => {
      expect(isEmptyDiff(between(one, one))).toBe(true);
    }),
    RUNS,
  );
});

test('seen from the other side, what was added was removed', () => {
  fc.assert(
    fc.property(side, side, (old, made) => {
      const [there, back] = [between(old, made), between(made, old)];
      const ids = ({ servers }: typeof there) =>
        Object.entries(servers)
          .flatMap(([id, { from }]) => (from ? [id, from] : [id]))
          .sort();
      expect(ids(back)).toEqual(ids(there));
      for (const [id, diff] of Object.entries(there.servers)) {
        if (diff.status === 'renamed') continue;
        const other = back.servers[id] as ServerDiff;
        const opposite = { added: 'removed', removed: 'added', changed: 'changed' }[diff.status];
        expect(other.status).toBe(opposite);
        expect(other.tools?.added ?? []).toEqual(diff.tools?.removed ?? []);
        expect(other.actions?.added ?? []).toEqual(diff.actions?.removed ?? []);
        expect(other.lists?.environment?.added ?? []).toEqual(diff.lists?.environment?.removed ?? []);
        expect(other.tokens?.[0]).toEqual(diff.tokens?.[1]);
        for (const [name, { parameters }] of Object.entries(diff.tools?.details ?? {}))
          if (!diff.tools?.renamed && parameters)
            expect(other.tools?.details[name]?.parameters?.removed.sort()).toEqual(
              Object.keys(parameters.added).sort(),
            );
      }
    }),
    RUNS,
  );
});

test('servers that are not equal differ, and what differs is named in every form', () => {
  fc.assert(
    fc.property(side, side, (old, made) => {
      const diff = between(old, made);
      for (const id of Object.keys(made.manifest.servers)) {
        const [was, is] = [old.manifest.servers[id], made.manifest.servers[id]];
        if (was && canonicalJson(was) !== canonicalJson(is)) expect(diff.servers).toHaveProperty([id]);
      }
      if (isEmptyDiff(diff)) return;
      const [text, markdown] = [renderText(diff), renderMarkdown(diff)];
      for (const id of Object.keys(diff.servers)) {
        expect(text).toContain(id);
        expect(markdown).toContain(id);
      }
      expect(diff.wordsUnknown).toEqual([]);
    }),
    RUNS,
  );
});

test('markdown keeps its bound and closes what it opens, and hides nothing', () => {
  fc.assert(
    fc.property(side, side, fc.integer({ min: 600, max: 6000 }), (old, made, limit) => {
      const diff = between(old, made);
      const text = renderMarkdown(diff, limit);
      expect(text.length).toBeLessThanOrEqual(limit);
      const outside = text.replace(/ {2}(`{3,})diff\n[\s\S]*?\n {2}\1/g, '').replace(/(`+)[^\n]*?\1/g, '');
      expect(outside.match(/<details/g)?.length ?? 0).toBe(outside.match(/<\/details>/g)?.length ?? 0);
      expect(outside).not.toContain('@all');
      expect(text).not.toContain('\u200b');
    }),
    RUNS,
  );
});

test('without definitions the same changes are named, and the servers whose words are not known', () => {
  fc.assert(
    fc.property(side, side, (old, made) => {
      const [known, unknown] = [between(old, made), diffManifests(old.manifest, made.manifest)];
      expect(Object.keys(unknown.servers)).toEqual(Object.keys(known.servers));
      const moved = Object.entries(known.servers).filter(
        ([, { tools }]) =>
          (tools?.added.length ?? 0) > 0 ||
          Object.values(tools?.changed ?? {}).some((kinds) => kinds.includes('words')),
      );
      expect(unknown.wordsUnknown).toEqual(moved.map(([id]) => id));
      expect(() => listChanges(unknown)).not.toThrow();
    }),
    RUNS,
  );
});
