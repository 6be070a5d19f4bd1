import type { Dashboard as Classic, Panel, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import type {
  DashboardCursorSync,
  Dashboard as DashboardV2,
  DataQueryKind,
  FieldConfigSource,
  PanelKind,
  RowsLayoutRowKind,
  VariableHide,
  VariableKind,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboardv2';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import { SOURCES } from './sources.ts';

/**
 * The same dashboard in Grafana's second schema: panels are named elements, rows a layout. It is made from the classic one,
 * so that both always show the same. Only the SDK's types are taken: loading its builders costs more than all dashboards.
 */
export function dashboardV2(dashboard: Classic): DashboardV2 {
  const panels = dashboard.panels ?? [];
  const elements = panels.flatMap((panel) => ('gridPos' in panel && panel.type !== 'row' ? [panel as Panel] : []));
  return {
    title: dashboard.title ?? '',
    tags: dashboard.tags ?? [],
    editable: false,
    preload: false,
    cursorSync: 'Crosshair' as DashboardCursorSync,
    timeSettings: {
      timezone: 'browser',
      from: dashboard.time?.from ?? '',
      to: dashboard.time?.to ?? '',
      autoRefresh: dashboard.refresh ?? '',
      autoRefreshIntervals: ['1m', '5m', '15m'],
      hideTimepicker: false,
      fiscalYearStartMonth: 0,
    },
    links: dashboard.links ?? [],
    annotations: (dashboard.annotations?.list ?? []).map(({ name, enable, iconColor, expr, titleFormat }) => ({
      kind: 'AnnotationQuery',
      spec: { name, enable, hide: false, iconColor, query: metricsQuery({ expr, titleFormat }) },
    })),
    variables: (dashboard.templating?.list ?? []).map(variable),
    elements: Object.fromEntries(elements.map((panel) => [nameOf(panel), element(panel)])),
    layout: { kind: 'RowsLayout', spec: { rows: rows(panels) } },
  };
}

function nameOf({ id }: Panel): string {
  return `panel-${id ?? 0}`;
}

function element(panel: Panel): PanelKind {
  return {
    kind: 'Panel',
    spec: {
      id: panel.id ?? 0,
      title: panel.title ?? '',
      description: panel.description ?? '',
      links: (panel.links ?? []).map(({ title, url, targetBlank }) => ({ title, url: url ?? '', targetBlank })),
      data: {
        kind: 'QueryGroup',
        spec: {
          queries: (panel.targets ?? []).map((target) => query(target, panel.type)),
          transformations: (panel.transformations ?? []).map(({ id, options }) => ({
            kind: 'Transformation',
            group: id,
            spec: { options: options as unknown },
          })),
          queryOptions: {},
        },
      },
      vizConfig: {
        kind: 'VizConfig',
        group: panel.type,
        version: '',
        spec: {
          options: panel.options as unknown,
          // Both schemas say the same of fields, with enums of their own.
          fieldConfig: (panel.fieldConfig ?? { defaults: {}, overrides: [] }) as unknown as FieldConfigSource,
        },
      },
    },
  };
}

function query(target: object, panel: string) {
  // The SDK marks queries with a method, which is no data.
  const { refId = 'A', _implementsDataqueryVariant: _marker, ...spec } = target as Partial<Dataquery>;
  const from = panel === 'logs' ? logsQuery(spec) : metricsQuery(spec);
  return { kind: 'PanelQuery' as const, spec: { refId, hidden: false, query: from } };
}

function metricsQuery(spec: object): DataQueryKind {
  return { kind: 'DataQuery', group: 'prometheus', version: 'v0', datasource: { name: '${datasource}' }, spec };
}

function logsQuery(spec: object): DataQueryKind {
  return { kind: 'DataQuery', group: 'elasticsearch', version: 'v0', datasource: { name: '${logs}' }, spec };
}

/** Each row with the panels below it; their places count from the row's own top. */
function rows(panels: readonly Panel[]): RowsLayoutRowKind[] {
  const made: RowsLayoutRowKind[] = [];
  let top = 0;
  for (const panel of panels) {
    const { x = 0, y = 0, w = 0, h = 0 } = panel.gridPos ?? {};
    if (panel.type === 'row') {
      top = y + 1;
      const layout = { kind: 'GridLayout' as const, spec: { items: [] } };
      made.push({ kind: 'RowsLayoutRow', spec: { title: panel.title ?? '', collapse: false, layout } });
      continue;
    }
    const layout = made.at(-1)?.spec.layout;
    if (layout?.kind !== 'GridLayout') throw new Error('a panel stands before the first row');
    const place = { x, y: y - top, width: w, height: h };
    layout.spec.items.push({
      kind: 'GridLayoutItem',
      spec: { ...place, element: { kind: 'ElementReference', name: nameOf(panel) } },
    });
  }
  return made;
}

function variable(model: VariableModel): VariableKind {
  const shared = {
    name: model.name,
    label: model.label ?? model.name,
    hide: 'dontHide' as VariableHide,
    refresh: 'onTimeRangeChanged' as VariableRefresh,
    regex: '',
    options: [],
    skipUrlSync: false,
    allowCustomValue: true,
  };
  const source = SOURCES.find(({ name }) => name === model.name);
  if (source !== undefined) {
    const current = { text: '', value: '' };
    return {
      kind: 'DatasourceVariable',
      spec: { ...shared, pluginId: source.type, current, multi: false, includeAll: false },
    };
  }
  return {
    kind: 'QueryVariable',
    spec: {
      ...shared,
      query: metricsQuery(model.query as object),
      sort: 'alphabeticalAsc' as VariableSort,
      current: { text: 'All', value: '$__all' },
      multi: true,
      includeAll: true,
      allValue: '.*',
    },
  };
}
