import {
  EXPRESSION_LIMITS,
  RELATIONS,
  ROOTS,
  TEXT_TESTS,
  type Expression,
  type ExpressionPlace,
  type ExpressionProblem,
  type ParsedExpression,
  type Relation,
  type TextTest,
} from './expression.ts';
import { tokens, type Token } from './expression-lexer.ts';
import { sure } from './sure.ts';

const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const FUNCTIONS = ['has', 'size', ...TEXT_TESTS];
const FUNCTION_HINTS: Readonly<Record<string, string>> = {
  matches: 'use startsWith, endsWith or contains',
  exists: 'use `in`',
  all: 'name the values one by one',
};
const WORD_HINTS: Readonly<Record<string, string>> = { and: 'use &&', or: 'use ||', not: 'use !' };

/** Reads a condition; or says what is wrong with it, the first thing only. */
export function parseExpression(text: string): ParsedExpression | ExpressionProblem {
  if (text.length > EXPRESSION_LIMITS.length) {
    return {
      kind: 'too-large',
      message: `a condition has at most ${EXPRESSION_LIMITS.length} characters`,
      offset: 0,
      length: text.length,
    };
  }
  const found = tokens(text);
  if ('kind' in found) return found;
  const parser = new Parser(found);
  const expression = parser.whole();
  return (
    parser.problem ?? {
      expression: sure(expression, 'the expression of a parser without a problem'),
      places: parser.places,
    }
  );
}

/**
 * Recursive descent, one method for each level of precedence, loosest first. A method returns nothing once there is a
 * problem; the first one counts. The text of a string token has its quotes, so that no string is taken for a symbol.
 */
class Parser {
  readonly places = new Map<Expression, ExpressionPlace>();
  problem: ExpressionProblem | undefined;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(found: readonly Token[]) {
    this.#tokens = found;
  }

  whole(): Expression | undefined {
    const expression = this.#or();
    if (expression !== undefined && this.#peek().kind !== 'end') return this.#unexpected();
    return expression;
  }

  #or(): Expression | undefined {
    return this.#joined('or', '||', () => this.#joined('and', '&&', () => this.#relation()));
  }

  #joined(op: 'and' | 'or', symbol: string, part: () => Expression | undefined): Expression | undefined {
    const start = this.#peek().offset;
    const first = part();
    if (first === undefined || this.#peek().text !== symbol) return first;
    const parts = [first];
    while (this.#take(symbol)) {
      const next = part();
      if (next === undefined) return undefined;
      parts.push(next);
    }
    return this.#node({ op, of: parts }, start);
  }

  #relation(): Expression | undefined {
    const start = this.#peek().offset;
    const left = this.#unary();
    const op = RELATIONS.find((relation) => relation === this.#peek().text);
    if (left === undefined || op === undefined) return left;
    return this.#compared(left, op, start);
  }

