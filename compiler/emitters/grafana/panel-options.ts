import type { Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { dataquery as LogQuery } from '@grafana/grafana-foundation-sdk/elasticsearch';
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import type { Unit } from './dashboard.ts';

/** How our panels look: one answer for all dashboards. */

export const NO_POINTS = VisibilityMode.Never;

export function lastValue(): ReduceDataOptionsBuilder {
  return new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false);
}

export function legend(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true);
}

export function tooltip(): VizTooltipOptionsBuilder {
  return new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending);
}

export function stacked(): StackingConfigBuilder {
  return new StackingConfigBuilder().mode(StackingMode.Normal).group('A');
}

export function dashedThresholds(): GraphThresholdsStyleConfigBuilder {
  return new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed);
}

export function heatmapAxis(unit: Unit): YAxisConfigBuilder {
  return new YAxisConfigBuilder().unit(unit);
}

export function heatmapColours(): HeatmapColorOptionsBuilder {
  return new HeatmapColorOptionsBuilder()
    .mode(HeatmapColorMode.Scheme)
    .scheme('Blues')
    .fill('dark-blue')
    .exponent(0.5)
    .steps(32);
}

/** The builder for logs queries would load all of Grafana's next schema; only its type is taken. */
export function logQuery(query: string): Dataquery {
  const written: Omit<LogQuery, '_implementsDataqueryVariant'> = {
    refId: 'A',
    query,
    timeField: '@timestamp',
    metrics: [{ id: '1', type: 'logs' }],
    bucketAggs: [],
  };
  return written as LogQuery;
}
