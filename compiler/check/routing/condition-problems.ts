import { typeCheck } from '../../../spec/contract/expression-check.ts';
import { parseExpression } from '../../../spec/contract/expression-parser.ts';
import type { Expression, ExpressionProblem, ParsedExpression } from '../../../spec/contract/expression.ts';
import type { JsonObject } from '../../../spec/contract/source.ts';
import type { EnvironmentModel, RouteModel } from '../../core/model.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import { weighted } from './capability.ts';

const NO_PLACES: ParsedExpression['places'] = new Map();

/**
 * The schemas of the inputs that a route deals with: those of its targets, each once, or nothing when one of them has none, since then
 * an input may be anything.
 */
export function targetSchemas(environment: EnvironmentModel, route: RouteModel): JsonObject[] {
  const schemas = new Set<JsonObject>();
  for (const { fleet } of weighted(environment, route)) {
    for (const task of route.match.tasks) {
      const accept = fleet.accepts.get(task);
      if (accept === undefined) continue;
      if (accept.input === undefined) return [];
      schemas.add(accept.input.schema);
    }
  }
  return [...schemas];
}

/** A condition of a route, and the text it was read from. */
export interface Condition {
  readonly text: string;
  readonly expression: Expression;
}

/**
 * What a condition of a route cannot mean, whichever target the task goes to. Its text is read again only when there is
 * something to show in it.
 */
export function conditionProblems(
  { text, expression }: Condition,
  schemas: readonly JsonObject[],
): readonly ExpressionProblem[] {
  if (everywhere({ expression, places: NO_PLACES }, schemas).length === 0) return [];
  // It was parsed before, but without the places.
  return everywhere(parseExpression(text) as ParsedExpression, schemas);
}

const known = new WeakMap<JsonObject, Map<string, ExpressionProblem | undefined>>();

/** Why a path leads nowhere in each of the inputs. */
export function pathProblem(path: readonly string[], schemas: readonly JsonObject[]): ExpressionProblem | undefined {
  let problem: ExpressionProblem | undefined;
  for (const schema of schemas) {
    problem = pathProblemIn(path, schema);
    if (problem === undefined) return undefined;
  }
  return problem;
}

function pathProblemIn(path: readonly string[], schema: JsonObject): ExpressionProblem | undefined {
  let problems = known.get(schema);
  if (problems === undefined) known.set(schema, (problems = new Map()));
  const key = path.join('.');
  if (!problems.has(key)) {
    const [problem] = typeCheck({ expression: { op: 'field', path }, places: NO_PLACES }, schema).filter(
      ({ kind }) => kind === 'unknown-field',
    );
    problems.set(key, problem);
  }
  return problems.get(key);
}

function everywhere(parsed: ParsedExpression, schemas: readonly JsonObject[]): readonly ExpressionProblem[] {
  const [first, ...others] = schemas;
  if (first === undefined) return [];
  const found = others.map((schema) => new Set(typeCheck(parsed, schema).map(keyOf)));
  return typeCheck(parsed, first).filter((problem) => found.every((keys) => keys.has(keyOf(problem))));
}

function keyOf({ kind, offset, message }: ExpressionProblem): string {
  return `${kind} ${offset} ${message}`;
}

/** `did you mean ...?` for a name or value that was written wrong; nothing when none is near. */
export function suggestion({ word, candidates }: ExpressionProblem): string | undefined {
  return word === undefined || candidates === undefined ? undefined : nearest(word, candidates);
}
