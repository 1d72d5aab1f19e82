/** Recorded policies, each with one action widened: what the house rules must refuse. */
import { isObject, type Value, type Values } from '../../../offline/plugin/values.ts';
import type { Recorded } from '../../../offline/policy.ts';

export interface Widened {
  what: string;
  resource: Recorded;
}

/** Each statement that allows, in each policy document: with all actions of its service, and with all there are. */
export function widenedOf(resource: Recorded): Widened[] {
  return Object.entries(resource.inputs).flatMap(([property, value]) => {
    const document = documentOf(value);
    return (document?.Statement ?? []).flatMap((statement, index) =>
      widerActions(statement).map((wide) => ({
        what: `${property}, statement ${index + 1} with action ${wide}`,
        resource: withInput(resource, property, {
          ...document,
          Statement: document?.Statement.with(index, { ...statement, Action: [wide] }) ?? [],
        }),
      })),
    );
  });
}

/** None where all of the service is allowed already: nothing would be widened. */
function widerActions({ Effect, Action }: Values): string[] {
  const actions = ([] as Value[]).concat(Action ?? []).map(String);
  if (Effect !== 'Allow' || actions.some((action) => action.endsWith(':*'))) return [];
  return [`${actions[0]?.split(':')[0]}:*`, '*'];
}

function withInput(resource: Recorded, property: string, document: Value): Recorded {
  return { ...resource, inputs: { ...resource.inputs, [property]: JSON.stringify(document) } };
}

function documentOf(value: Value | undefined): { Statement: Values[] } | undefined {
  if (typeof value !== 'string' || !value.startsWith('{')) return undefined;
  const document = JSON.parse(value) as Value;
  if (!isObject(document) || !Array.isArray(document.Statement)) return undefined;
  return { ...document, Statement: document.Statement.filter(isObject) };
}
