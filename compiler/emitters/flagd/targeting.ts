import type { Expression } from '../../../spec/contract/expression.ts';
import type { Json } from '../../../spec/contract/source.ts';
import { unaskable } from '../../core/flags.ts';
import type { FlagRule } from '../../core/model.ts';
import { sure } from '../../../spec/contract/sure.ts';

/**
 * Rules of a flag as flagd's targeting: JsonLogic that gives the name of a variant, or null for the default. A text of the spec
 * is only ever a value in it: in JsonLogic what is run is a key of a map, and none of our keys comes from a spec.
 */
export function targetingOf(rules: readonly FlagRule[], from: Mark): Json | undefined {
  if (rules.length === 0) return undefined;
  return { if: rules.flatMap((rule) => [condition(rule, from), choice(rule, from)]) };
}

/** Marks a value with the place below `rules` that decides it. */
export type Mark = <T extends Json>(value: T, ...path: readonly (string | number)[]) => T;

function condition({ where, index }: FlagRule, from: Mark): Json {
  return where === undefined ? true : from(logicOf(where.expression), index, 'where');
}

function choice({ split, by, index }: FlagRule, from: Mark): Json {
  const [first] = split;
  if (split.length === 1 && first !== undefined) return from(first[0], index, 'serve');
  const shares = split.map(([variant, weight]) => [variant, from(weight, index, 'split', variant)]);
  const key = from({ cat: [{ var: '$flagd.flagKey' }, { var: by }] }, index, 'by');
  // A text that is absent would be joined as an empty one, and all without it would share one fate.
  return { if: [isThere(by), { fractional: [key, ...shares] }, null] };
}

/** A condition in JsonLogic. It must be askable: the check `flag-rules` has seen to that. */
export function logicOf(expression: Expression): Json {
  switch (expression.op) {
    case 'and':
    case 'or':
      return { [expression.op]: expression.of.map(logicOf) };
    case 'not':
      return { '!': [logicOf(expression.of)] };
    case 'field':
      return { '===': [valueOf(expression), true] };
    case 'has':
      return isThere(pathOf(expression.of));
    case '==':
      return { '===': [valueOf(expression.left), valueOf(expression.right)] };
    case '!=': {
      const field = expression.left.op === 'field' ? expression.left : expression.right;
      // What is absent is not different: it cannot be compared.
      return { and: [isThere(pathOf(field)), { '!==': [valueOf(expression.left), valueOf(expression.right)] }] };
    }
    case 'in':
      return { in: [valueOf(expression.left), valueOf(expression.right)] };
    case 'startsWith':
      return { starts_with: [valueOf(expression.of), valueOf(expression.with)] };
    case 'endsWith':
      return { ends_with: [valueOf(expression.of), valueOf(expression.with)] };
    default:
      throw new Error(`not askable: ${JSON.stringify(unaskable(expression))}`);
  }
}

function isThere(path: string): Json {
  return { '!==': [{ var: path }, null] };
}

function pathOf(expression: Expression): string {
  return sure(expression.op === 'field' ? expression.path.join('.') : undefined, 'a field');
}

function valueOf(expression: Expression): Json {
  switch (expression.op) {
    case 'field':
      return { var: pathOf(expression) };
    case 'list':
      return expression.items.map(valueOf);
    case 'literal':
      return expression.value;
    default:
      throw new Error(`not askable: ${JSON.stringify(unaskable(expression))}`);
  }
}
