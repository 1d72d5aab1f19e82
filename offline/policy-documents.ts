/** Policy documents as the house rules read them. */
import { isObject, textAt, type Value, type Values } from './plugin/values.ts';

/** None when the property is absent. */
export function statementsOf(inputs: Values, property: string): Values[] {
  const text = textAt(inputs, property);
  if (text === undefined) return [];
  const document = JSON.parse(text) as Value;
  return isObject(document) ? list(document.Statement).filter(isObject) : [];
}

/** IAM writes a list of one as its member. */
export function list(value: Value | undefined): Value[] {
  return value === undefined ? [] : ([] as Value[]).concat(value);
}
