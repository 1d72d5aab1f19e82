/** Plays a script against moto: what moto made up takes the place of what the stand-in made up, from call to call. */
import { checkModel } from '../../offline/plugin/model-check.ts';
import type { Values } from '../../offline/plugin/values.ts';
import { operationsOf } from '../../offline/schema/botocore.ts';
import type { ServiceModel } from '../../offline/schema/service-types.ts';
import type { Answer, Botocore } from './botocore.ts';
import { LIFECYCLES, lifecycleOf } from './calls/index.ts';
import type { References } from './references.ts';
import type { Listing, Step } from './resource.ts';
import type { Call } from './script.ts';
import { replaceTexts } from './texts.ts';

export interface Played<T extends Step = Step> {
  call: T;
  /** As they were sent. */
  params: Values;
  answer: Answer;
  /** What the service's model says against them: patterns, lengths and enums, which botocore leaves to the service. */
  against: string[];
}

interface Judge {
  inputs: Record<string, string>;
  model: ServiceModel;
}

export class Replay {
  readonly #botocore: Botocore;
  readonly #real = new Map<string, string>();
  readonly #judges = new Map<string, Judge>();
  readonly #references: References;
  /** URNs of what moto could not make. */
  readonly #lacking = new Set<string>();

  constructor(botocore: Botocore, references: References) {
    this.#botocore = botocore;
    this.#references = references;
  }

  async play<T extends Step>(steps: readonly T[]): Promise<Played<T>[]> {
    const played: Played<T>[] = [];
    for (const call of steps) played.push(await this.#playOne(call));
    return played;
  }

  /** As moto calls it. */
  realOf(text: string): string {
    return this.#real.get(text) ?? text;
  }

  async #playOne<T extends Step & Partial<Call>>(call: T): Promise<Played<T>> {
    const { service, operation, binds = {} } = call;
    // Judged as the stand-in gave ids: moto's are not always of the form that the model asks for.
    const against = this.#judge(service, operation, call.params);
    const params = replaceTexts(call.forMoto ?? call.params, this.#real);
    const said = await this.#botocore.ask({ service, operation, params, paths: binds });
    const answer: Answer = this.#isLacking(call, said) ? { outcome: 'not in moto' } : said;
    if (answer.outcome === 'not in moto' && call.op === 'create' && call.of) this.#lacking.add(call.of.urn);
    if (answer.outcome === 'done') {
      for (const text of Object.keys(binds)) {
        const real = answer.found[text];
        if (typeof real === 'string' && real !== text) this.#real.set(text, real);
      }
    }
    return { call, params, answer, against };
  }

  /** moto lacks what the call is about, or what it names. */
  #isLacking(call: Step & Partial<Call>, answer: Answer): boolean {
    if (answer.outcome !== 'refused') return false;
    if (call.lacking !== undefined && answer.message.includes(call.lacking)) return true;
    const named = [call.of, ...this.#references.namedBy(call)];
    return (
      /NotFound/.test(answer.code) && named.some((one) => one !== undefined && this.#lacking.has(one.urn))
    );
  }

  #judge(service: string, operation: string, params: Values): string[] {
    const key = `${service} ${operation}`;
    const known = this.#judges.get(key) ?? operationsOf(this.#botocore.folder, service, [operation]);
    this.#judges.set(key, known);
    const models = { botocore: this.#botocore.version, services: { [service]: known.model } };
    const mapping = { service, shapes: [known.inputs[operation] ?? ''], renamed: {} };
    const { failures, unjudged } = checkModel(models, mapping, params);
    return [
      ...failures.map(({ property, reason }) => `${property}: ${reason}`),
      ...unjudged.map((property) => `${property}: no such member`),
    ];
  }

  /**
   * What the account has of everything that can be listed, or of these types; undefined where moto cannot say. Not from
   * moto's own data.json: that holds whatever was ever made, deleted or not.
   */
  async list(types = Object.keys(LIFECYCLES)): Promise<Map<Listing, string[] | undefined>> {
    const found = new Map<Listing, string[] | undefined>();
    for (const type of types) {
      const { left } = lifecycleOf(type);
      if (typeof left !== 'string') found.set(left, await this.#listOne(left));
    }
    return found;
  }

  async #listOne({ service, operation, params = {}, path, gone }: Listing): Promise<string[] | undefined> {
    const answer = await this.#botocore.ask({
      service,
      operation,
      params,
      paths: { all: path },
      every: true,
    });
    if (answer.outcome === 'not in moto') return undefined;
    if (answer.outcome !== 'done') throw new Error(`${service} ${operation}: ${answer.message}`);
    const all = ((answer.found.all ?? []) as unknown[]).map(String);
    if (!gone) return all;
    const states: unknown[] = [];
    for (const id of all) states.push(await this.#stateOf(service, gone, id));
    return all.filter((_, index) => states[index] !== gone.state);
  }

  async #stateOf(service: string, gone: NonNullable<Listing['gone']>, id: string): Promise<unknown> {
    const { operation, param, path } = gone;
    const answer = await this.#botocore.ask({
      service,
      operation,
      params: { [param]: id },
      paths: { state: path },
    });
    return answer.outcome === 'done' ? answer.found.state : undefined;
  }
}
