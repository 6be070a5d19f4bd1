/**
 * A condition over a task: the abstract syntax that the compiler writes into the routing table and the scheduler evaluates.
 * A total subset of CEL: nothing in it can fail or run long.
 *
 * Glossary
 * - root: what a path may begin with: `task`, `tenant`, `labels` or `input`
 * - path: a root and the names below it, `input.repo`
 * - absent: a path that leads nowhere in this task
 * - problem: why a text is no condition, or why a condition cannot mean what its author thinks
 *
 * Its files: `expression-lexer` text -> tokens, `expression-parser` tokens -> Expression, `expression-print` back to text,
 * `expression-evaluate` Expression x task -> true or false, `expression-check` Expression x JSON Schema -> problems.
 */
export type Expression =
  | { readonly op: 'literal'; readonly value: string | number | boolean | null }
  | { readonly op: 'list'; readonly items: readonly Expression[] }
  | { readonly op: 'field'; readonly path: readonly string[] }
  | { readonly op: 'not'; readonly of: Expression }
  | { readonly op: 'and' | 'or'; readonly of: readonly Expression[] }
  | { readonly op: Relation; readonly left: Expression; readonly right: Expression }
  | { readonly op: 'has' | 'size'; readonly of: Expression }
  | { readonly op: TextTest; readonly of: Expression; readonly with: Expression };

export const RELATIONS = ['==', '!=', '<', '<=', '>', '>=', 'in'] as const;
export type Relation = (typeof RELATIONS)[number];

export const TEXT_TESTS = ['startsWith', 'endsWith', 'contains'] as const;
export type TextTest = (typeof TEXT_TESTS)[number];

export const ROOTS = ['task', 'tenant', 'labels', 'input'] as const;

/** Most UTF-16 code units of a text, nested parts, and parts in all. */
export const EXPRESSION_LIMITS = { length: 1024, depth: 24, nodes: 256 } as const;

/** A stretch of an expression's text, in UTF-16 code units. */
export interface ExpressionPlace {
  readonly offset: number;
  readonly length: number;
}

/** What is wrong, and where in the text. `word` was written, `candidates` would have been right: for "did you mean". */
export interface ExpressionProblem extends ExpressionPlace {
  readonly kind:
    | 'syntax'
    | 'too-large'
    | 'unknown-root'
    | 'unknown-function'
    | 'unavailable'
    | 'unknown-field'
    | 'types'
    | 'impossible-value'
    | 'not-boolean';
  readonly message: string;
  readonly hint?: string;
  readonly word?: string;
  readonly candidates?: readonly string[];
}

/** A condition and the place of each of its parts. */
export interface ParsedExpression {
  readonly expression: Expression;
  readonly places: ReadonlyMap<Expression, ExpressionPlace>;
}
