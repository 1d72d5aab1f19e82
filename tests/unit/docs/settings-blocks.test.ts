/** Every stack file shown in the documents is one that is accepted. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseSettings } from '../../../plan/settings/settings.ts';

const root = join(import.meta.dirname, '../../..');
const files = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];
const blocks = files
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) =>
    [...readFileSync(join(root, name), 'utf8').matchAll(/^```yaml\n(config:\n[\s\S]*?)^```$/gm)].map(
      ([, text = '']) => ({ name, text }),
    ),
  );

test('some are shown', () => expect(blocks.length).toBeGreaterThan(2));

test.each(blocks)('$name: $text', ({ text }) => {
  const { config } = parse(text) as { config: Record<string, unknown> };
  const whole = { 'aws:region': 'us-east-1', 'mcpgw:gateway': { name: 'tools' }, ...config };
  expect(() => parseSettings('dev', whole, 'shown')).not.toThrow();
});
