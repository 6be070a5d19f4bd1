import { metrics, type Metric, type MetricName } from '../../spec/contract/metrics.ts';
import { metricFamily, type MetricFamily } from './metric-family.ts';
import { labelSets, type LabelSet, type LabelWorld } from './label-sets.ts';

/** Writes to the declared metrics by name. What is said of a label set that is not served is dropped. */
export interface Instruments {
  /** One, where nobody says how much. */
  add(name: MetricName, labels: LabelSet, by?: number): void;
  set(name: MetricName, labels: LabelSet, value: number): void;
  observe(name: MetricName, labels: LabelSet, value: number, exemplar?: LabelSet): void;
  /** Serves exactly the label sets of the world; new ones begin at 0. */
  enter(world: LabelWorld): void;
  /** The text of one slice after the other: short enough that nobody notices while one is made. */
  slices(): AsyncIterable<string>;
}

/** One family for each metric that the scheduler declares. */
export function instruments(): Instruments {
  const declared = schedulerMetrics();
  const families = new Map<string, MetricFamily>(declared.map(([name, metric]) => [name, metricFamily(name, metric)]));
  const find = (name: MetricName): MetricFamily => {
    const found = families.get(name);
    if (found === undefined) throw new Error(`the scheduler does not serve ${name}`);
    return found;
  };
  return {
    add: (name, labels, by) => find(name).add(labels, by),
    set: (name, labels, value) => find(name).set(labels, value),
    observe: (name, labels, value, exemplar) => find(name).observe(labels, value, exemplar),
    enter: (world) => {
      for (const [name, metric] of declared) find(name).serve(labelSets(metric, world));
    },
    slices: async function* () {
      for (const family of families.values()) yield* family.slices();
    },
  };
}

function schedulerMetrics(): readonly (readonly [MetricName, Metric])[] {
  const all = Object.entries(metrics) as readonly (readonly [MetricName, Metric])[];
  return all.filter(([, { from }]) => from === 'scheduler');
}
