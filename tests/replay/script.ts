/** What the engine did, written out as the calls it comes to, in the order in which it was done. */
import type { Operation } from '../../offline/plugin/journal.ts';
import { lifecycleOf } from './calls/index.ts';
import type { Made, Step } from './resource.ts';

export interface Call extends Step {
  op: 'create' | 'delete';
  of: Made;
}

/** Calls of an `up`, and of a `destroy` of what it made; an operation of another kind has none here. */
export function scriptOf(operations: readonly Operation[]): Call[] {
  const made = new Map<string, Made>();
  return operations.flatMap((operation) => {
    const { op, type, urn, id, inputs = {}, outputs = {} } = operation;
    const key = `${type} ${id}`;
    if (op === 'create') {
      const of: Made = { type, urn, id, inputs, outputs };
      made.set(key, of);
      return lifecycleOf(type)
        .create(of)
        .map((step): Call => ({ ...step, op, of }));
    }
    const of = made.get(key);
    if (op !== 'delete' || !of) throw new Error(`no calls for: ${op} ${urn}`);
    made.delete(key);
    return deletionOf(of);
  });
}

export function deletionOf(of: Made): Call[] {
  return lifecycleOf(of.type)
    .delete(of)
    .map((step): Call => ({ ...step, op: 'delete', of }));
}

export function labelOf({ service, operation, of }: Call): string {
  return `${service} ${operation} of ${of.urn.split('::').slice(2).join('::')}`;
}

/** What was made and not deleted, in the order in which it was made. */
export function survivorsOf(operations: readonly Operation[]): Made[] {
  const made = new Map<string, Made>();
  for (const { op, type, urn, id, inputs = {}, outputs = {} } of operations) {
    if (op === 'create') made.set(`${type} ${id}`, { type, urn, id, inputs, outputs });
    if (op === 'delete') made.delete(`${type} ${id}`);
  }
  return [...made.values()];
}
