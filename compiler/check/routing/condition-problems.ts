import { typeCheck } from '../../../spec/contract/expression-check.ts';
import { parseExpression } from '../../../spec/contract/expression-parser.ts';
import type { ExpressionProblem, ParsedExpression } from '../../../spec/contract/expression.ts';
import type { JsonObject } from '../../../spec/contract/source.ts';
import type { EnvironmentModel, RouteModel } from '../../core/model.ts';
import { weighted } from './capability.ts';

const NO_PLACES: ParsedExpression['places'] = new Map();

/**
 * The schemas of the inputs that a route deals with: those of its targets, or nothing when one of them has none, since then
 * an input may be anything.
 */
export function targetSchemas(environment: EnvironmentModel, route: RouteModel): JsonObject[] {
  const schemas: JsonObject[] = [];
  for (const { fleet } of weighted(environment, route)) {
    for (const task of route.match.tasks) {
      const accept = fleet.accepts.get(task);
      if (accept === undefined) continue;
      if (accept.input === undefined) return [];
      schemas.push(accept.input.schema);
    }
  }
  return schemas;
}

/** What a condition of a route cannot mean, whichever target the task goes to. */
export function conditionProblems(text: string, schemas: readonly JsonObject[]): readonly ExpressionProblem[] {
  if (schemas.length === 0) return [];
  const parsed = parseExpression(text);
  return 'kind' in parsed ? [] : everywhere(parsed, schemas);
}

/** Why a path leads nowhere in each of the inputs. */
export function pathProblem(path: readonly string[], schemas: readonly JsonObject[]): ExpressionProblem | undefined {
  const field = { op: 'field', path } as const;
  return everywhere({ expression: { op: 'has', of: field }, places: NO_PLACES }, schemas)[0];
}

function everywhere(parsed: ParsedExpression, schemas: readonly JsonObject[]): readonly ExpressionProblem[] {
  const [first, ...others] = new Set(schemas);
  if (first === undefined) return [];
  const found = others.map((schema) => new Set(typeCheck(parsed, schema).map(keyOf)));
  return typeCheck(parsed, first).filter((problem) => found.every((keys) => keys.has(keyOf(problem))));
}

function keyOf({ kind, offset, message }: ExpressionProblem): string {
  return `${kind} ${offset} ${message}`;
}
