/** What a checkout or a server says never steers a terminal and never differs from machine to machine. */
import fc from 'fast-check';
import { neutral, reasonFrom } from '../../../discovery/probe/reason.ts';
import { publicUrl } from '../../../discovery/source/git.ts';
import { printable } from '../../../discovery/text.ts';

describe('printable', () => {
  test('any text becomes one line without control or direction characters, within its limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const shown = printable(text, 50);
        expect(shown.length).toBeLessThanOrEqual(50);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test('escape sequences lose their escape', () => {
    expect(printable('a\u001b[31mred\u202e')).toBe('a [31mred');
  });
});

describe('why a server could not be listed', () => {
  test('the exception that ended it, not the traceback', () => {
    const stderr =
      'Traceback (most recent call last):\n  File "/home/me/x.py", line 1\nModuleNotFoundError: No module named \'x\'\n';
    expect(reasonFrom('MCP error -32000: Connection closed', 'it ended with status 1', stderr)).toBe(
      "it ended with status 1: ModuleNotFoundError: No module named 'x'",
    );
  });

  test('paths, ports, times and addresses of this machine are taken out', () => {
    const text =
      'at 2026-11-23 10:11:12,5 /home/me/cache/x.py <object at 0x7f00deadbeef> http://127.0.0.1:4567';
    expect(neutral(text)).toBe('at <time> <path> <object at <address>> http://<loopback>');
  });
});

describe('the repository that a manifest names', () => {
  test.each([
    ['https://github.com/awslabs/mcp.git', 'https://github.com/awslabs/mcp'],
    ['https://user:secret@git.example.com/team/mcp/', 'https://git.example.com/team/mcp'],
    ['git@git.example.com:team/mcp.git', 'https://git.example.com/team/mcp'],
    ['/home/me/mcp', 'https://github.com/awslabs/mcp'],
    ['file:///home/me/mcp', 'https://github.com/awslabs/mcp'],
    ['', 'https://github.com/awslabs/mcp'],
  ])('%s is %s', (remote, expected) => {
    expect(publicUrl(remote)).toBe(expected);
  });
});
