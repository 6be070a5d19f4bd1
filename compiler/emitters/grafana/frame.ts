import {
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { FieldConfigSource, Panel as GrafanaPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as HeatmapBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { PanelBuilder as LogsBuilder } from '@grafana/grafana-foundation-sdk/logs';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { LogsPanel, QueryPanel } from './dashboard.ts';
import * as options from './panel-options.ts';
import { columnsOf, overridesOf } from './overrides.ts';
import { shared } from './shared.ts';

/** What panels of one look have in common. */
export interface Frame {
  readonly type: string;
  readonly options: object;
  /** For panels without limits. */
  readonly fieldConfig: FieldConfigSource;
  readonly transformations?: NonNullable<GrafanaPanel['transformations']>;
}

const frames = new Map<string, Frame>();

/** The frame of a panel: thousands of panels have a dozen looks, so the SDK builds each look once. */
export function frameOf(panel: QueryPanel | LogsPanel): Frame {
  const look = JSON.stringify(panel.kind === 'logs' ? ['logs'] : lookOf(panel));
  const known = frames.get(look);
  if (known !== undefined) return known;
  const { type, options: own, fieldConfig } = builderOf(panel).build();
  const overrides = panel.kind === 'logs' ? [] : overridesOf(panel);
  const transformations = panel.kind === 'table' ? columnsOf(panel) : undefined;
  const frame: Frame = {
    type,
    options: shared(withoutDefaults(own as Record<string, unknown>)),
    fieldConfig: shared({ defaults: fieldConfig?.defaults ?? {}, overrides }),
    ...(transformations === undefined ? {} : { transformations }),
  };
  frames.set(look, frame);
  return frame;
}

/** What Grafana takes for granted and the SDK says all the same. */
const TAKEN_FOR_GRANTED: Readonly<Record<string, unknown>> = {
  justifyMode: 'auto',
  textMode: 'auto',
  wideLayout: true,
  showPercentChange: false,
  percentChangeColorMode: 'standard',
  orientation: 'auto',
  frameIndex: 0,
  showTypeIcons: false,
  perPage: 20,
};

function withoutDefaults(options: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(options).filter(([key, value]) => TAKEN_FOR_GRANTED[key] !== value));
}

function lookOf({ kind, unit, stacked, limits, max, colours, sortBy, queries }: QueryPanel) {
  const columns = kind === 'table' ? queries.map(({ legend, limits: own }) => [legend, own]) : [];
  return [kind, unit, stacked === true, limits?.drawn === true, max ?? null, colours, sortBy, columns];
}

type Builder = StatBuilder | TimeseriesBuilder | TableBuilder | HeatmapBuilder | TimelineBuilder;

function builderOf(panel: QueryPanel | LogsPanel): Builder | LogsBuilder {
  if (panel.kind === 'logs') return new LogsBuilder().showTime(true).wrapLogMessage(true).enableLogDetails(true);
  const builder = shape(panel).unit(panel.unit);
  builder.thresholds(NO_LIMITS);
  if (panel.unit !== 'percentunit' || panel.max !== undefined) builder.min(0);
  if (panel.unit === 'percentunit' && panel.kind !== 'timeseries') builder.decimals(2);
  return panel.max === undefined ? builder : builder.max(panel.max);
}

/** What one kind has and the others have not. */
function shape(panel: QueryPanel): Builder {
  switch (panel.kind) {
    case 'stat':
      return new StatBuilder().reduceOptions(options.lastValue()).colorScheme(colours(FieldColorModeId.Thresholds));
    case 'table':
      return new TableBuilder().colorScheme(colours(FieldColorModeId.Thresholds));
    case 'heatmap':
      return new HeatmapBuilder().yAxis(options.heatmapAxis(panel.unit)).color(options.heatmapColours());
    case 'state-timeline':
      return new TimelineBuilder().legend(options.legend()).colorScheme(colours(FieldColorModeId.Thresholds));
    case 'timeseries':
      return timeseries(panel);
  }
}

function timeseries({ stacked, limits }: QueryPanel): TimeseriesBuilder {
  const builder = new TimeseriesBuilder()
    .legend(options.legend())
    .tooltip(options.tooltip())
    .colorScheme(colours(FieldColorModeId.PaletteClassic))
    .showPoints(options.NO_POINTS)
    .lineWidth(stacked ? 1 : 2)
    .fillOpacity(stacked ? 40 : 8);
  if (stacked) builder.stacking(options.stacked());
  if (limits?.drawn) builder.thresholdsStyle(options.dashedThresholds());
  return builder;
}

const NO_LIMITS = new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([{ color: 'text', value: null }]);

function colours(mode: FieldColorModeId): FieldColorBuilder {
  return new FieldColorBuilder().mode(mode);
}