  #compared(left: Expression, op: Relation, start: number): Expression | undefined {
    this.#next++;
    const right = this.#unary();
    if (right === undefined) return undefined;
    const again = this.#peek();
    if (RELATIONS.some((relation) => relation === again.text)) {
      return this.#fail('syntax', 'only two things are compared at a time', again, { hint: 'use && or parentheses' });
    }
    return this.#node({ op, left, right }, start);
  }

  #unary(): Expression | undefined {
    const token = this.#peek();
    if (token.kind !== 'symbol' || (token.text !== '!' && token.text !== '-')) return this.#member();
    this.#next++;
    if (token.text === '-') return this.#negative(token);
    const of = this.#deeper(token, () => this.#unary());
    return of && this.#node({ op: 'not', of }, token.offset);
  }

  #negative(minus: Token): Expression | undefined {
    const token = this.#peek();
    if (token.kind !== 'number') return this.#fail('unavailable', 'arithmetic is not available', minus);
    this.#next++;
    return this.#node({ op: 'literal', value: 0 - Number(token.value) }, minus.offset);
  }

  /** A primary and the method calls behind it. */
  #member(): Expression | undefined {
    const start = this.#peek().offset;
    let of = this.#primary();
    while (of !== undefined && this.#take('.')) of = this.#method(of, start);
    return of;
  }

  #method(of: Expression, start: number): Expression | undefined {
    const name = this.#peek();
    const test = TEXT_TESTS.find((known) => known === name.text);
    if (name.kind !== 'name') return this.#unexpected();
    if (test === undefined && name.text !== 'size') return this.#notAFunction(name);
    this.#next++;
    if (!this.#expect('(')) return undefined;
    return test === undefined ? this.#closed({ op: 'size', of }, start) : this.#textTest(test, of, start);
  }

  #textTest(op: TextTest, of: Expression, start: number): Expression | undefined {
    const argument = this.#deeper(this.#peek(), () => this.#or());
    return argument && this.#closed({ op, of, with: argument }, start);
  }

  #primary(): Expression | undefined {
    const token = this.#peek();
    if (token.kind === 'string' || token.kind === 'number') {
      this.#next++;
      return this.#node({ op: 'literal', value: sure(token.value, 'the value of a literal') }, token.offset);
    }
    if (token.kind === 'name') return this.#named(token);
    if (this.#take('(')) return this.#parenthesised(token);
    return this.#take('[') ? this.#list(token) : this.#unexpected();
  }

  #parenthesised(open: Token): Expression | undefined {
    const inner = this.#deeper(open, () => this.#or());
    return inner && this.#expect(')') ? inner : undefined;
  }

  #list(open: Token): Expression | undefined {
    const items: Expression[] = [];
    while (!this.#take(']')) {
      if (items.length > 0 && !this.#expect(',')) return undefined;
      const item = this.#deeper(open, () => this.#or());
      if (item === undefined) return undefined;
      items.push(item);
    }
    return this.#node({ op: 'list', items }, open.offset);
  }

  #named(token: Token): Expression | undefined {
    const literal = LITERALS.get(token.text);
    if (literal !== undefined) {
      this.#next++;
      return this.#node({ op: 'literal', value: literal }, token.offset);
    }
    if (this.#peek(1).text === '(') return this.#call(token);
    return ROOTS.some((root) => root === token.text) ? this.#path(token, true) : this.#unknownRoot(token);
  }

  #call(token: Token): Expression | undefined {
    if (token.text !== 'has' && token.text !== 'size') return this.#notAFunction(token);
    this.#next += 2;
    if (token.text === 'has') return this.#has(token);
    const of = this.#deeper(token, () => this.#or());
    return of && this.#closed({ op: 'size', of }, token.offset);
  }

  /** As in CEL, `has` takes a path written with dots. */
  #has(token: Token): Expression | undefined {
    const root = this.#peek();
    if (!ROOTS.some((name) => name === root.text)) return this.#unknownRoot(root);
    const of = this.#path(root, false);
    if (of === undefined || of.op !== 'field') return undefined;
    if (of.path.length > 1) return this.#closed({ op: 'has', of }, token.offset);
    const hint = this.#peek().text === '[' ? `write \`'name' in ${root.text}\`` : `write \`${root.text}.name\``;
    return this.#fail('syntax', '`has` asks for a field below `input` or `labels`', root, { hint });
  }

  /** Names behind dots, and, with `indexed`, strings in brackets. A name before `(` is a method and stays. */
  #path(root: Token, indexed: boolean): Expression | undefined {
    const path = [root.text];
    this.#next++;
    for (;;) {
      if (this.#peek().text === '.' && !(this.#peek(1).kind === 'name' && this.#peek(2).text === '(')) {
        const name = this.#peek(1);
        this.#next++;
        if (name.kind !== 'name' || LITERALS.has(name.text) || name.text === 'in') return this.#unexpected();
        path.push(name.text);
        this.#next++;
      } else if (indexed && this.#take('[')) {
        const name = this.#peek();
        if (name.kind !== 'string') return this.#fail('unavailable', 'only a string stands in brackets', name);
        path.push(String(name.value));
        this.#next++;
        if (!this.#expect(']')) return undefined;
      } else return this.#endOfPath(root, path);
    }
  }

  #endOfPath(root: Token, path: readonly string[]): Expression | undefined {
    const isText = root.text === 'task' || root.text === 'tenant';
    if ((isText && path.length > 1) || (root.text === 'labels' && path.length > 2)) {
      return this.#fail('unknown-field', `\`${isText ? root.text : 'labels'}\` has no fields below it`, root);
    }
    return this.#node({ op: 'field', path }, root.offset);
  }

  #closed(expression: Expression, start: number): Expression | undefined {
    return this.#expect(')') ? this.#node(expression, start) : undefined;
  }

  #deeper(token: Token, parse: () => Expression | undefined): Expression | undefined {
    if (this.#depth >= EXPRESSION_LIMITS.depth) {
      return this.#fail('too-large', `a condition is nested at most ${EXPRESSION_LIMITS.depth} deep`, token);
    }
    this.#depth++;
    const expression = parse();
    this.#depth--;
    return expression;
  }

  #node(expression: Expression, start: number): Expression | undefined {
    const last = sure(this.#tokens[this.#next - 1], 'the last token of a node');
    if (this.places.size >= EXPRESSION_LIMITS.nodes) {
      return this.#fail('too-large', `a condition has at most ${EXPRESSION_LIMITS.nodes} parts`, last);
    }
    this.places.set(expression, { offset: start, length: last.offset + last.text.length - start });
    return expression;
  }

  #peek(ahead = 0): Token {
    return sure(this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)], 'the token at the end');
  }

  #take(symbol: string): boolean {
    if (this.#peek().text !== symbol) return false;
    this.#next++;
    return true;
  }

  #expect(symbol: string): boolean {
    if (this.#take(symbol)) return true;
    const token = this.#peek();
    const instead = token.kind === 'end' ? 'the end' : `\`${token.text}\``;
    this.#fail('syntax', `expected \`${symbol}\` instead of ${instead}`, token);
    return false;
  }

  #unexpected(): undefined {
    const token = this.#peek();
    const message = token.kind === 'end' ? 'the condition ends too early' : `\`${token.text}\` does not belong here`;
    const hint = WORD_HINTS[token.text];
    return this.#fail('syntax', message, token, hint === undefined ? {} : { hint });
  }

  #notAFunction(token: Token): undefined {
    const hint = FUNCTION_HINTS[token.text];
    return this.#fail('unknown-function', `${token.text}() is not available`, token, {
      ...(hint !== undefined && { hint }),
      word: token.text,
      candidates: FUNCTIONS,
    });
  }

  #unknownRoot(token: Token): undefined {
    if (token.kind !== 'name') return this.#unexpected();
    const word = WORD_HINTS[token.text];
    const hint =
      word ?? `a condition reads ${ROOTS.join(', ')}; a field of the task's input is \`input.${token.text}\``;
    return this.#fail('unknown-root', `\`${token.text}\` is not known`, token, {
      hint,
      word: token.text,
      candidates: ROOTS,
    });
  }

  #fail(
    kind: ExpressionProblem['kind'],
    message: string,
    token: Token,
    more: Pick<ExpressionProblem, 'hint' | 'word' | 'candidates'> = {},
  ): undefined {
    this.problem ??= { kind, message, offset: token.offset, length: Math.max(1, token.text.length), ...more };
    return undefined;
  }
}
