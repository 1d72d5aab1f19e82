import { describe, expect, test } from '@jest/globals';
import { requireNoDefaultProvider, stackTags } from '../../../infra/account.ts';
import { layerName } from '../../../infra/artefacts.ts';
import { clientsOf, domainHost, domainPrefix, scopesOf } from '../../../infra/cognito-settings.ts';
import { Lanes } from '../../../infra/lanes.ts';
import { parseConfig } from '../../../infra/settings.ts';
import { parseSettings } from '../../../plan/settings/settings.ts';

const settings = (config: Record<string, unknown> = {}) =>
  parseSettings('dev', { 'aws:region': 'us-east-1', 'mcpgw:gateway': { name: 'tools' }, ...config }, 'test');

describe('settings from the engine', () => {
  test('structured values are parsed, texts and other namespaces stay texts', () => {
    expect(
      parseConfig({
        'mcpgw:gateway': '{"name":"tools"}',
        'mcpgw:protect': 'true',
        'mcpgw:permissionsBoundary': 'arn:aws:iam::123456789012:policy/b',
        'aws:region': 'us-east-1',
        'other:number': '5',
      }),
    ).toEqual({
      'mcpgw:gateway': { name: 'tools' },
      'mcpgw:protect': true,
      'mcpgw:permissionsBoundary': 'arn:aws:iam::123456789012:policy/b',
      'aws:region': 'us-east-1',
      'other:number': '5',
    });
  });

  test('default providers must be off for aws', () => {
    expect(() => requireNoDefaultProvider({ 'pulumi:disable-default-providers': '["aws"]' })).not.toThrow();
    expect(() => requireNoDefaultProvider({ 'pulumi:disable-default-providers': '["*"]' })).not.toThrow();
    expect(() => requireNoDefaultProvider({ 'pulumi:disable-default-providers': '["gcp"]' })).toThrow(
      'must name aws',
    );
    expect(() => requireNoDefaultProvider({})).toThrow('must name aws');
  });
});

describe('clients and scopes', () => {
  test('one client named default when none is named', () => {
    expect(clientsOf(settings())).toEqual({ default: ['tools/invoke'] });
  });

  test('short scopes get the gateway’s name, full ones stay, and all are offered once', () => {
    const auth = {
      type: 'cognito',
      clients: { ci: { scopes: ['read', 'invoke'] }, agent: { scopes: ['tools/invoke'] } },
    };
    const given = settings({ 'mcpgw:auth': auth });
    expect(clientsOf(given)).toEqual({ ci: ['tools/read', 'tools/invoke'], agent: ['tools/invoke'] });
    expect(scopesOf(given)).toEqual(['tools/invoke', 'tools/read']);
  });

  test('the domain has the account in it, and no word that Cognito reserves', () => {
    expect(domainPrefix(settings(), '123456789012')).toBe('tools-123456789012');
    expect(domainPrefix(settings({ 'mcpgw:gateway': { name: 'my-aws-tools' } }), '1')).toBe('my-tools-1');
    expect(domainPrefix(settings({ 'mcpgw:gateway': { name: 'aws' } }), '1')).toBe('gateway-1');
    expect(domainPrefix(settings({ 'mcpgw:auth': { type: 'cognito', domainPrefix: 'own' } }), '1')).toBe(
      'own',
    );
  });

  test('a pool of GovCloud has its domain at the FIPS endpoint', () => {
    expect(domainHost('us-gov-west-1')).toBe('auth-fips.us-gov-west-1.amazoncognito.com');
    expect(domainHost('eu-central-1')).toBe('auth.eu-central-1.amazoncognito.com');
  });
});

test('a target waits for all earlier ones of its lane and for no other', () => {
  const lanes = new Lanes<string>();
  const seen: Record<string, readonly string[]> = {};
  for (const [name, lane] of [
    ['a', 0],
    ['b', 1],
    ['c', 0],
    ['d', 0],
  ] as const) {
    lanes.add(lane, (earlier) => {
      seen[name] = earlier;
      return name;
    });
  }
  expect(seen).toEqual({ a: [], b: [], c: ['a'], d: ['a', 'c'] });
});

test('layer names are legal in Lambda', () => {
  expect(layerName('3.13', 'x86_64')).toBe('python-3-13-x86-64');
});

test('the stack’s own tags can be added to and overridden', () => {
  const tags = stackTags(settings({ 'mcpgw:tags': { team: 'platform', 'mcpgw:stack': 'other' } }));
  expect(tags).toEqual({ 'mcpgw:stack': 'other', 'mcpgw:gateway': 'tools', team: 'platform' });
});
