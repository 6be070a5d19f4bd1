import { timeAxis } from './chart.ts';
import type { Range } from './engine.ts';
import { formatValue } from './format.ts';
import { colourOf, shown } from './panel-data.ts';
import type { GrafanaPanel, Named } from './panel-data.ts';
import { element, label, path } from './svg.ts';
import type { Box } from './svg.ts';

/** The last value, large, in the colour of its limits, above how it came to be. */
export function stat(panel: GrafanaPanel, named: readonly Named[], box: Box, range: Range): string {
  const points = named[0]?.points ?? [];
  const last = points.at(-1)?.[1];
  const text = last === undefined ? 'No data' : shown(last, panel);
  const colour = last === undefined ? '#9a9ba8' : colourOf(last, panel);
  const values = points.map(([, value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const floor = box.y + box.h - 2;
  const spark = points.map(([at, value]) => {
    const x = box.x + ((at - range.from) / (range.to - range.from)) * box.w;
    return [x, floor - (high > low ? (value - low) / (high - low) : 0) * box.h * 0.34] as const;
  });
  const [first, end] = [spark[0], spark.at(-1)];
  const area =
    first === undefined || end === undefined ? [] : ([...spark, [end[0], floor], [first[0], floor]] as const);
  return [
    area.length > 0 ? path(area, { fill: colour, 'fill-opacity': 0.12, stroke: 'none' }, true) : '',
    spark.length > 1 ? path(spark, { stroke: colour, 'stroke-width': 1.2, 'stroke-opacity': 0.8 }) : '',
    label(text, box.x + box.w / 2, box.y + box.h * 0.56, {
      'text-anchor': 'middle',
      'font-size': 30,
      'font-weight': 600,
      fill: colour,
    }),
  ].join('');
}

interface Cell {
  readonly text: string;
  readonly colour: string;
}

/** Each set of labels is a row, each query a column under the name that the panel gives it, in the order that it asks for. */
export function table(panel: GrafanaPanel, named: readonly Named[], box: Box): string {
  if (named.length === 0) return nothing(box);
  const keys = [...new Set(named.flatMap(({ labels }) => Object.keys(labels).filter((key) => key !== '__name__')))];
  const all = panel.transformations ?? [];
  const titles = Object.values(all.find(({ id }) => id === 'organize')?.options.renameByName ?? {});
  const rows = new Map<string, { cells: Cell[]; values: number[] }>();
  for (const { labels, points, query } of named) {
    const texts = keys.map((key) => labels[key] ?? '');
    const row = rows.get(texts.join('\n')) ?? { cells: texts.map((text) => ({ text, colour: '#ccccdc' })), values: [] };
    const value = points.at(-1)?.[1] ?? 0;
    row.values[query] = value;
    row.cells[keys.length + query] = { text: shown(value, panel), colour: colourOf(value, panel, titles[query]) };
    rows.set(texts.join('\n'), row);
  }
  const by = titles.indexOf(all.find(({ id }) => id === 'sortBy')?.options.sort?.[0]?.field ?? '');
  const sorted = [...rows.values()].sort((a, b) => (by < 0 ? 0 : (a.values[by] ?? 0) - (b.values[by] ?? 0)));
  const head = [...keys, ...titles].map((text) => ({ text, colour: '#6e9fff' }));
  return grid([head, ...sorted.map(({ cells }) => cells)], { ...box, y: box.y + 16 }, 27);
}

/** Cells in columns as wide as their texts ask for; as many rows as there is room for. */
function grid(rows: readonly (readonly (Cell | undefined)[])[], box: Box, height: number): string {
  const columns = (rows[0] ?? []).map((_, column) =>
    Math.min(60, Math.max(6, ...rows.map((row) => row[column]?.text.length ?? 0))),
  );
  const all = columns.reduce((sum, wide) => sum + wide, 0);
  const starts = columns.map((_, column) => columns.slice(0, column).reduce((sum, wide) => sum + wide, 0) / all);
  const width = box.w - 24;
  return rows
    .slice(0, Math.floor((box.h - 8) / height))
    .map((row, index) => {
      const y = box.y + index * height;
      const rule = path(
        [
          [box.x + 8, y + 8],
          [box.x + box.w - 8, y + 8],
        ],
        { stroke: '#25272e' },
      );
      const cells = row.map((cell, column) =>
        label(cell?.text ?? '', box.x + 12 + (starts[column] ?? 0) * width, y, {
          fill: cell?.colour ?? '',
          width: ((columns[column] ?? 0) / all) * width - 6,
        }),
      );
      return rule + cells.join('');
    })
    .join('');
}

function nothing(box: Box): string {
  return label('No data', box.x + box.w / 2, box.y + box.h / 2, { 'text-anchor': 'middle', fill: '#9a9ba8' });
}

/** A bar for each series while it had a value, in the colour of that value. */
export function stateTimeline(panel: GrafanaPanel, named: readonly Named[], box: Box, range: Range): string {
  const plot = { x: box.x + box.w * 0.34, y: box.y + 4, w: box.w * 0.64, h: box.h - 28 };
  const px = (at: number) => plot.x + ((at - range.from) / (range.to - range.from)) * plot.w;
  const height = Math.min(30, plot.h / Math.max(1, named.length));
  if (named.length === 0) return nothing(box);
  const rows = named.map(({ name, points }, index) => {
    const y = plot.y + index * height;
    const bars = spans(points, range.step).map(({ from, to, value }) =>
      element('rect', {
        x: px(from),
        y: y + 3,
        width: px(Math.min(to, range.to)) - px(from),
        height: height - 6,
        fill: colourOf(value, panel),
      }),
    );
    return (
      label(name, plot.x - 8, y + height / 2 + 4, { 'text-anchor': 'end', 'font-size': 11, width: box.w * 0.33 }) +
      bars.join('')
    );
  });
  return [...rows, ...timeAxis(range, px, plot)].join('');
}

/** Stretches without a gap and with one value. */
function spans(points: Named['points'], step: number) {
  const all: { from: number; to: number; value: number }[] = [];
  for (const [at, value] of points) {
    const last = all.at(-1);
    if (last !== undefined && last.to === at && last.value === value) last.to = at + step;
    else all.push({ from: at, to: at + step, value });
  }
  return all;
}

/** A column for each step, a cell for each bucket, the fuller the brighter. Buckets are cumulative: each takes away the one below. */
export function heatmap(named: readonly Named[], box: Box, range: Range): string {
  const bounds = named
    .map((one) => ({
      bound: one.labels['le'] === '+Inf' ? Infinity : Number(one.labels['le']),
      values: new Map(one.points),
    }))
    .sort((a, b) => a.bound - b.bound);
  const plot = { x: box.x + 58, y: box.y + 6, w: box.w - 70, h: box.h - 26 };
  const px = (at: number) => plot.x + ((at - range.from) / (range.to - range.from)) * plot.w;
  const cells = bounds.flatMap(({ values }, row) =>
    [...values].map(([at, value]) => ({ at, row, count: Math.max(0, value - (bounds[row - 1]?.values.get(at) ?? 0)) })),
  );
  const used = cells.filter(({ count }) => count > 1e-4);
  const [bottom, top] = [Math.min(...used.map(({ row }) => row)), Math.max(...used.map(({ row }) => row))];
  const most = Math.max(...used.map(({ count }) => count));
  const height = plot.h / (top - bottom + 1);
  const width = (range.step / (range.to - range.from)) * plot.w;
  const byBrightness = new Map<string, string>();
  for (const { at, row, count } of used.filter((cell) => cell.at < range.to && cell.count > most / 100)) {
    const opacity = (0.08 + 0.92 * Math.sqrt(count / most)).toFixed(1);
    const [x, y] = [px(at) + 0.5, plot.y + (top - row) * height + 0.5].map((one) => one.toFixed(1));
    const cell = `M${x} ${y}h${(width - 1).toFixed(1)}v${(height - 1).toFixed(1)}h${(1 - width).toFixed(1)}z`;
    byBrightness.set(opacity, (byBrightness.get(opacity) ?? '') + cell);
  }
  return [
    ...[...byBrightness].map(([opacity, d]) => element('path', { d, fill: '#5794f2', 'fill-opacity': opacity })),
    ...bounds
      .slice(bottom, top + 1)
      .map(({ bound }, index) =>
        label(
          Number.isFinite(bound) ? formatValue(bound, 's') : '+Inf',
          plot.x - 6,
          plot.y + plot.h - index * height - height / 2 + 4,
          { 'text-anchor': 'end', 'font-size': 11, fill: '#9a9ba8' },
        ),
      ),
    ...timeAxis(range, px, plot),
  ].join('');
}

/** Paragraphs and tables of a text panel, as they read. */
export function text({ options }: GrafanaPanel, box: Box): string {
  const lines = (options?.content ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('| ---'));
  const words = lines.filter((line) => !line.startsWith('| ')).map(plain);
  const rows = lines.filter((line) => line.startsWith('| ')).map((line) => line.slice(2, -2).split(' | '));
  const cells = rows.map((row, index) =>
    row.map((cell) => ({ text: plain(cell), colour: index === 0 ? '#6e9fff' : '#ccccdc' })),
  );
  const below = words.length * 21;
  return [
    ...words.map((line, index) => label(line, box.x + 12, box.y + 16 + index * 21, { width: box.w - 24 })),
    grid(cells, { ...box, y: box.y + 16 + below, h: box.h - below }, 23),
  ].join('');
}

/** Markdown without its links and entities. */
function plain(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/&#(\d+);/g, (_, point) => String.fromCodePoint(Number(point)));
}

/** The logs panel asks Elasticsearch, which is not there: its query is what there is to see. */
export function logs({ targets }: GrafanaPanel, box: Box): string {
  return label(`Lines that match  ${targets?.[0]?.query ?? ''}`, box.x + 12, box.y + 22, {
    fill: '#9a9ba8',
    'font-family': 'monospace',
  });
}
