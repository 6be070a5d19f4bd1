import type { Query } from '../../core/promql/promql.ts';

/**
 * A dashboard as we think of it. `write-dashboard.ts` makes Grafana's JSON from it; every output carries the same panels.
 *
 * Free text of a spec stands in text panels only, and only through `markdownText`: titles, legends and queries are read by
 * Grafana for variables (`$x`), and there is no way to write a `$` there that it would leave alone. Names of the spec
 * cannot hold one.
 */
export interface Dashboard {
  /** Never changes while the names in it stay: links and bookmarks hold it. */
  readonly uid: string;
  readonly title: string;
  readonly tags: readonly string[];
  /** A variable of the viewer: one value or several of a label. */
  readonly variables: readonly LabelVariable[];
  readonly links: readonly Link[];
  readonly rows: readonly Row[];
}

export interface LabelVariable {
  readonly name: string;
  readonly label: string;
  /** Whose label values it offers. */
  readonly of: Query;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export type Panel = QueryPanel | LogsPanel | TextPanel;

interface Box {
  readonly title: string;
  /** Columns of 24. */
  readonly width: number;
  /** Rows of the grid, where its kind's own height does not fit. */
  readonly height?: number;
}

export type QueryKind = 'stat' | 'timeseries' | 'table' | 'heatmap' | 'state-timeline';

export interface QueryPanel extends Box {
  readonly kind: QueryKind;
  /** What one reads from it, in a sentence. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly PanelQuery[];
  /** Colours from `from` on; below the first one it is `base`. */
  readonly limits?: Limits;
  /** Series are put on top of each other. */
  readonly stacked?: true;
  /** Colours of series by their names. Without, each has the next one of the palette. */
  readonly colours?: Colours;
  /** In a table: the column, by its legend, that decides the order; the least comes first. */
  readonly sortBy?: string;
  /** Largest value of the axis. */
  readonly max?: number;
  readonly links?: readonly Link[];
}

/** Lines of the logs' data source. */
export interface LogsPanel extends Box {
  readonly kind: 'logs';
  readonly description: string;
  /** Lucene. */
  readonly lucene: string;
}

export interface TextPanel extends Box {
  readonly kind: 'text';
  readonly markdown: string;
  readonly height: number;
}

export type Unit = 's' | 'percentunit' | 'short' | 'suffix:/s' | 'bytes' | 'none';

export interface PanelQuery {
  readonly query: Query;
  /** Name of each series, `{{label}}` for a label of it. */
  readonly legend: string;
  /** Single traces are marked where they were counted. */
  readonly exemplars?: true;
  /** In a table: the colours of this column. */
  readonly limits?: Limits;
}

export interface Limits {
  readonly base: Colour;
  readonly steps: readonly { readonly from: number; readonly colour: Colour }[];
  /** In a time series: a line at each step. */
  readonly drawn?: true;
}

export type Colour = 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'purple' | 'text';
export type Colours = Readonly<Record<string, Colour>>;

export interface Link {
  readonly title: string;
  readonly url: string;
}

/** Good below `bound`, bad from there on, with a line at it. */
export function atMost(bound: number): Limits {
  return { base: 'green', steps: [{ from: bound, colour: 'red' }], drawn: true };
}

/** Bad below `bound`, good from there on. */
export function atLeast(bound: number): Limits {
  return { base: 'red', steps: [{ from: bound, colour: 'green' }] };
}

/** Zero is good, and nothing else. */
export const nothing: Limits = { base: 'green', steps: [{ from: 1, colour: 'red' }] };

/** The range that fits the dashboard's resolution and the scrape. */
export const RATE = '$__rate_interval';
