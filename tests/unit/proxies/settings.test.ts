import fc from 'fast-check';
import type { ProxySettings } from '../../../plan/types.ts';
import { decodeProxySettings, encodeProxySettings } from '../../../proxies/settings.ts';

const settings: ProxySettings = {
  server: 'iam-mcp-server',
  target: 'iam',
  arguments: ['--readonly'],
  environment: { A: 'b' },
  aliases: {},
  allow: ['list_users'],
  fill: { list_users: { ctx: { content: [] } } },
  onToolError: 'return',
  isolation: 'warm',
};

test('settings survive the variable, readable or packed', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 200 }), (allow) => {
      const given = { ...settings, allow };
      expect(decodeProxySettings(encodeProxySettings(given))).toEqual(given);
    }),
  );
});

test('a small one can be read in the console, a large one fits the 4 KB of all variables', () => {
  expect(JSON.parse(encodeProxySettings(settings))).toEqual(settings);
  const verbs = ['list', 'get', 'create', 'delete'];
  const allow = Array.from(
    { length: 120 },
    (_, i) => `${verbs[i % 4]}_instrumentation_configuration_${i * 7919}`,
  );
  expect(JSON.stringify(allow).length).toBeGreaterThan(4096);
  expect(encodeProxySettings({ ...settings, allow }).length).toBeLessThan(2500);
});

test.each(['', '{}', 'br:AAAA', '{"server": 1}'])('%j is refused', (text) => {
  expect(() => decodeProxySettings(text)).toThrow();
});
