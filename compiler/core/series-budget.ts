import { metrics } from '../../spec/contract/metrics.ts';
import type { Metric } from '../../spec/contract/metrics.ts';
import type { EnvironmentModel } from './model.ts';

/** Series that Node's own metrics take. */
const PROCESS_SERIES = 100;
/** Per histogram and label set: the bucket +Inf, the count and the sum. */
const HISTOGRAM_EXTRA = 3;

/** How many series one scheduler serves: it initialises every label set of its routing table. */
export function schedulerSeries(environment: EnvironmentModel): number {
  const all: readonly Metric[] = Object.values(metrics);
  return all
    .filter(({ from }) => from === 'scheduler')
    .reduce((sum, metric) => sum + labelSets(metric, environment) * samplesOf(metric), PROCESS_SERIES);
}

function samplesOf({ buckets }: Metric): number {
  return buckets === undefined ? 1 : buckets.length + HISTOGRAM_EXTRA;
}

function labelSets({ labels }: Metric, environment: EnvironmentModel): number {
  const own = Object.entries(labels).map(([label, values]) => {
    if (typeof values !== 'string') return values.length;
    return label === 'dependency' ? 1 + environment.fleets.size + environment.providers.size : 1;
  });
  return own.reduce((product, count) => product * count, identities(labels, environment));
}

/** Pairs of a fleet and a route that leads to it, or fleets. Tasks that matched nothing have a pair of their own. */
function identities(labels: Metric['labels'], { fleets, routes }: EnvironmentModel): number {
  if ('route' in labels) {
    const pairs = routes.flatMap(({ id, to, fallback }) =>
      [...to, ...fallback.map((step) => step.to)].map(({ fleet }) => `${fleet} ${id}`),
    );
    return new Set(pairs).size + 1;
  }
  return 'fleet' in labels ? fleets.size : 1;
}
