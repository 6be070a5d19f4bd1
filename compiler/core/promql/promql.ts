import { metrics } from '../../../spec/contract/metrics.ts';
import type { Metric } from '../../../spec/contract/metrics.ts';
import { foreignMetrics } from '../foreign-metrics.ts';
import type { TARGET_LABELS } from '../foreign-metrics.ts';
import { patternLiteral, stringLiteral } from './literal.ts';

/**
 * PromQL, built and never pasted together: a query can only name metrics and labels that are declared, and a value from
 * the spec can only stand inside a string literal. What each function takes says what Prometheus would take: `rate` wants
 * a counter, a range is not an instant.
 *
 * Refused: templates with placeholders. They were typed nowhere, and each place had to remember to escape.
 */

/** An instant vector or a number. */
export interface Query {
  readonly text: string;
  /** A name, a call or a number: it needs no parentheses beside an operator. */
  readonly atom?: true;
}

/** A selector that may still be given a range. */
export interface Selector extends Query {
  readonly series: true;
}

type Declared = typeof metrics & typeof foreignMetrics;
export type DeclaredName = keyof Declared;
type CounterName = {
  [M in DeclaredName]: Declared[M]['type'] extends 'counter' ? M : never;
}[DeclaredName];
type HistogramName = {
  [M in DeclaredName]: Declared[M]['type'] extends 'histogram' ? M : never;
}[DeclaredName];
type GaugeName = Exclude<DeclaredName, CounterName | HistogramName>;

type ValueOf<T> = T extends readonly (infer V extends string)[] ? V : string;
type Match<V extends string> = V | { readonly oneOf: readonly V[] } | { readonly noneOf: readonly V[] } | Variable;
type LabelMatchers<L> = { readonly [K in keyof L]?: Match<ValueOf<L[K]>> };
export type Matchers<M extends DeclaredName> = LabelMatchers<Declared[M]['labels']> & {
  readonly [K in (typeof TARGET_LABELS)[number]]?: Match<string>;
};
/** Labels of series that rules record. */
export interface RecordedMatchers {
  readonly fleet?: Match<string>;
  readonly slo?: Match<string>;
}

/** A dashboard's variable, `$fleet`: Grafana puts a pattern in its place. */
export interface Variable {
  readonly variable: string;
}

/** Every metric that a query may name, with its declaration. */
export const declared: Readonly<Record<string, Pick<Metric, 'type' | 'labels' | 'buckets' | 'inspect'>>> = {
  ...metrics,
  ...foreignMetrics,
};

export function gauge<M extends GaugeName>(metric: M, matchers?: Matchers<M>): Selector {
  return selector(metric, matchers);
}

export function counter<M extends CounterName>(metric: M, matchers?: Matchers<M>): Selector {
  return selector(metric, matchers);
}

/** How often something was timed. */
export function timings<M extends HistogramName>(metric: M, matchers?: Matchers<M>): Selector {
  return selector(`${metric}_count`, matchers);
}

/** How many were at most `seconds`, a declared bucket. Writers of whole bounds differ: `1` and `1.0`. */
export function timingsWithin<M extends HistogramName>(metric: M, seconds: number, matchers?: Matchers<M>): Selector {
  if (!declared[metric]?.buckets?.includes(seconds)) throw new RangeError(`${metric} has no bucket ${seconds}`);
  const bound = Number.isInteger(seconds)
    ? `le=~${stringLiteral(`${seconds}(\\.0)?`)}`
    : `le=${stringLiteral(String(seconds))}`;
  return selector(`${metric}_bucket`, matchers, [bound]);
}

export function timingBuckets<M extends HistogramName>(metric: M, matchers?: Matchers<M>): Selector {
  return selector(`${metric}_bucket`, matchers);
}

export function recorded(name: string, matchers?: RecordedMatchers): Selector {
  return selector(name, matchers);
}

function selector(name: string, matchers: object = {}, more: readonly string[] = []): Selector {
  const all = Object.entries(matchers).flatMap(([label, match]: [string, Match<string> | undefined]) =>
    match === undefined ? [] : [label + matcher(match)],
  );
  const inside = [...all, ...more].join(',');
  return { text: inside === '' ? name : `${name}{${inside}}`, series: true, atom: true };
}

function matcher(match: Match<string>): string {
  if (typeof match === 'string') return `=${stringLiteral(match)}`;
  if ('variable' in match) return `=~"$${match.variable}"`;
  return 'oneOf' in match ? `=~${patternLiteral(match.oneOf)}` : `!~${patternLiteral(match.noneOf)}`;
}

type RangeFunction =
  'rate' | 'increase' | 'avg_over_time' | 'sum_over_time' | 'max_over_time' | 'count_over_time' | 'changes';

/** A function over a range: `5m`, or a dashboard's `$__rate_interval`. */
export function over(name: RangeFunction, selected: Selector, range: string): Query {
  return { text: `${name}(${selected.text}[${range}])`, atom: true };
}

/** A range read in steps: `[1d:1h]`. */
export function stepped(range: string, step: string): string {
  return `${range}:${step}`;
}

type Aggregation = 'sum' | 'max' | 'min' | 'avg' | 'count';

export function aggregate(name: Aggregation, query: Query, by: readonly string[] = []): Query {
  const clause = by.length === 0 ? '' : ` by (${by.join(', ')}) `;
  return { text: `${name}${clause}(${query.text})`, atom: true };
}

/** A number. */
export function number(value: number): Query {
  return { text: String(value), atom: true };
}

type Operator = '+' | '-' | '*' | '/' | '>' | '<' | '>=' | '==' | '!=' | 'and' | 'or' | 'unless';

/** Two queries and what joins them; each is put into parentheses unless it is an atom. */
export function join(left: Query, operator: Operator, right: Query | number, on?: readonly string[]): Query {
  const matching = on === undefined ? '' : ` on (${on.join(', ')})`;
  return { text: `${closed(left)} ${operator}${matching} ${typeof right === 'number' ? right : closed(right)}` };
}

/** A selector some time before: `5m`. */
export function ago(selected: Selector, time: string): Query {
  return { text: `${selected.text} offset ${time}`, atom: true };
}

export function absent(query: Selector): Query {
  return { text: `absent(${query.text})`, atom: true };
}

export function quantile(share: number, buckets: Query): Query {
  return { text: `histogram_quantile(${share}, ${buckets.text})`, atom: true };
}

export function vector(value: number): Query {
  return { text: `vector(${value})`, atom: true };
}

function closed({ text, atom }: Query): string {
  return atom === true ? text : `(${text})`;
}
