import { Counter, Gauge, Histogram, Registry, type OpenMetricsContentType } from 'prom-client';
import type { Metric } from '../../spec/contract/metrics.ts';
import type { LabelSet } from './label-sets.ts';

/**
 * One metric with all its label sets, in slices of a bounded number of series. A registry renders all it has in one go, which
 * for 100 fleets holds the event loop for 40 ms: so each slice has a registry of its own.
 */
export interface MetricFamily {
  add(labels: LabelSet, by?: number): void;
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
  /** By name. */
  readonly series: Map<string, Series>;
}

/** One label set that is served. */
interface Series {
  readonly home: Slice;
  readonly labels: LabelSet;
  /** What was counted since the last scrape: several events of each task are, and nobody reads them in between. */
  counted: number;
}

/** Some 300 lines: less than a millisecond. */
const SERIES_MAX = 300;

export function metricFamily(name: string, metric: Metric): MetricFamily {
  const slices: Slice[] = [];
  const served = new Map<string, Series>();
  const setsMax = Math.max(1, Math.floor(SERIES_MAX / ((metric.buckets?.length ?? -2) + 3)));
  const labelNames = Object.keys(metric.labels);
  const keyOf = (labels: LabelSet): string => {
    let key = '';
    for (const label of labelNames) key += `${labels[label] ?? ''}\n`;
    return key;
  };
  const slice = (): Slice => {
    const free = slices.find(({ series }) => series.size < setsMax);
    if (free !== undefined) return free;
    const made = newSlice(name, metric);
    slices.push(made);
    return made;
  };
  return {
    add: (labels, by = 1) => {
      const series = served.get(keyOf(labels));
      if (series !== undefined) series.counted += by;
    },
    set: (labels, value) => (served.get(keyOf(labels))?.home.instrument as Gauge | undefined)?.set(labels, value),
    observe: (labels, value, exemplarLabels) => {
      const instrument = served.get(keyOf(labels))?.home.instrument as Histogram | undefined;
      instrument?.observe(exemplarLabels === undefined ? { labels, value } : { labels, value, exemplarLabels });
    },
    serve: (sets) => {
      const wanted = new Map(sets.map((set) => [keyOf(set), set]));
      for (const [key, { home, labels }] of served) {
        if (wanted.has(key)) continue;
        home.instrument.remove(labels);
        home.series.delete(key);
        served.delete(key);
      }
      for (const [key, labels] of wanted) {
        if (served.has(key)) continue;
        const home = slice();
        begin(home.instrument, labels);
        const series = { home, labels, counted: 0 };
        home.series.set(key, series);
        served.set(key, series);
      }
    },
    slices: async function* () {
      for (const [index, { registry, series }] of slices.entries()) {
        for (const one of series.values()) handOver(one);
        yield body(await registry.metrics(), index > 0);
      }
    },
  };
}

function newSlice(name: string, { type, help, labels, buckets = [] }: Metric): Slice {
  const registry: Registry<OpenMetricsContentType> = new Registry();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const common = { name, help, labelNames: Object.keys(labels), registers: [registry] };
  const histogram = () => new Histogram({ ...common, buckets: [...buckets], enableExemplars: true });
  const instrument = type === 'counter' ? new Counter(common) : type === 'gauge' ? new Gauge(common) : histogram();
  return { registry, instrument, series: new Map() };
}

function begin(instrument: Instrument, labels: LabelSet): void {
  if (instrument instanceof Histogram) instrument.zero(labels);
  else if (instrument instanceof Gauge) instrument.set(labels, 0);
  else instrument.inc(labels, 0);
}

/** To the counter, what was counted. */
function handOver(series: Series): void {
  if (series.counted === 0) return;
  (series.home.instrument as Counter).inc(series.labels, series.counted);
  series.counted = 0;
}

/** Without the end mark, and without what the first slice has said of the family. */
function body(text: string, isLater: boolean): string {
  const kept = text.slice(0, text.lastIndexOf('# EOF'));
  return isLater ? kept.replace(/^(?:# .*\n){2}/, '') : kept;
}
