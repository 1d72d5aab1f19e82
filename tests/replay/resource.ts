/** A resource as the engine had it made, and what it takes of AWS to make it, take it away and see that it is gone. */
import type { Existing } from '../../offline/plugin/journal.ts';
import { isObject, textAt, type Value, type Values } from '../../offline/plugin/values.ts';

export type Made = Existing;

export interface Step {
  service: string;
  /** As the service's model calls it. */
  operation: string;
  params: Values;
  /** What the stand-in gave, to where the reply has the real one (JMESPath). */
  binds?: Record<string, string>;
  /** Errors that the provider lives with. */
  accepts?: readonly string[];
  /** Part of what moto says where it lacks something that AWS has: then the call counts as not in moto. */
  lacking?: string;
  /** The form that moto takes, where it does not take all that AWS takes. */
  forMoto?: Values;
}

/** What lists resources of a type. */
export interface Listing {
  service: string;
  operation: string;
  params?: Values;
  /** JMESPath to texts that tell one from another. */
  path: string;
  /** The one of this resource, as the stand-in named it. */
  identity(made: Made): string;
  /** Asks each again: AWS keeps it for a while, in this state. */
  gone?: { operation: string; param: string; path: string; state: string };
}

export interface Lifecycle {
  create(made: Made): Step[];
  delete(made: Made): Step[];
  /** A text says why nothing needs to be asked. */
  left: Listing | string;
}

export function step(
  service: string,
  operation: string,
  params: Values,
  more: Omit<Step, 'service' | 'operation' | 'params'> = {},
): Step {
  return { service, operation, params, ...more };
}

/** A text among the inputs, or else among what the service gave. */
export function text(made: Made, path: string): string {
  const found = textAt(made.inputs, path) ?? textAt(made.outputs, path);
  if (found === undefined) throw new Error(`${made.urn} has no ${path}`);
  return found;
}

/** The provider's default tags and the resource's own. */
export function tagsOf({ outputs }: Made): Record<string, string> {
  return isObject(outputs.tagsAll) ? (outputs.tagsAll as Record<string, string>) : {};
}

/** Most services' form. */
export function tagList(made: Made, key = 'Key', value = 'Value'): Value[] {
  return Object.entries(tagsOf(made)).map(([name, content]) => ({ [key]: name, [value]: content }));
}
