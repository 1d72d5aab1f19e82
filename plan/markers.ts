/** Environment markers and version specifiers of Python packaging (PEP 508, PEP 440), as far as locks use them. */
import { McpgwError } from './errors.ts';

export type MarkerEnvironment = Readonly<Record<string, string>>;

/** `python_full_version < '3.14' and sys_platform != 'win32'` */
export function markerHolds(marker: string, environment: MarkerEnvironment): boolean {
  const tokens = marker.match(/'[^']*'|"[^"]*"|[()]|[<>=!~]=?=?|[\w.]+/g) ?? [];
  let at = 0;
  const peek = () => tokens[at];
  const take = (): string => {
    const token = tokens[at++];
    if (token === undefined) throw unreadable(marker);
    return token;
  };
  const any = (): boolean => {
    let value = all();
    while (peek() === 'or') {
      take();
      // No short cut: the right side must be read in any case.
      const right = all();
      value = value || right;
    }
    return value;
  };
  const all = (): boolean => {
    let value = single();
    while (peek() === 'and') {
      take();
      const right = single();
      value = value && right;
    }
    return value;
  };
  const single = (): boolean => {
    if (peek() === '(') {
      take();
      const value = any();
      if (take() !== ')') throw unreadable(marker);
      return value;
    }
    const left = take();
    let operator = take();
    if (operator === 'not') operator = `not ${take()}`;
    const right = take();
    return compare(operand(left), operator, operand(right), `${left} ${right}`);
  };
  const operand = (token: string): string => {
    if (/^['"]/.test(token)) return token.slice(1, -1);
    const value = environment[token];
    if (value === undefined) throw unreadable(marker);
    return value;
  };
  const result = any();
  if (at !== tokens.length) throw unreadable(marker);
  return result;
}

function compare(left: string, operator: string, right: string, names: string): boolean {
  if (operator === 'in') return right.includes(left);
  if (operator === 'not in') return !right.includes(left);
  if (/python_(full_)?version|implementation_version/.test(names)) {
    return /^['"]/.test(names)
      ? satisfies(right, `${mirror(operator)}${left}`)
      : satisfies(left, `${operator}${right}`);
  }
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  return operator.includes('<') ? left < right : left > right;
}

function mirror(operator: string): string {
  return operator.startsWith('<') ? operator.replace('<', '>') : operator.replace('>', '<');
}

/** Does a release (`3.13.2`) satisfy a specifier (`>=3.10,<3.12`)? Pre-releases do not occur in what we ask. */
export function satisfies(version: string, specifier: string): boolean {
  return specifier
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .every((part) => {
      const match = /^(===|==|!=|>=|<=|~=|>|<)\s*v?([0-9.]+)(\.\*)?[\w.+-]*$/.exec(part);
      if (!match) throw unreadable(specifier);
      const [, operator, bound = '', wildcard] = match;
      const have = version.split('.').map(Number);
      const want = bound.replace(/\.$/, '').split('.').map(Number);
      const order = wildcard === undefined ? orderOf(have, want) : orderOf(have.slice(0, want.length), want);
      if (operator === '>=') return order >= 0;
      if (operator === '<=') return order <= 0;
      if (operator === '>') return order > 0;
      if (operator === '<') return order < 0;
      if (operator === '!=') return order !== 0;
      if (operator === '~=')
        return order >= 0 && orderOf(have.slice(0, want.length - 1), want.slice(0, -1)) === 0;
      return order === 0;
    });
}

function orderOf(left: readonly number[], right: readonly number[]): number {
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function unreadable(text: string): McpgwError {
  return new McpgwError('package-failed', `cannot read the marker or specifier: ${text}`);
}
