import type { Expression } from './expressions.ts';
import { judgeQuery, merged, touch } from './typed-query.ts';
import type { Declared, Judge, Labels } from './typed-query.ts';

/**
 * Whether what asks Prometheus and what is declared fit, both ways: nothing reads a metric or label that nobody serves or
 * records, and nothing is served or recorded that nobody reads.
 */
export function contractProblems(expressions: readonly Expression[], declared: Declared): readonly string[] {
  const problems: string[] = [];
  const read = new Set<string>();
  const judge = (at: string, recorded: Judge['recorded']): Judge => ({
    declared,
    recorded,
    problem: (sentence) => problems.push(`${at}: ${sentence}`),
    used: (metric, label) => read.add(label === undefined ? metric : `${metric} ${label}`),
  });
  const recorded = recordedLabels(expressions, declared);
  for (const { at, text, shown, added = [] } of expressions) {
    const one = judge(at, recorded);
    const labels = judgeQuery(text, one);
    for (const label of shown.flatMap(labelsShown))
      if (!added.includes(label)) touch(label, labels, one, `{{${label}}}`);
  }
  return [...problems, ...unread(declared, recorded, read)];
}

/** Labels of what rules record. A rule may read what another one records, so it is asked until nothing new is learnt. */
function recordedLabels(expressions: readonly Expression[], declared: Declared): ReadonlyMap<string, Labels> {
  const rules = expressions.filter(({ record }) => record !== undefined);
  let known = new Map<string, Labels>(rules.map(({ record = '' }) => [record, new Map()]));
  for (let size = -1, next = 0; next !== size;) {
    size = next;
    const learnt = new Map<string, Labels>();
    for (const { record = '', text, added = [] } of rules) {
      const quiet: Judge = { declared, recorded: known, problem: () => undefined, used: () => undefined };
      const own = new Map(added.map((label) => [label, new Set<string>()]));
      learnt.set(record, merged([learnt.get(record) ?? new Map(), judgeQuery(text, quiet), own]));
    }
    known = learnt;
    next = [...known.values()].reduce((sum, labels) => sum + labels.size, 0);
  }
  return known;
}

function labelsShown(text: string): string[] {
  return [...text.matchAll(/\{\{\s*(?:\$labels\.)?([a-z_]+)\s*\}\}/g)].map(([, label = '']) => label);
}

function unread(declared: Declared, recorded: ReadonlyMap<string, Labels>, read: ReadonlySet<string>): string[] {
  const metrics = Object.entries(declared).filter(([, { inspect }]) => inspect === undefined);
  return [
    ...metrics.filter(([name]) => !read.has(name)).map(([name]) => `nothing reads ${name}`),
    ...metrics.flatMap(([name, { labels }]) =>
      Object.keys(labels)
        .filter((label) => read.has(name) && !read.has(`${name} ${label}`))
        .map((label) => `nothing reads the label ${label} of ${name}`),
    ),
    ...[...recorded.keys()].filter((name) => !read.has(name)).map((name) => `nothing reads ${name}, which is recorded`),
  ];
}
