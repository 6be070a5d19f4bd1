import { parser } from '@prometheus-io/lezer-promql';
import type { Metric } from '../../../spec/contract/metrics.ts';
import { TARGET_LABELS } from '../../core/foreign-metrics.ts';

type Node = ReturnType<typeof parser.parse>['topNode'];
export type Declared = Readonly<Record<string, Pick<Metric, 'type' | 'labels' | 'buckets' | 'inspect'>>>;

/** Labels of a result, and the metrics that each of them comes from. */
export type Labels = ReadonlyMap<string, ReadonlySet<string>>;

/** What queries are judged by, and what is remembered of them. */
export interface Judge {
  readonly declared: Declared;
  /** Labels of series that rules record. */
  readonly recorded: ReadonlyMap<string, Labels>;
  readonly problem: (sentence: string) => void;
  /** A metric, or one of its labels, was read. */
  readonly used: (metric: string, label?: string) => void;
}

const COUNTING = new Set(['rate', 'increase', 'irate', 'changes', 'absent', 'count_over_time']);

/**
 * Type-checks a query: metrics and labels exist, values of closed labels are those that are served, `rate` and `increase`
 * take counters and counters are read through them, quantiles take buckets, groups name labels that are there. Gives the
 * labels of its result. Grafana's `$__rate_interval` and variables stand for a range and any value.
 */
export function judgeQuery(text: string, judge: Judge): Labels {
  const query = text.replaceAll('$__rate_interval', '5m');
  const tree = parser.parse(query);
  tree.iterate({
    enter: (node) => {
      if (node.type.isError) judge.problem(`is no PromQL at ${query.slice(node.from, node.from + 20) || 'its end'}`);
    },
  });
  return labelsOf(tree.topNode, { query, judge, inside: [] });
}

interface Context {
  readonly query: string;
  readonly judge: Judge;
  /** Functions around, the nearest last. */
  readonly inside: readonly string[];
}

function labelsOf(node: Node, context: Context): Labels {
  switch (node.name) {
    case 'VectorSelector':
      return selector(node, context);
    case 'AggregateExpr':
      return aggregation(node, context);
    case 'FunctionCall':
      return call(node, context);
    case 'BinaryExpr':
      return binary(node, context);
    default:
      return merged(childrenOf(node).map((child) => labelsOf(child, context)));
  }
}

function selector(node: Node, { query, judge, inside }: Context): Labels {
  const name = textOf(node.getChild('Identifier'), query);
  const labels = labelsOfMetric(name, judge, inside);
  for (const matcher of node.getChildren('LabelMatchers').flatMap((list) => list.getChildren('UnquotedLabelMatcher'))) {
    const label = textOf(matcher.getChild('LabelName'), query);
    touch(label, labels, judge, `{${label}}`);
    const value = JSON.parse(textOf(matcher.getChild('StringLiteral'), query)) as string;
    const values = /[$*]/.test(value) ? [] : value.split('|');
    for (const metric of labels.get(label) ?? []) {
      const served = judge.declared[metric]?.labels[label];
      for (const one of values)
        if (Array.isArray(served) && !served.includes(one)) judge.problem(`${metric} never has ${label}="${one}"`);
    }
  }
  return labels;
}

function labelsOfMetric(name: string, judge: Judge, inside: readonly string[]): Labels {
  const recorded = judge.recorded.get(name);
  if (recorded !== undefined) {
    judge.used(name);
    return recorded;
  }
  const base = judge.declared[name] === undefined ? name.replace(/_(bucket|count|sum)$/, '') : name;
  const metric = judge.declared[base];
  if (metric === undefined || (metric.type === 'histogram') !== (base !== name)) {
    judge.problem(`${name} is not declared`);
    return new Map();
  }
  judge.used(base);
  const counts = metric.type !== 'gauge';
  const counting = inside.some((one) => COUNTING.has(one));
  if (counts && !counting) judge.problem(`${name} counts: read how fast it grows`);
  if (!counts && inside.some((one) => one === 'rate' || one === 'increase')) judge.problem(`${name} does not count`);
  const own = [...Object.keys(metric.labels), ...TARGET_LABELS, ...(name.endsWith('_bucket') ? ['le'] : [])];
  return new Map(own.map((label) => [label, new Set([base])]));
}

function aggregation(node: Node, context: Context): Labels {
  const inner = labelsOf(node.getChild('FunctionCallBody') ?? node, context);
  const by = node.getChild('AggregateModifier');
  const names = (by?.getChild('GroupingLabels')?.getChildren('LabelName') ?? []).map((one) =>
    textOf(one, context.query),
  );
  for (const name of names) touch(name, inner, context.judge, `by (${name})`);
  return new Map(names.map((name) => [name, inner.get(name) ?? new Set<string>()]));
}

function call(node: Node, context: Context): Labels {
  const name = textOf(node.getChild('FunctionIdentifier'), context.query);
  const labels = new Map(
    labelsOf(node.getChild('FunctionCallBody') ?? node, { ...context, inside: [...context.inside, name] }),
  );
  if (name === 'histogram_quantile') {
    touch('le', labels, context.judge, 'histogram_quantile');
    labels.delete('le');
  }
  return labels;
}

/** `and` and `unless` give what is on the left; `or` gives both; arithmetic keeps what both sides match on. */
function binary(node: Node, context: Context): Labels {
  const sides = childrenOf(node).filter(
    ({ name }) => !/^(?:[A-Z][a-z]{1,4}|MatchingModifierClause|BoolModifier)$/.test(name) || name === 'ParenExpr',
  );
  const [left, right] = sides.map((side) => labelsOf(side, context));
  const on = node.getChild('MatchingModifierClause')?.getChild('GroupingLabels')?.getChildren('LabelName') ?? [];
  for (const one of on) {
    const name = textOf(one, context.query);
    for (const side of [left, right]) touch(name, side ?? new Map(), context.judge, `on (${name})`);
  }
  if (node.getChild('Or') !== null) return merged([left ?? new Map(), right ?? new Map()]);
  return left === undefined || left.size === 0 ? (right ?? new Map()) : left;
}

/** Someone names a label: it must be there, and is in use. */
export function touch(label: string, labels: Labels, judge: Judge, where: string): void {
  const metrics = labels.get(label);
  if (metrics === undefined) judge.problem(`${where}: there is no label ${label}`);
  for (const metric of metrics ?? []) judge.used(metric, label);
}

export function merged(all: readonly Labels[]): Labels {
  const labels = new Map<string, Set<string>>();
  for (const [label, metrics] of all.flatMap((one) => [...one])) {
    labels.set(label, new Set([...(labels.get(label) ?? []), ...metrics]));
  }
  return labels;
}

function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

function textOf(node: Node | null, query: string): string {
  return node === null ? '' : query.slice(node.from, node.to);
}
