import { timeseries } from './chart.ts';
import type { Engine, Range, Series } from './engine.ts';
import { heatmap, logs, stat, stateTimeline, table, text } from './other-panels.ts';
import { nameOf } from './panel-data.ts';
import type { GrafanaPanel, Named } from './panel-data.ts';
import { element, label } from './svg.ts';
import type { Box } from './svg.ts';

export interface GrafanaDashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly GrafanaPanel[];
}

/** Who answers queries. */
type Asked = Pick<Engine, 'range'>;

const WIDTH = 1480;
const UNIT = 32;
const GAP = 8;
const HEAD = 46;

/** Panels that show nothing when all is well. */
const MAY_BE_EMPTY = /alerts|rollout/i;

/** A dashboard as a picture. Every query is asked; one without an answer, where there should be one, is an error. */
export async function picture(dashboard: GrafanaDashboard, engine: Asked, range: Range): Promise<string> {
  const drawn: string[] = [];
  for (const panel of dashboard.panels) drawn.push(await panelPicture(panel, engine, range));
  const height = HEAD + Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h)) * UNIT + GAP;
  const size = { width: WIDTH, height };
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      ...size,
      viewBox: `0 0 ${WIDTH} ${height}`,
      'font-family': 'Inter, Helvetica, Arial, sans-serif',
    },
    element('title', {}, dashboard.title),
    element('rect', { ...size, fill: '#111217' }),
    label(dashboard.title, 16, 30, { 'font-size': 18, 'font-weight': 600 }),
    label('sample data, last 6 hours', WIDTH - 16, 30, { 'text-anchor': 'end', fill: '#9a9ba8' }),
    ...drawn,
  ).replaceAll('><', '>\n<')}\n`;
}

async function panelPicture(panel: GrafanaPanel, engine: Asked, range: Range): Promise<string> {
  const { x, y, w, h } = panel.gridPos;
  const column = (WIDTH - 2 * GAP) / 24;
  const box = { x: GAP + x * column + GAP / 2, y: HEAD + y * UNIT, w: w * column - GAP, h: h * UNIT - GAP };
  if (panel.type === 'row')
    return label(`▾ ${panel.title}`, box.x + 2, box.y + 20, { 'font-size': 15, 'font-weight': 600 });
  const inside = panel.title === '' ? { ...box, y: box.y + 8, h: box.h - 8 } : { ...box, y: box.y + 34, h: box.h - 38 };
  return [
    element('rect', { x: box.x, y: box.y, width: box.w, height: box.h, fill: '#181b1f', stroke: '#25272e', rx: 3 }),
    label(panel.title, box.x + 10, box.y + 21, { 'font-size': 13, 'font-weight': 500, width: box.w - 20 }),
    await content(panel, engine, inside, range),
  ].join('');
}

async function content(panel: GrafanaPanel, engine: Asked, box: Box, range: Range): Promise<string> {
  if (panel.type === 'text') return text(panel, box);
  if (panel.type === 'logs') return logs(panel, box);
  const named = await answers(panel, engine, range);
  switch (panel.type) {
    case 'stat':
      return stat(panel, named, box, range);
    case 'table':
      return table(panel, named, box);
    case 'heatmap':
      return heatmap(named, box, range);
    case 'state-timeline':
      return stateTimeline(panel, named, box, range);
    default:
      return timeseries(panel, named, box, range);
  }
}

async function answers(panel: GrafanaPanel, engine: Asked, range: Range): Promise<readonly Named[]> {
  const all: Named[] = [];
  for (const [query, { expr = '', legendFormat = '' }] of (panel.targets ?? []).entries()) {
    const asked = expr.replaceAll('$__rate_interval', '5m').replace(/\$\w+/g, '.*');
    const found = panel.type === 'table' ? await now(engine, asked, range) : await engine.range(asked, range);
    all.push(...found.map((one) => ({ ...one, name: nameOf(legendFormat, one), query })));
  }
  if (all.length === 0 && !MAY_BE_EMPTY.test(panel.title)) throw new Error(`panel "${panel.title}" has no data`);
  return all.sort((a, b) => a.query - b.query || (a.name < b.name ? -1 : Number(a.name > b.name)));
}

/** A table shows one moment. */
async function now(engine: Asked, query: string, { to, step }: Range): Promise<readonly Series[]> {
  return engine.range(query, { from: to, to, step });
}
