/**
 * Is the order right? No call may name what another call makes later or has deleted already, and nothing may be deleted
 * while what names it is still there.
 */
import { References } from './references.ts';
import { type Call, labelOf } from './script.ts';

type State = 'not made yet' | 'there' | 'deleted';

/** One line for each call that is out of order. */
export function disorder(script: readonly Call[]): string[] {
  const references = new References(script.map(({ of }) => of));
  const states = new Map<string, State>();
  const uses = new Map<string, Set<string>>();
  const lines = script.flatMap((call, position) => {
    const own = call.of.urn;
    const named = references.namedBy(call).filter(({ urn }) => urn !== own);
    const wrong = named
      .filter(({ urn }) => states.get(urn) !== 'there')
      .map(({ urn }) => `${labelOf(call)} names ${urn}, which is ${states.get(urn) ?? 'not made yet'}`);
    if (call.op === 'create') {
      states.set(own, 'there');
      uses.set(own, new Set([...(uses.get(own) ?? []), ...named.map(({ urn }) => urn)]));
      return wrong;
    }
    const isLast = script[position + 1]?.of !== call.of;
    const users = [...states].filter(
      ([urn, state]) => state === 'there' && urn !== own && uses.get(urn)?.has(own),
    );
    if (isLast) states.set(own, 'deleted');
    return [...wrong, ...users.map(([urn]) => `${labelOf(call)} while ${urn} still names it`)];
  });
  return [...new Set(lines)];
}
