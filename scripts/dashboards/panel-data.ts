import type { Series } from './engine.ts';
import { formatValue } from './format.ts';
import { COLOURS } from './svg.ts';

/** What we read of a panel of a generated dashboard. */
export interface GrafanaPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr?: string; readonly legendFormat?: string; readonly query?: string }[];
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly decimals?: number;
      readonly min?: number;
      readonly max?: number;
      readonly thresholds?: Steps;
      readonly custom?: {
        readonly stacking?: { readonly mode: string };
        readonly thresholdsStyle?: { readonly mode: string };
      };
    };
    readonly overrides: readonly {
      readonly matcher: { readonly options: string };
      readonly properties: readonly { readonly id: string; readonly value: object }[];
    }[];
  };
  readonly options?: { readonly content?: string };
  readonly transformations?: readonly {
    readonly id: string;
    readonly options: {
      readonly renameByName?: Readonly<Record<string, string>>;
      readonly sort?: readonly { readonly field: string }[];
    };
  }[];
}

interface Steps {
  readonly steps: readonly { readonly color: string; readonly value: number | null }[];
}

/** A series with the name that its legend gives it. */
export interface Named extends Series {
  readonly name: string;
  /** Which of the panel's queries it answers. */
  readonly query: number;
}

/** A value of the panel as it shows it. */
export function shown(value: number, { fieldConfig }: GrafanaPanel): string {
  const { unit = 'none', decimals } = fieldConfig?.defaults ?? {};
  return formatValue(value, unit, decimals);
}

/** The colour of a value: that of the highest step that it reaches, of the column's own steps where it has some. */
export function colourOf(value: number, panel: GrafanaPanel, column = ''): string {
  const own = overrideOf(panel, column, 'thresholds') as Steps | undefined;
  const { steps } = own ?? panel.fieldConfig?.defaults.thresholds ?? { steps: [] };
  const reached = steps.filter((step) => step.value === null || step.value <= value).at(-1);
  return COLOURS[reached?.color ?? 'text'] ?? 'white';
}

/** The colour that a series always has, if it has one. */
export function fixedColour(name: string, panel: GrafanaPanel): string | undefined {
  const own = overrideOf(panel, name, 'color') as { readonly fixedColor: string } | undefined;
  return own === undefined ? undefined : COLOURS[own.fixedColor];
}

function overrideOf({ fieldConfig }: GrafanaPanel, name: string, property: string): object | undefined {
  const own = fieldConfig?.overrides.filter(({ matcher }) => matcher.options === name) ?? [];
  return own.flatMap(({ properties }) => properties).find(({ id }) => id === property)?.value;
}

/** `{{fleet}} {{state}}` with the labels of a series. */
export function nameOf(legend: string, { labels }: Series): string {
  return legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => labels[name] ?? '');
}
