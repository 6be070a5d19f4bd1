import type {
  AnnotationQuery,
  Dashboard as GrafanaDashboard,
  DashboardLink,
  FieldConfigSource,
  Panel as GrafanaPanel,
  RowPanel,
  Threshold,
  VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import { RECENT_TABLES } from './annotations.ts';
import type { Dashboard, LabelVariable, Limits, Link, Panel, PanelQuery } from './dashboard.ts';

/**
 * Grafana's JSON of a dashboard. The foundation SDK types it; its builders are not run: they take up to a second to load,
 * give panels no ids, and Grafana loses panels without ids when it migrates them.
 */
const SOURCE = { type: 'prometheus', uid: '${datasource}' };
const SCHEMA_VERSION = 42;
const HEIGHTS = { stat: 4, timeseries: 8, table: 10 } as const;
const COLUMNS = 24;

export function writeDashboard(dashboard: Dashboard): GrafanaDashboard {
  return {
    uid: dashboard.uid,
    title: dashboard.title,
    tags: [...dashboard.tags],
    schemaVersion: SCHEMA_VERSION,
    editable: false,
    graphTooltip: 1,
    refresh: '1m',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'browser',
    links: dashboard.links.map(dashboardLink),
    annotations: { list: [tableChanges()] },
    templating: { list: [...sources(), ...dashboard.variables.map(labelVariable)] },
    panels: placed(dashboard),
  };
}

/** Rows from the top, panels from the left, ids from 1 in reading order. */
function placed({ rows }: Dashboard): (GrafanaPanel | RowPanel)[] {
  const panels: (GrafanaPanel | RowPanel)[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      type: 'row',
      id: panels.length + 1,
      title: row.title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
    });
    y += 1;
    let [x, tallest] = [0, 0];
    for (const panel of row.panels) {
      if (x + panel.width > COLUMNS) [x, y, tallest] = [0, y + tallest, 0];
      const h = HEIGHTS[panel.kind];
      panels.push(writePanel(panel, panels.length + 1, { x, y, w: panel.width, h }));
      x += panel.width;
      tallest = Math.max(tallest, h);
    }
    y += tallest;
  }
  return panels;
}

function writePanel(panel: Panel, id: number, gridPos: { x: number; y: number; w: number; h: number }): GrafanaPanel {
  return {
    id,
    type: panel.kind,
    title: panel.title,
    description: panel.description,
    gridPos,
    datasource: SOURCE,
    targets: panel.queries.map((query, index) => target(query, index, panel)),
    fieldConfig: fieldConfig(panel),
    options: options(panel),
    ...(panel.links === undefined ? {} : { links: panel.links.map(dashboardLink) }),
    ...(panel.kind === 'table' ? { transformations: [{ id: 'merge', options: {} }] } : {}),
  };
}

function target({ query, legend }: PanelQuery, index: number, { kind }: Panel): Dataquery {
  const refId = String.fromCharCode(65 + index);
  const once = kind === 'table' ? { instant: true, format: 'table' } : { range: true };
  return { refId, datasource: SOURCE, expr: query.text, legendFormat: legend, ...once } as unknown as Dataquery;
}

function fieldConfig(panel: Panel): FieldConfigSource {
  const { kind, unit, limits, max, stacked } = panel;
  const lines = {
    drawStyle: 'line',
    lineWidth: stacked ? 1 : 2,
    fillOpacity: stacked ? 40 : 8,
    showPoints: 'never',
    spanNulls: false,
    stacking: { mode: stacked ? 'normal' : 'none' },
    thresholdsStyle: { mode: limits?.drawn === true ? 'dashed' : 'off' },
  };
  return {
    defaults: {
      unit,
      min: unit === 'percentunit' && max === undefined ? undefined : 0,
      ...(max === undefined ? {} : { max }),
      color: { mode: kind === 'timeseries' ? 'palette-classic' : 'thresholds' },
      thresholds: { mode: 'absolute', steps: steps(limits) },
      custom: kind === 'timeseries' ? lines : {},
    } as FieldConfigSource['defaults'],
    overrides: [],
  };
}

function steps(limits: Limits = { base: 'text', steps: [] }): Threshold[] {
  // Grafana's base step has no value.
  const base = { color: limits.base, value: null } as unknown as Threshold;
  return [base, ...limits.steps.map(({ from, colour }) => ({ color: colour, value: from }))];
}

function options({ kind }: Panel): object {
  if (kind === 'table') return { showHeader: true, cellHeight: 'sm' };
  if (kind === 'timeseries')
    return {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    };
  const reduceOptions = { calcs: ['lastNotNull'], fields: '', values: false };
  return { reduceOptions, colorMode: 'value', graphMode: 'area', textMode: 'auto', justifyMode: 'auto' };
}

/** The viewer's data sources: metrics for the panels, logs and traces for the links. */
function sources(): VariableModel[] {
  return [
    { name: 'datasource', label: 'Metrics', type: 'datasource', query: 'prometheus' },
    { name: 'logs', label: 'Logs', type: 'datasource', query: 'elasticsearch' },
    { name: 'traces', label: 'Traces', type: 'datasource', query: 'jaeger' },
  ] as VariableModel[];
}

function labelVariable({ name, label, of }: LabelVariable): VariableModel {
  return {
    name,
    label,
    type: 'query',
    datasource: SOURCE,
    query: { query: `label_values(${of.text}, ${name})`, refId: 'variable' },
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
  } as unknown as VariableModel;
}

function tableChanges(): AnnotationQuery {
  return {
    name: 'New routing table',
    enable: true,
    iconColor: 'blue',
    datasource: SOURCE,
    expr: RECENT_TABLES.text,
    titleFormat: 'Routing table {{spec_hash}}',
  };
}

function dashboardLink({ title, url }: Link): DashboardLink {
  return {
    title,
    url,
    type: 'link',
    icon: 'external link',
    tooltip: '',
    tags: [],
    asDropdown: false,
    targetBlank: true,
    includeVars: false,
    keepTime: true,
  } as unknown as DashboardLink;
}
