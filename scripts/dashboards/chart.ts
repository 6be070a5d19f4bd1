import { clock, formatValue, ticks } from './format.ts';
import { fixedColour } from './panel-data.ts';
import type { GrafanaPanel, Named } from './panel-data.ts';
import { COLOURS, PALETTE, element, label, path } from './svg.ts';
import type { Box } from './svg.ts';
import type { Range } from './engine.ts';

type Point = readonly [number, number];
interface Line {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly Point[];
  /** What it stands on, when series are stacked. */
  readonly base?: readonly Point[];
}

const LEGEND = 22;

/** A time series panel: lines or stacked areas, the spec's limits as dashed lines, and a legend. */
export function timeseries(panel: GrafanaPanel, named: readonly Named[], box: Box, range: Range): string {
  const unit = panel.fieldConfig?.defaults.unit ?? 'none';
  const stacked = panel.fieldConfig?.defaults.custom?.stacking?.mode === 'normal';
  const lines: readonly Line[] = stacked
    ? stack(named, range, panel)
    : named.map((one, index) => ({ ...one, colour: colourAt(index, one.name, panel) }));
  const limits = limitsOf(panel);
  const [low, high] = extent(panel, lines, limits);
  const plot = { x: box.x + 58, y: box.y + 6, w: box.w - 70, h: box.h - 26 - LEGEND };
  const px = (at: number) => plot.x + ((at - range.from) / (range.to - range.from)) * plot.w;
  const py = (value: number) => plot.y + plot.h - ((value - low) / (high - low)) * plot.h;
  const placed = (points: readonly Point[]): Point[] => points.map(([at, value]) => [px(at), py(value)]);
  return [
    ...valueAxis(ticks(low, high, 4, unit), py, plot, unit),
    ...timeAxis(range, px, plot),
    ...lines
      .toReversed()
      .map(({ points, base, colour }) =>
        base === undefined
          ? path(placed(points), { stroke: colour, 'stroke-width': 1.6, 'stroke-linejoin': 'round' })
          : path(
              [...placed(points), ...placed(base).toReversed()],
              { fill: colour, 'fill-opacity': 0.45, stroke: colour, 'stroke-width': 0.8 },
              true,
            ),
      ),
    ...limits
      .filter(({ value }) => value >= low && value <= high)
      .map(({ value, color }) =>
        path(
          [
            [plot.x, py(value)],
            [plot.x + plot.w, py(value)],
          ],
          { stroke: COLOURS[color] ?? color, 'stroke-dasharray': '6 4', 'stroke-width': 1.2 },
        ),
      ),
    legend(lines, { x: plot.x, y: box.y + box.h - 8, w: plot.w, h: 0 }),
  ].join('');
}

function colourAt(index: number, name: string, panel: GrafanaPanel): string {
  return fixedColour(name, panel) ?? (PALETTE[index % PALETTE.length] as string);
}

function stack(named: readonly Named[], { from, to, step }: Range, panel: GrafanaPanel): Line[] {
  const times = Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
  let base = times.map((at) => [at, 0] as Point);
  return named.map(({ name, points }, index) => {
    const values = new Map(points);
    const top = base.map(([at, value]) => [at, value + (values.get(at) ?? 0)] as Point);
    const line = { name, colour: colourAt(index, name, panel), points: top, base };
    base = top;
    return line;
  });
}

function limitsOf({ fieldConfig }: GrafanaPanel) {
  const { thresholds, custom } = fieldConfig?.defaults ?? {};
  if (custom?.thresholdsStyle?.mode !== 'dashed') return [];
  return (thresholds?.steps ?? []).flatMap(({ value, color }) => (value === null ? [] : [{ value, color }]));
}

/** What the axis spans. Limits far above all values would flatten them: then the lowest limit is enough. */
function extent({ fieldConfig }: GrafanaPanel, lines: readonly Line[], limits: readonly { value: number }[]): Point {
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value));
  const nearest = Math.min(...limits.map(({ value }) => value).filter((value) => value > 0));
  const top = Math.max(...values, Number.isFinite(nearest) ? nearest : 0);
  const low = fieldConfig?.defaults.min ?? Math.min(0, ...values);
  const high = fieldConfig?.defaults.max ?? top * 1.08;
  return [low, high > low ? high : low + 1];
}

function valueAxis(at: readonly number[], py: (value: number) => number, plot: Box, unit: string): string[] {
  return at.map((value) =>
    [
      path(
        [
          [plot.x, py(value)],
          [plot.x + plot.w, py(value)],
        ],
        { stroke: '#2c3235', 'stroke-width': 1 },
      ),
      label(formatValue(value, unit), plot.x - 6, py(value) + 4, {
        'text-anchor': 'end',
        'font-size': 11,
        fill: '#9a9ba8',
      }),
    ].join(''),
  );
}

export function timeAxis({ from, to }: Range, px: (at: number) => number, plot: Box): string[] {
  const every = plot.w > 500 ? 3600 : 7200;
  const first = Math.ceil(from / every) * every;
  const hours = Array.from({ length: Math.floor((to - first) / every) + 1 }, (_, index) => first + index * every);
  return hours
    .filter((at) => px(at) < plot.x + plot.w - 12)
    .map((at) =>
      label(clock(at), px(at), plot.y + plot.h + 15, { 'text-anchor': 'middle', 'font-size': 11, fill: '#9a9ba8' }),
    );
}

/** As many names as there is room for. */
function legend(lines: readonly Pick<Line, 'name' | 'colour'>[], { x, y, w }: Box): string {
  const drawn: string[] = [];
  let at = x;
  for (const [index, { name, colour }] of lines.entries()) {
    const width = name.length * 6.1 + 26;
    if (at + width > x + w && index > 0) {
      drawn.push(label(`+${lines.length - index}`, at, y, { 'font-size': 11, fill: '#9a9ba8' }));
      break;
    }
    drawn.push(element('rect', { x: at, y: y - 6, width: 12, height: 3, fill: colour, rx: 1 }));
    drawn.push(label(name, at + 17, y, { 'font-size': 11, width: w - (at - x) - 17 }));
    at += width;
  }
  return drawn.join('');
}
