/** Which processes of a listing belong to a server that has ended. */
import { descendants, parseProcesses, strays } from '../../../proxies/strays.ts';

/** As macOS's `ps -A -E -ww -o pid=,ppid=,state=,command=` prints. */
const LISTING = `
    1     0 Ss   /sbin/launchd
  501     1 S    /usr/bin/python3 server.py HOME=/tmp/a MCPGW_PROCESS=mine TZ=UTC
  502   501 S+   helper --port 1
  503   502 S    deeper MCPGW_PROCESS=mine
  504   501 Z    (gone) MCPGW_PROCESS=mine
  505     1 Ss   daemon with spaces  in it
  601     1 S    python3 server.py MCPGW_PROCESS=other
  602   601 S    other helper
`;
const rows = parseProcesses(LISTING);
const pids = (found: { pid: number }[]) => found.map(({ pid }) => pid).sort();

test('a listing is read, ended processes are not', () => {
  expect(rows.map(({ pid }) => pid)).toEqual([1, 501, 502, 503, 505, 601, 602]);
  expect(rows[4]).toEqual({ pid: 505, parent: 1, command: 'daemon with spaces  in it' });
  expect(parseProcesses('')).toEqual([]);
});

test('what carries the mark, and what descends from it', () => {
  expect(pids(strays(rows, 'mine', []))).toEqual([501, 502, 503]);
  expect(strays(rows, 'nobody', [])).toEqual([]);
});

test('a helper that is known from before, if the same program still runs under its number', () => {
  const helper = { pid: 505, parent: 501, command: 'daemon with spaces  in it' };
  expect(pids(strays(rows, 'nobody', [helper]))).toEqual([505]);
  expect(strays(rows, 'nobody', [{ ...helper, command: 'what ran before' }])).toEqual([]);
});

test('descendants, each once, whatever the order and even in a ring', () => {
  expect(pids(descendants(rows, [501]))).toEqual([502, 503]);
  const ring = [
    { pid: 2, parent: 3, command: '' },
    { pid: 3, parent: 2, command: '' },
  ];
  expect(pids(descendants(ring, [2]))).toEqual([2, 3]);
});
