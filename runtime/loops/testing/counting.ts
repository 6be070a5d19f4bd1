import type { RoutingTable } from '../../../spec/contract/routing-table.ts';
import type { Observer } from '../../core/observer.ts';
import { metricsObserver } from '../../ops/metrics-observer.ts';

export interface Counting {
  readonly observer: Observer;
  /** What a series says now, by its line up to the value; `NaN` when it is not served. */
  count(series: string): Promise<number>;
}

/** The metrics of one scheduler. */
export function counting(table: RoutingTable): Counting {
  const gauges = { fleets: [], leader: true, journalBytes: 0, mirror: { unmirrored: false, lagBytes: 0 } };
  const { observer, render } = metricsObserver({ table, version: '1', gauges: () => gauges });
  return {
    observer,
    count: async (series) => {
      const line = (await render()).split('\n').find((one) => one.startsWith(`${series} `));
      return Number(line?.split(' ')[1]);
    },
  };
}
