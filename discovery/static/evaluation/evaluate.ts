/**
 * What expressions can stand for, followed through assignments, parameters, returns, attributes and imports of the package.
 * An over-approximation without order or conditions: enough to know which AWS services a client variable may hold.
 * Inside a call the callee's parameters are what that call passes; otherwise they are what any call in the package passes.
 */
import type { SourceModule, SourcePackage } from '../package.ts';
import type { Expr } from '../syntax/ast.ts';
import type { Scope } from '../syntax/scope.ts';
import { AttributeValues } from './attributes.ts';
import { CallValues } from './calls.ts';
import { Classes } from './classes.ts';
import { entriesOf, itemsOf, sumOf, textOf } from './containers.ts';
import { type Frame, type Memo, memoOf } from './frames.ts';
import { NameValues } from './names.ts';
import { ParameterValues } from './parameters.ts';
import { Recursion } from './recursion.ts';
import { stringsOf, union, type Value } from './values.ts';

export class Evaluator {
  readonly source: SourcePackage;
  readonly recursion = new Recursion();
  readonly classes = new Classes((expression, scope) => this.evaluate(expression, scope));
  readonly names = new NameValues(this);
  readonly parameters = new ParameterValues(this);
  readonly attributes = new AttributeValues(this);
  readonly calls = new CallValues(this);
  readonly #byFile = new Map<string, SourceModule>();
  readonly #memo: Memo = new Map();

  constructor(source: SourcePackage) {
    this.source = source;
    for (const module of source.modules.values()) this.#byFile.set(module.file, module);
    this.classes.linkAll(source);
  }

  moduleOf(scope: Scope): SourceModule | undefined {
    return this.#byFile.get(scope.file);
  }

  evaluate(expression: Expr, scope: Scope, frame?: Frame): Value[] {
    if (expression.kind === 'string') return [{ kind: 'string', value: expression.value }];
    if (expression.kind === 'constant') return [];
    const memo = frame ? memoOf(frame) : this.#memo;
    return this.recursion.answer(memo, expression, () => this.#compute(expression, scope, frame));
  }

  #compute(expression: Expr, scope: Scope, frame: Frame | undefined): Value[] {
    const of = (inner: Expr) => this.evaluate(inner, scope, frame);
    switch (expression.kind) {
      case 'name':
        return this.names.of(expression.id, scope, frame);
      case 'attribute':
        return this.attributes.of(of(expression.value), expression.name, frame);
      case 'call':
        return this.calls.of(expression, scope, frame);
      case 'fstring':
        return textOf(expression.parts, of);
      case 'sequence':
        return [{ kind: 'list', items: expression.items.map(of) }];
      case 'comprehension':
        return [{ kind: 'list', items: expression.elements.map(of) }];
      case 'dict':
        return [{ kind: 'dict', entries: expression.entries.flatMap((entry) => entriesOf(entry, of)) }];
      case 'subscript':
        return itemsOf(
          of(expression.value),
          expression.index.flatMap((index) => stringsOf(of(index))),
        );
      case 'either':
        return union(expression.values.map(of));
      case 'conditional':
        return union([of(expression.body), of(expression.orelse)]);
      case 'walrus':
        return of(expression.value);
      case 'binary':
        return expression.operator === '+' || expression.operator === '|'
          ? sumOf(of(expression.left), of(expression.right))
          : [];
      default:
        return [];
    }
  }
}
