import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type {
  AnnotationQuery,
  Dashboard as GrafanaDashboard,
  VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { RECENT_TABLES } from './annotations.ts';
import type { Dashboard, LabelVariable } from './dashboard.ts';
import { placed } from './place.ts';
import { shared } from './shared.ts';
import { METRICS, SOURCES, writeLink } from './sources.ts';
import { writePanel } from './write-panel.ts';

/** A dashboard as Grafana's SDK builds it, in the classic schema, which every Grafana of today reads. */
export function writeDashboard(dashboard: Dashboard): GrafanaDashboard {
  const builder = new DashboardBuilder(dashboard.title)
    .uid(dashboard.uid)
    .tags([...dashboard.tags])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh('1m')
    .time({ from: 'now-6h', to: 'now' })
    .links(dashboard.links.map(writeLink))
    .annotation(marks);
  for (const source of sources) builder.withVariable(source);
  for (const variable of dashboard.variables) builder.withVariable(labelVariable(variable));
  for (const one of placed(dashboard)) {
    if ('row' in one) builder.withRow(new RowBuilder(one.row.title).id(one.id).gridPos(one.at));
    else builder.withPanel({ build: () => writePanel(one.panel, one.id, one.at) });
  }
  return builder.build();
}

function labelVariable({ name, label, of }: LabelVariable): Builder<VariableModel> {
  return plainVariable(
    new QueryVariableBuilder(name)
      .label(label)
      .datasource(METRICS)
      .query({ query: `label_values(${of.text}, ${name})`, refId: 'variable' })
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.AlphabeticalAsc)
      .multi(true)
      .includeAll(true)
      .allValue('.*')
      .current({ text: 'All', value: '$__all' }),
  );
}

/** Without what the SDK says of intervals, which only another kind of variable has. */
function plainVariable(builder: Builder<VariableModel>): Builder<VariableModel> {
  const { auto: _auto, auto_min: _autoMin, auto_count: _autoCount, ...variable } = builder.build();
  const built = shared(variable);
  return { build: () => built };
}

/** A mark at each release. */
function tableChanges(): Builder<AnnotationQuery> {
  const marks = new AnnotationQueryBuilder()
    .name('New routing table')
    .enable(true)
    .iconColor('blue')
    .datasource(METRICS)
    .expr(RECENT_TABLES.text)
    .titleFormat('Routing table {{spec_hash}}')
    .build();
  delete marks.placement;
  delete marks.builtIn;
  const built = shared(marks);
  return { build: () => built };
}

/** The same on every dashboard. */
const sources = SOURCES.map(({ name, label, type }) =>
  plainVariable(new DatasourceVariableBuilder(name).label(label).type(type)),
);
const marks = tableChanges();
