import type { FieldConfigSource, Panel as GrafanaPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as TextBuilder } from '@grafana/grafana-foundation-sdk/text';
import type { Limits, LogsPanel, Panel, PanelQuery, QueryPanel } from './dashboard.ts';
import { frameOf } from './frame.ts';
import { logQuery } from './panel-options.ts';
import type { Place } from './place.ts';
import { LOGS, METRICS, writeLink } from './sources.ts';
import { thresholdsOf } from './thresholds.ts';

/** A panel as Grafana takes it, with the number and the place that we give it. */
export function writePanel(panel: Panel, id: number, gridPos: Place): GrafanaPanel {
  if (panel.kind === 'text')
    return new TextBuilder().id(id).title(panel.title).gridPos(gridPos).content(panel.markdown).build();
  const { title, description } = panel;
  const own = panel.kind === 'logs' ? logsPanel(panel) : queryPanel(panel);
  return { id, title, description, gridPos, ...own };
}

function queryPanel(panel: QueryPanel): Omit<GrafanaPanel, 'id'> {
  const { type, options, fieldConfig, transformations } = frameOf(panel);
  return {
    type,
    datasource: METRICS,
    targets: panel.queries.map((query, index) => target(query, index, panel)),
    fieldConfig: panel.limits === undefined ? fieldConfig : withLimits(fieldConfig, panel.limits),
    options,
    ...(transformations === undefined ? {} : { transformations }),
    ...(panel.links === undefined ? {} : { links: panel.links.map((link) => writeLink(link).build()) }),
  };
}

function logsPanel(panel: LogsPanel): Omit<GrafanaPanel, 'id'> {
  const { type, options } = frameOf(panel);
  return { type, datasource: LOGS, targets: [logQuery(panel.lucene)], options };
}

function target({ query, legend, exemplars }: PanelQuery, index: number, { kind }: QueryPanel) {
  const builder = new DataqueryBuilder()
    .refId(String.fromCharCode(65 + index))
    .expr(query.text)
    .legendFormat(legend);
  if (exemplars) builder.exemplar(true);
  if (kind === 'heatmap') builder.format(PromQueryFormat.Heatmap);
  if (kind === 'table') return builder.instant().format(PromQueryFormat.Table).build();
  return builder.range().build();
}

function withLimits({ defaults, overrides }: FieldConfigSource, limits: Limits): FieldConfigSource {
  return { defaults: { ...defaults, thresholds: thresholdsOf(limits) }, overrides };
}
