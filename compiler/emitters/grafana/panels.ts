import { aggregate, over, quantile, timingBuckets } from '../../core/promql/promql.ts';
import type { Query, Selector } from '../../core/promql/promql.ts';
import { RATE } from './dashboard.ts';
import type { Limits, QueryPanel } from './dashboard.ts';

type Histogram = Parameters<typeof timingBuckets>[0];

/** p50, p95 and p99 of something that is timed, with its bound as a line and single traces as marks. */
export function latencyPanel<M extends Histogram>(
  metric: M,
  matchers: Parameters<typeof timingBuckets<M>>[1],
  some: Pick<QueryPanel, 'title' | 'description' | 'width'> & { readonly limits?: Limits },
): QueryPanel {
  const buckets = aggregate('sum', over('rate', timingBuckets(metric, matchers), RATE), ['le']);
  return {
    kind: 'timeseries',
    unit: 's',
    ...some,
    queries: [0.5, 0.95, 0.99].map((share) => ({
      query: quantile(share, buckets),
      legend: `p${share * 100}`,
      ...(share === 0.99 ? { exemplars: true } : {}),
    })),
  };
}

/** p99 by a label. */
export function slowestBy<M extends Histogram>(
  metric: M,
  by: string,
  matchers?: Parameters<typeof timingBuckets<M>>[1],
): Query {
  return quantile(0.99, aggregate('sum', over('rate', timingBuckets(metric, matchers), RATE), ['le', by]));
}

/** Events a second, by labels. */
export function perSecond(events: Selector, by: readonly string[] = []): Query {
  return aggregate('sum', over('rate', events, RATE), by);
}

/** A gauge that each replica reports alike. */
export function view(gauge: Selector, by: readonly string[] = []): Query {
  return aggregate('max', gauge, by);
}
