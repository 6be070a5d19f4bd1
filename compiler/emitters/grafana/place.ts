import type { Dashboard, Panel, Row } from './dashboard.ts';

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A row's heading or a panel, where it stands, and its number: from 1, in reading order. */
export type Placed =
  | { readonly id: number; readonly at: Place; readonly row: Row }
  | { readonly id: number; readonly at: Place; readonly panel: Panel };

const COLUMNS = 24;
const HEIGHTS = { stat: 4, timeseries: 8, heatmap: 8, 'state-timeline': 8, table: 10, logs: 10, text: 4 } as const;

/** Rows from the top, panels from the left. Grafana loses panels that have no id, or the id 0, when it migrates them. */
export function placed({ rows }: Dashboard): readonly Placed[] {
  const all: Placed[] = [];
  let y = 0;
  for (const row of rows) {
    all.push({ id: all.length + 1, at: { x: 0, y, w: COLUMNS, h: 1 }, row });
    y += 1;
    let [x, tallest] = [0, 0];
    for (const panel of row.panels) {
      if (x + panel.width > COLUMNS) [x, y, tallest] = [0, y + tallest, 0];
      const h = panel.height ?? HEIGHTS[panel.kind];
      all.push({ id: all.length + 1, at: { x, y, w: panel.width, h }, panel });
      x += panel.width;
      tallest = Math.max(tallest, h);
    }
    y += tallest;
  }
  return all;
}
