import { Counter, Gauge, Histogram, Registry, type OpenMetricsContentType } from 'prom-client';
import type { Metric } from '../../spec/contract/metrics.ts';
import type { LabelSet } from './label-sets.ts';

/**
 * One metric with all its label sets, in slices of a bounded number of series. A registry renders all it has in one go, which
 * for 100 fleets holds the event loop for 40 ms: so each slice has a registry of its own.
 */
export interface MetricFamily {
  add(labels: LabelSet): void;
  set(labels: LabelSet, value: number): void;
  observe(labels: LabelSet, value: number, exemplar?: LabelSet): void;
  /** From now on these label sets and no others; what stays keeps its values. */
  serve(sets: readonly LabelSet[]): void;
  slices(): AsyncIterable<string>;
}

type Instrument = Counter | Gauge | Histogram;

interface Slice {
  readonly registry: Registry<OpenMetricsContentType>;
  readonly instrument: Instrument;
  /** Label sets by name. */
  readonly sets: Map<string, LabelSet>;
}

/** Some 300 lines: less than a millisecond. */
const SERIES_MAX = 300;

export function metricFamily(name: string, metric: Metric): MetricFamily {
  const slices: Slice[] = [];
  const homes = new Map<string, Slice>();
  const setsMax = Math.max(1, Math.floor(SERIES_MAX / ((metric.buckets?.length ?? -2) + 3)));
  const labelNames = Object.keys(metric.labels);
  const keyOf = (labels: LabelSet): string => labelNames.map((label) => labels[label] ?? '').join('\n');
  const slice = (): Slice => {
    const free = slices.find(({ sets }) => sets.size < setsMax);
    if (free !== undefined) return free;
    const made = newSlice(name, metric);
    slices.push(made);
    return made;
  };
  return {
    add: (labels) => (homes.get(keyOf(labels))?.instrument as Counter | undefined)?.inc(labels),
    set: (labels, value) => (homes.get(keyOf(labels))?.instrument as Gauge | undefined)?.set(labels, value),
    observe: (labels, value, exemplarLabels) =>
      (homes.get(keyOf(labels))?.instrument as Histogram | undefined)?.observe({
        labels,
        value,
        ...(exemplarLabels !== undefined && { exemplarLabels }),
      }),
    serve: (sets) => {
      const wanted = new Map(sets.map((set) => [keyOf(set), set]));
      for (const [key, { instrument, sets: own }] of homes) {
        if (wanted.has(key)) continue;
        instrument.remove(own.get(key) ?? {});
        own.delete(key);
        homes.delete(key);
      }
      for (const [key, set] of wanted) {
        if (homes.has(key)) continue;
        const home = slice();
        begin(home.instrument, set);
        home.sets.set(key, set);
        homes.set(key, home);
      }
    },
    slices: async function* () {
      for (const [index, { registry }] of slices.entries()) yield body(await registry.metrics(), index > 0);
    },
  };
}

function newSlice(name: string, { type, help, labels, buckets = [] }: Metric): Slice {
  const registry: Registry<OpenMetricsContentType> = new Registry();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const common = { name, help, labelNames: Object.keys(labels), registers: [registry] };
  const histogram = () => new Histogram({ ...common, buckets: [...buckets], enableExemplars: true });
  const instrument = type === 'counter' ? new Counter(common) : type === 'gauge' ? new Gauge(common) : histogram();
  return { registry, instrument, sets: new Map() };
}

function begin(instrument: Instrument, labels: LabelSet): void {
  if (instrument instanceof Histogram) instrument.zero(labels);
  else if (instrument instanceof Gauge) instrument.set(labels, 0);
  else instrument.inc(labels, 0);
}

/** Without the end mark, and without what the first slice has said of the family. */
function body(text: string, isLater: boolean): string {
  const kept = text.slice(0, text.lastIndexOf('# EOF'));
  return isLater ? kept.replace(/^(?:# .*\n){2}/, '') : kept;
}
