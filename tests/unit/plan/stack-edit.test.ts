import fc from 'fast-check';
import { parse } from 'yaml';
import { addServer, removeServer } from '../../../plan/stack-edit.ts';

const FILE = `# the development stack
config:
  aws:region: us-east-1
  # its name is in every tool's name
  mcpgw:gateway: { name: team-dev }
  mcpgw:servers:
    include:
      - iam-mcp-server # reviewed by security
      - aws-documentation-mcp-server
    settings:
      iam-mcp-server:
        readOnly: true # until the audit
`;
const WIDE = `config:
  mcpgw:servers:
    include: ['*']
    exclude:
      # too many tools
      - billing-*
      - aws-api-mcp-server
`;
const servers = (text: string) => parse(text).config['mcpgw:servers'];

describe('adding a server to a stack', () => {
  test('one line is added, every other stays', () => {
    const { text, changes } = addServer(FILE, 'aws-network-mcp-server', 'Pulumi.dev.yaml');
    const line = '      - aws-network-mcp-server';
    expect(text.split('\n')).toContain(line);
    expect(
      text
        .split('\n')
        .filter((each) => each !== line)
        .join('\n'),
    ).toBe(FILE);
    expect(changes).toEqual(['Pulumi.dev.yaml: aws-network-mcp-server added to servers.include']);
  });

  test('a list at its key stays there', () => {
    const flat = 'config:\n  mcpgw:servers:\n    include:\n    - iam-mcp-server\n';
    expect(addServer(flat, 'x', 'f').text).toBe(`${flat}    - x\n`);
  });

  test('what is in already changes nothing, byte for byte', () => {
    const odd = FILE.replace('{ name: team-dev }', '{name:   "team-dev"}');
    expect(addServer(odd, 'iam-mcp-server', 'f')).toEqual({ text: odd, changes: [] });
    expect(addServer(WIDE, 'iam-mcp-server', 'f').changes).toEqual([]);
    expect(addServer('config: {}\n', 'iam-mcp-server', 'f').changes).toEqual([]);
  });

  test('an excluded one is let in, its neighbour and the comment stay', () => {
    const { text } = addServer(WIDE, 'aws-api-mcp-server', 'f');
    expect(servers(text)).toEqual({ include: ['*'], exclude: ['billing-*'] });
    expect(text).toBe(WIDE.replace('      - aws-api-mcp-server\n', ''));
  });

  test('an exclude glob is not widened behind its back', () => {
    expect(() => addServer(WIDE, 'billing-cost-mcp-server', 'f')).toThrow(
      /servers\.exclude names billing-\*/,
    );
  });

  test.each(['- a list\n', 'a: [\n', ''])('%j is no stack file', (text) => {
    expect(() => addServer(text, 'iam-mcp-server', 'f')).toThrow(
      expect.objectContaining({ code: 'settings-invalid' }),
    );
  });
});

describe('taking a server out of a stack', () => {
  test('its line and its settings go, the comments of others stay', () => {
    const { text, changes } = removeServer(FILE, 'iam-mcp-server', 'f');
    expect(servers(text)).toEqual({ include: ['aws-documentation-mcp-server'] });
    expect(text).toContain("# its name is in every tool's name");
    expect(changes).toHaveLength(2);
  });

  test('one that a glob includes is excluded', () => {
    const { text } = removeServer(WIDE, 'iam-mcp-server', 'f');
    expect(servers(text).exclude).toEqual(['billing-*', 'aws-api-mcp-server', 'iam-mcp-server']);
  });

  test('one that is not in changes nothing', () => {
    expect(removeServer(FILE, 'aws-network-mcp-server', 'f')).toEqual({ text: FILE, changes: [] });
    expect(removeServer(WIDE, 'billing-cost-mcp-server', 'f')).toEqual({ text: WIDE, changes: [] });
  });

  test('adding and removing come back to the same settings', () => {
    const id = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/).filter((name) => !name.startsWith('billing-'));
    fc.assert(
      fc.property(id, fc.constantFrom(FILE, WIDE), (name, file) => {
        const there = addServer(file, name, 'f').text;
        const gone = removeServer(there, name, 'f').text;
        expect(removeServer(gone, name, 'f').changes).toEqual([]);
        expect(addServer(addServer(gone, name, 'f').text, name, 'f').changes).toEqual([]);
      }),
    );
  });
});
