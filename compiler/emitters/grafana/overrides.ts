import type { FieldConfigSource, Panel as GrafanaPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { QueryPanel } from './dashboard.ts';
import { thresholdsOf } from './thresholds.ts';

type Overrides = FieldConfigSource['overrides'];

/** What single series and columns have of their own: a colour that means something, limits of a column. */
export function overridesOf({ kind, colours = {}, queries }: QueryPanel): Overrides {
  const byName = (name: string, properties: Overrides[number]['properties']): Overrides[number] => ({
    matcher: { id: 'byName', options: name },
    properties,
  });
  const series = Object.entries(colours).map(([name, colour]) =>
    byName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor: colour } }]),
  );
  const columns = queries.flatMap(({ legend, limits }) =>
    kind !== 'table' || limits === undefined
      ? []
      : [
          byName(legend, [
            { id: 'thresholds', value: thresholdsOf(limits) },
            { id: 'custom.cellOptions', value: { type: 'color-text' } },
          ]),
        ],
  );
  return [...series, ...columns];
}

/**
 * A table of several queries: one row for each set of labels, one column for each query, under the query's legend. Grafana
 * calls the column of the only query `Value`, those of several `Value #A`, `Value #B`.
 */
export function columnsOf({ queries, sortBy }: QueryPanel): NonNullable<GrafanaPanel['transformations']> {
  const names = queries.map(({ legend }, index) => [
    queries.length === 1 ? 'Value' : `Value #${String.fromCharCode(65 + index)}`,
    legend,
  ]);
  const organize = { excludeByName: { Time: true }, renameByName: Object.fromEntries(names) as object };
  return [
    { id: 'merge', options: {} },
    { id: 'organize', options: organize },
    ...(sortBy === undefined ? [] : [{ id: 'sortBy', options: { sort: [{ field: sortBy, desc: false }] } }]),
  ];
}
