/**
 * A condition over a task: the abstract syntax that the compiler writes into the routing table and the scheduler evaluates.
 * A total subset of CEL: nothing in it can fail or run long. Parsing and evaluation live beside it.
 */
export type Expression =
  | { readonly op: 'literal'; readonly value: string | number | boolean | null }
  | { readonly op: 'list'; readonly items: readonly Expression[] }
  | { readonly op: 'field'; readonly path: readonly string[] }
  | { readonly op: 'not'; readonly of: Expression }
  | { readonly op: 'and' | 'or'; readonly of: readonly Expression[] }
  | { readonly op: '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in'; readonly left: Expression; readonly right: Expression }
  | { readonly op: 'has' | 'size'; readonly of: Expression }
  | { readonly op: 'startsWith' | 'endsWith' | 'contains'; readonly of: Expression; readonly with: Expression };
