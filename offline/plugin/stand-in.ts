/** The imitated account: checks, differences and operations on resources, free of the wire protocol. */
import { MAPPINGS } from '../schema/mappings.ts';
import type { ServiceModels } from '../schema/service-types.ts';
import type { AwsSchema } from '../schema/types.ts';
import { type Difference, differences } from './diff.ts';
import type { Faults } from './faults.ts';
import type { Journal, Operation } from './journal.ts';
import { checkModel } from './model-check.ts';
import { RULES } from './rules/index.ts';
import type { Change, Rule, World } from './rules/rule.ts';
import { checkTypes, type Failure } from './type-check.ts';
import { hasUnknown, mask, reveal, UNKNOWN, type Values } from './values.ts';

export interface StandInOptions {
  schema: AwsSchema;
  models: ServiceModels;
  journal: Journal;
  faults: Faults;
  account: string;
  region: string;
  /** How long a target operation takes, so that what runs at once is seen to. Milliseconds. */
  latency: number;
}

/** One namespace for all regions. */
const GLOBAL = /^aws:(?:iam|budgets|s3)\//;

interface Resource {
  urn: string;
  type: string;
}

/** Says what the service would say; becomes the error of the operation. */
export class Refusal extends Error {}

export class StandIn {
  readonly #options: StandInOptions;
  readonly #inFlight = new Map<string, number>();
  readonly #created = new Map<string, number>();
  defaultTags: Values = {};

  constructor(options: StandInOptions) {
    this.#options = options;
  }

  get world(): World {
    const { account, region, journal } = this.#options;
    return {
      account,
      region,
      partition: partitionOf(region),
      ofType: (type) =>
        journal.ofType(type).filter((one) => one.region === undefined || one.region === region),
      inFlight: (gateway) => this.#inFlight.get(gateway) ?? 0,
    };
  }

  set account(account: string) {
    this.#options.account = account;
  }

  set region(region: string) {
    this.#options.region = region;
  }

  check(
    { type }: Resource,
    olds: Values,
    news: Values,
    proposedName: string,
  ): { inputs: Values; failures: Failure[] } {
    const schema = this.#options.schema.resources[type];
    const rule = RULES[type];
    if (!schema || !rule) {
      return {
        inputs: news,
        failures: [{ property: '', reason: `the stand-in does not know resource type ${type}` }],
      };
    }
    const inputs = { ...news };
    if (rule.named && inputs[rule.named] === undefined) {
      inputs[rule.named] = olds[rule.named] ?? proposedName;
      inputs.__defaults = [rule.named];
    }
    const failures = checkTypes(this.#options.schema, inputs, schema.inputs);
    const deeper = failures.length > 0 ? failures : this.#checkValues(type, rule, reveal(inputs) as Values);
    return { inputs, failures: deeper };
  }

  #checkValues(type: string, rule: Rule, inputs: Values): Failure[] {
    const mapping = MAPPINGS[type];
    const judged = mapping ? checkModel(this.#options.models, mapping, inputs).failures : [];
    return [...(rule.check?.(inputs) ?? []), ...judged];
  }

  diff({ type }: Resource, olds: Values, news: Values): Difference[] {
    return differences(olds, news, ruleOf(type).replaces);
  }

  /** What a preview shows of a resource that does not exist: its inputs, and that the rest comes later. */
  previewCreate({ type }: Resource, inputs: Values): Values {
    const computed = this.#options.schema.resources[type]?.computed ?? [];
    return { ...bare(inputs), ...Object.fromEntries(computed.map((name) => [name, UNKNOWN])) };
  }

  async create(resource: Resource, inputs: Values): Promise<{ id: string; outputs: Values }> {
    const rule = ruleOf(resource.type);
    const seed = this.#seed(resource.urn);
    const plain = reveal(inputs) as Values;
    const id = rule.id(plain, seed, this.world);
    const outputs = await this.#operate('create', resource, inputs, id, rule, () =>
      this.#outputs(resource, inputs, id, rule),
    );
    return { id, outputs };
  }

  async update(resource: Resource, id: string, inputs: Values): Promise<Values> {
    const rule = ruleOf(resource.type);
    return this.#operate('update', resource, inputs, id, rule, () =>
      this.#outputs(resource, inputs, id, rule),
    );
  }

  async delete(resource: Resource, id: string, inputs: Values): Promise<void> {
    const rule = ruleOf(resource.type);
    await this.#operate('delete', resource, inputs, id, rule, () => ({}));
  }

  /** The resource as the account has it; undefined when it is not there (deleted behind the program's back). */
  read({ type }: Resource, id: string): { inputs: Values; outputs: Values } | undefined {
    const found = this.world.ofType(type).find((one) => one.id === id);
    return found && { inputs: found.inputs, outputs: found.outputs };
  }

  #outputs({ type }: Resource, inputs: Values, id: string, rule: Rule): Values {
    const taggable = this.#options.schema.resources[type]?.computed.includes('tagsAll');
    const tags = { ...this.defaultTags, ...((inputs.tags ?? {}) as Values) };
    return {
      ...bare(inputs),
      ...rule.outputs(reveal(inputs) as Values, id, this.world),
      ...(taggable ? { tagsAll: tags } : {}),
    };
  }

  async #operate(
    op: Change,
    resource: Resource,
    inputs: Values,
    id: string,
    rule: Rule,
    act: () => Values,
  ): Promise<Values> {
    const { journal, faults, latency } = this.#options;
    const plain = reveal(inputs) as Values;
    const place = GLOBAL.test(resource.type) ? {} : { region: this.#options.region };
    const operation: Operation = { op, ...resource, id, ...place, inputs: mask(bare(inputs)) as Values };
    const gateway = rule.occupies?.(plain);
    const leave = this.#enter(gateway);
    if (gateway !== undefined) operation.inFlight = this.world.inFlight(gateway);
    try {
      if (gateway !== undefined) await new Promise((resolve) => setTimeout(resolve, latency));
      const unknown = hasUnknown(plain) ? `the engine sent an unknown value to ${op}` : undefined;
      const refusal = unknown ?? faults.next(op, resource) ?? rule.refuse?.(op, plain, id, this.world);
      if (refusal !== undefined) throw new Refusal(refusal);
      const outputs = act();
      journal.record({ ...operation, outputs: mask(outputs) as Values });
      return outputs;
    } catch (thrown) {
      if (thrown instanceof Refusal)
        journal.record({ ...operation, op: 'refused', error: `${op}: ${thrown.message}` });
      throw thrown;
    } finally {
      leave();
    }
  }

  #enter(gateway: string | undefined): () => void {
    if (gateway === undefined) return () => {};
    this.#inFlight.set(gateway, (this.#inFlight.get(gateway) ?? 0) + 1);
    return () => this.#inFlight.set(gateway, (this.#inFlight.get(gateway) ?? 1) - 1);
  }

  /** Differs for every creation of a resource, and is the same in every run of the same history. */
  #seed(urn: string): string {
    const count = (this.#created.get(urn) ?? this.#options.journal.createdBefore(urn)) + 1;
    this.#created.set(urn, count);
    return `${urn}#${count - 1}`;
  }
}

function ruleOf(type: string): Rule {
  const rule = RULES[type];
  if (!rule) throw new Refusal(`the stand-in does not know resource type ${type}`);
  return rule;
}

/** Without the engine's own members. */
function bare(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !key.startsWith('__')));
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
