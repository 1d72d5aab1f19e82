/** Recorded resources, each spoiled in one way that must be caught. */
import type { Operation } from '../../../offline/plugin/journal.ts';
import { matchesWhole } from '../../../offline/plugin/model-check.ts';
import { type Referees, readReferees } from '../../../offline/plugin/referees.ts';
import type { Values } from '../../../offline/plugin/values.ts';
import type { Recorded } from '../../../offline/policy.ts';
import { MAPPINGS } from '../../../offline/schema/mappings.ts';
import { openStandIn } from './stand-in.ts';

export function recorded(operations: readonly Operation[]): Recorded[] {
  return operations
    .filter(({ op }) => op === 'create' || op === 'update')
    .map(({ type, urn, inputs = {}, outputs = {} }) => ({ type, urn, inputs, outputs }));
}

/** One resource of each type. */
export function samples(operations: readonly Operation[]): Recorded[] {
  return [...new Map(recorded(operations).map((resource) => [resource.type, resource])).values()];
}

export interface Mutant {
  type: string;
  what: string;
  inputs: Values;
}

/** A wrong name, a wrong type and a wrong value for each property; each required one left out. */
export function mutantsOf({ type, inputs }: Recorded, { schema }: Referees): Mutant[] {
  const properties = schema.resources[type]?.inputs ?? {};
  const given = Object.keys(inputs).filter((key) => !key.startsWith('__'));
  const first = given[0] ?? 'name';
  return [
    {
      type,
      what: `${first} misspelt`,
      inputs: { ...without(inputs, first), [`${first}x`]: inputs[first] ?? '' },
    },
    ...given.map((key) => ({
      type,
      what: `${key} of another type`,
      inputs: { ...inputs, [key]: wrongType(inputs, key) },
    })),
    ...given
      .filter((key) => properties[key]?.required)
      .map((key) => ({ type, what: `${key} left out`, inputs: without(inputs, key) })),
    ...judgedTexts(type, inputs).map((key) => ({
      type,
      what: `${key} illegal`,
      inputs: { ...inputs, [key]: '\u0000 {}' },
    })),
  ];
}

/** Texts that a pattern or an enum of the service's model speaks about. */
function judgedTexts(type: string, inputs: Values): string[] {
  const mapping = MAPPINGS[type];
  const { models } = readReferees();
  const model = mapping && models.services[mapping.service];
  if (!mapping || !model) return [];
  return Object.entries(inputs).flatMap(([key, value]) => {
    const member = mapping.renamed[key] === undefined ? key : mapping.renamed[key];
    if (typeof value !== 'string' || member === null || member.includes('.')) return [];
    const shapes = mapping.shapes.map((name) => model.shapes[name]?.members ?? {});
    const shape = shapes
      .flatMap((members) => Object.entries(members))
      .find(([name]) => name.toLowerCase() === member.toLowerCase())?.[1];
    const judged = shape === undefined ? undefined : model.shapes[shape];
    return judged?.enum || (judged?.pattern && !matchesWhole(judged.pattern, '\u0000 {}')) ? [key] : [];
  });
}

/** True when nothing catches it. */
export function survives({ type, inputs }: Mutant): boolean {
  const standIn = openStandIn();
  const urn = `urn:pulumi:test::mcpgw::${type}::mutant`;
  return standIn.check({ type, urn }, {}, inputs, 'mutant').failures.length === 0;
}

function without(inputs: Values, key: string): Values {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => name !== key));
}

function wrongType(inputs: Values, key: string) {
  return typeof inputs[key] === 'number' || typeof inputs[key] === 'boolean' ? 'text' : 5;
}
