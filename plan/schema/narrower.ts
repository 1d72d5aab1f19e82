/** Types of parameters in the short form of describeParameters, compared. */

/** Whether something that fits `other` may not fit `type`. */
export function isNarrower(type: string, other: string): boolean {
  const [mine, theirs] = [alternatives(type), alternatives(other)];
  if (mine.has('any')) return false;
  return ![...theirs].every((one) => mine.has(one) || (one === 'integer' && mine.has('number')));
}

function alternatives(type: string): Set<string> {
  const nullable = type.endsWith('?');
  const names = (nullable ? type.slice(0, -1) : type).replace(/^\(([^()]*)\)$/, '$1');
  const whole = /[()]/.test(names) ? [names] : names.split('|');
  return new Set([...whole, ...(nullable ? ['null'] : [])]);
}
