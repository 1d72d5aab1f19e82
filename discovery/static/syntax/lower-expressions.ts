/** The expressions and parameters of tree-sitter's syntax in the small tree of ast.ts. What it does not know becomes `other`. */
import type { Expr, Parameter } from './ast.ts';
import type { RawNode } from './parser.ts';
import { decodeEscapes } from './strings.ts';

const NOTHING: Expr = { kind: 'constant', value: null };
/** Without a prototype: a keyword may be called `constructor`. Most calls have none and share one. */
const noKeywords = (): Record<string, Expr> => Object.create(null) as Record<string, Expr>;
const NO_KEYWORDS: Record<string, Expr> = Object.freeze(noKeywords());

export class Expressions {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  #word(node: RawNode): string {
    return this.#text.slice(node.start, node.end);
  }

  of(node: RawNode | undefined): Expr {
    if (node === undefined) return NOTHING;
    const { children } = node;
    switch (node.type) {
      case 'identifier':
        return { kind: 'name', id: this.#word(node) };
      case 'attribute': {
        const [value, name] = children;
        return {
          kind: 'attribute',
          value: this.of(value),
          name: name === undefined ? '' : this.#word(name),
        };
      }
      case 'call':
        return this.#call(children);
      case 'string':
        return this.#string([node]);
      case 'concatenated_string':
        return this.#string(children);
      case 'integer':
        return { kind: 'constant', value: Number(this.#word(node).replaceAll('_', '')) };
      case 'true':
      case 'false':
        return { kind: 'constant', value: node.type === 'true' };
      case 'none':
        return NOTHING;
      case 'parenthesized_expression':
      case 'await':
      case 'type':
        return this.of(children[0]);
      case 'list':
      case 'tuple':
      case 'set':
      case 'expression_list':
      case 'pattern_list':
      case 'tuple_pattern':
      case 'list_pattern':
        return { kind: 'sequence', items: this.all(children) };
      case 'dictionary':
        return {
          kind: 'dict',
          entries: children.map((child) => {
            const [key, value] = child.children;
            return child.type === 'pair'
              ? { key: this.of(key), value: this.of(value) }
              : { value: this.of(key) };
          }),
        };
      case 'generic_type': {
        const [value, parameters] = children;
        return {
          kind: 'subscript',
          value: this.of(value),
          index: this.all(parameters?.children ?? []),
        };
      }
      case 'subscript':
        return { kind: 'subscript', value: this.of(children[0]), index: this.all(children.slice(1)) };
      case 'binary_operator': {
        const [left, operator, right] = children;
        // Operators that no reader asks for are left out of the raw tree.
        if (right === undefined) return { kind: 'other', children: this.all(children) };
        return {
          kind: 'binary',
          operator: operator?.type ?? '',
          left: this.of(left),
          right: this.of(right),
        };
      }
      case 'boolean_operator': {
        const [left, operator, right] = children;
        return {
          kind: 'either',
          operator: operator?.type === 'and' ? 'and' : 'or',
          values: [this.of(left), this.of(right)],
        };
      }
      case 'conditional_expression': {
        const [body, test, orelse] = children;
        return {
          kind: 'conditional',
          test: this.of(test),
          body: this.of(body),
          orelse: this.of(orelse),
        };
      }
      case 'lambda': {
        const parameters = children.find((child) => child.type === 'lambda_parameters');
        return {
          kind: 'lambda',
          parameters: this.parameters(parameters),
          body: this.of(children[children.length - 1]),
        };
      }
      case 'named_expression': {
        const [name, value] = children;
        return {
          kind: 'walrus',
          name: name === undefined ? '' : this.#word(name),
          value: this.of(value),
        };
      }
      case 'yield':
        return { kind: 'yield', value: this.tuple(children) };
      case 'list_comprehension':
      case 'set_comprehension':
      case 'dictionary_comprehension':
      case 'generator_expression':
        return this.#comprehension(children);
      default:
        return { kind: 'other', children: this.all(children) };
    }
  }

  all(nodes: readonly RawNode[]): Expr[] {
    return nodes.map((node) => this.of(node));
  }

  tuple(nodes: readonly RawNode[]): Expr {
    const [only] = nodes;
    if (nodes.length === 0) return NOTHING;
    return nodes.length === 1 ? this.of(only) : { kind: 'sequence', items: this.all(nodes) };
  }

  #comprehension(children: readonly RawNode[]): Expr {
    const clauses = children.filter((child) => child.type === 'for_in_clause');
    const elements = children[0]?.type === 'pair' ? children[0].children : children.slice(0, 1);
    return {
      kind: 'comprehension',
      elements: this.all(elements),
      loops: clauses.map((clause) => {
        const [target, iterable] = clause.children;
        return { target: this.of(target), iterable: this.of(iterable) };
      }),
      conditions: children
        .filter((child) => child.type === 'if_clause')
        .map((child) => this.of(child.children[0])),
    };
  }

  #call([callee, list]: readonly RawNode[]): Expr {
    const args: Expr[] = [];
    let keywords = NO_KEYWORDS;
    const spread: Expr[] = [];
    if (list !== undefined && list.type !== 'argument_list') args.push(this.of(list));
    for (const child of list?.type === 'argument_list' ? list.children : []) {
      const [head, value] = child.children;
      if (child.type === 'keyword_argument' && head !== undefined) {
        if (keywords === NO_KEYWORDS) keywords = noKeywords();
        keywords[this.#word(head)] = this.of(value);
      } else if (child.type === 'list_splat' || child.type === 'dictionary_splat') spread.push(this.of(head));
      else args.push(this.of(child));
    }
    return { kind: 'call', callee: this.of(callee), args, keywords, spread };
  }

  #string(strings: readonly RawNode[]): Expr {
    const parts: (string | Expr)[] = [];
    for (const { children } of strings) {
      const start = children[0]?.type === 'string_start' ? this.#word(children[0]).toLowerCase() : '';
      for (const child of children) {
        if (child.type === 'interpolation') parts.push(this.of(child.children[0]));
        else if (child.type === 'string_content') {
          const text = this.#word(child);
          parts.push(start.includes('r') ? text : decodeEscapes(text, start.includes('f')));
        }
      }
    }
    if (parts.every((part) => typeof part === 'string')) return { kind: 'string', value: parts.join('') };
    return { kind: 'fstring', parts };
  }

  parameters(node: RawNode | undefined): Parameter[] {
    const found: Parameter[] = [];
    let form: Parameter['form'] = 'positional';
    for (const child of node?.children ?? []) {
      if (child.type === 'keyword_separator') form = 'keyword';
      if (child.type === 'positional_separator' || child.type === 'keyword_separator') continue;
      const parameter = this.#parameter(child, form);
      if (parameter === undefined) continue;
      if (parameter.form === 'star') form = 'keyword';
      found.push(parameter);
    }
    return found;
  }

  #parameter(node: RawNode, form: Parameter['form']): Parameter | undefined {
    const [head] = node.children;
    switch (node.type) {
      case 'identifier':
        return { name: this.#word(node), form };
      case 'list_splat_pattern':
        return head && { name: this.#word(head), form: 'star' };
      case 'dictionary_splat_pattern':
        return head && { name: this.#word(head), form: 'doublestar' };
      case 'typed_parameter': {
        const inner = head && this.#parameter(head, form);
        const type = node.children.find((child) => child.type === 'type');
        return inner && type ? { ...inner, annotation: this.of(type.children[0]) } : inner;
      }
      case 'default_parameter':
      case 'typed_default_parameter': {
        const type = node.children.find((child) => child.type === 'type');
        const value = node.children[node.children.length - 1];
        if (head === undefined) return undefined;
        return {
          name: this.#word(head),
          form,
          ...(type === undefined ? {} : { annotation: this.of(type.children[0]) }),
          default: this.of(value),
        };
      }
      default:
        return undefined;
    }
  }
}
