/** What a read finds where somebody changed a resource behind the engine's back: the journal is what the account has. */
import { canonicalJson } from '../../plan/hash.ts';
import { isObject, MASK, mask, type Value, type Values } from './values.ts';

/** The state's values, but for those that are others now. What was masked when it was written cannot be compared. */
export function asFound(state: Values, found: Values): Values {
  const moved = Object.entries(found).filter(
    ([key, value]) => !holdsMask(value) && canonicalJson(mask(state[key])) !== canonicalJson(value),
  );
  return { ...state, ...Object.fromEntries(moved) };
}

function holdsMask(value: Value): boolean {
  if (value === MASK) return true;
  if (Array.isArray(value)) return value.some(holdsMask);
  return isObject(value) && Object.values(value).some(holdsMask);
}
