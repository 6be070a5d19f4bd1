import { expect, test } from 'vitest';
import { environment, facts, fleet } from '../../check/testing/model.ts';
import type { Dashboard } from './dashboard.ts';
import { deliveryDashboard } from './delivery-dashboard.ts';
import { fleetDashboard } from './fleet-dashboard.ts';
import { viewOf } from './fleet-view.ts';
import { overviewDashboard } from './overview-dashboard.ts';
import { placed } from './place.ts';
import { routeDashboard } from './route-dashboard.ts';
import { schedulerDashboard } from './scheduler-dashboard.ts';
import { sloDashboard } from './slo-dashboard.ts';
import { telemetryDashboard } from './telemetry-dashboard.ts';
import { writeDashboard } from './write-dashboard.ts';
import { dashboardText } from './write-text.ts';
import { dashboardV2 } from './write-v2.ts';

const one = fleet('eng/fixer', { slo: { queueWait: { percentile: 0.95, boundMs: 30_000 } } });
const view = viewOf(one);
const whole = environment({ fleets: [one], facts });
const all: readonly (readonly [string, Dashboard])[] = [
  overviewDashboard(whole),
  schedulerDashboard(whole),
  deliveryDashboard(),
  telemetryDashboard(whole),
  fleetDashboard(view),
  routeDashboard(view),
  sloDashboard(view),
].map((dashboard) => [dashboard.title, dashboard]);

test.each(all)('%s: ids run from 1 in reading order, nothing overlaps, nothing leaves the grid', (_, dashboard) => {
  const panels = placed(dashboard);
  expect(panels.map(({ id }) => id)).toEqual(panels.map((_panel, index) => index + 1));
  const taken = new Set<string>();
  for (const { at } of panels) {
    expect(at.x + at.w).toBeLessThanOrEqual(24);
    for (let x = at.x; x < at.x + at.w; x++) {
      for (let y = at.y; y < at.y + at.h; y++) {
        expect(taken.has(`${x} ${y}`)).toBe(false);
        taken.add(`${x} ${y}`);
      }
    }
  }
});

test.each(all)('%s: the text with a line for each panel is the JSON of what was built', (_, dashboard) => {
  const built = writeDashboard(dashboard);
  const text = dashboardText(built);
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(built)));
  expect(text.match(/^ {2}\{.*"gridPos"/gm)?.length).toBe(built.panels?.length);
});

test.each(all)('%s: the second schema shows the same panels, queries and looks in the same rows', (_, dashboard) => {
  const classic = writeDashboard(dashboard);
  const { elements, layout } = dashboardV2(classic);
  const shown = Object.values(elements).map((element) => {
    if (element.kind !== 'Panel') throw new Error(element.kind);
    const { id, title, data, vizConfig } = element.spec;
    const queries = data.spec.queries.map(({ spec }) => spec.query.spec as { expr?: string; query?: string });
    return [id, title, vizConfig.group, queries.map(({ expr, query }) => expr ?? query)];
  });
  const panels = (classic.panels ?? []).filter(({ type }) => type !== 'row');
  expect(shown).toEqual(
    panels.map((panel) => {
      const targets = ('targets' in panel ? (panel.targets ?? []) : []) as { expr?: string; query?: string }[];
      return [panel.id, panel.title, panel.type, targets.map(({ expr, query }) => expr ?? query)];
    }),
  );
  if (layout.kind !== 'RowsLayout') throw new Error(layout.kind);
  expect(layout.spec.rows.map(({ spec }) => spec.title)).toEqual(dashboard.rows.map(({ title }) => title));
});

test('each dashboard has an identity of its own, which links of the others name', () => {
  const uids = all.map(([, { uid }]) => uid);
  expect(new Set(uids).size).toBe(all.length);
  for (const [, { links }] of all) {
    for (const { url } of links.filter((link) => link.url.startsWith('/d/'))) expect(uids).toContain(url.slice(3));
  }
});

test('limits are those of the spec', () => {
  const limitsOf = (dashboard: Dashboard, title: string) =>
    dashboard.rows
      .flatMap(({ panels }) => panels)
      .flatMap((panel) => (panel.title === title && 'limits' in panel ? (panel.limits?.steps ?? []) : []))
      .map(({ from }) => from);
  expect(limitsOf(fleetDashboard(view), 'Agents at work')).toEqual([one.scale.min]);
  expect(limitsOf(fleetDashboard(view), 'Agents')).toEqual([one.scale.max]);
  expect(limitsOf(fleetDashboard(view), 'Queue wait')).toEqual([30]);
  expect(limitsOf(routeDashboard(view), 'Queue wait')).toEqual([600]);
  expect(limitsOf(routeDashboard(view), 'Run')).toEqual([900]);
  expect(limitsOf(fleetDashboard(view), 'Burn rate of the last hour')).toEqual([1, 3, 6, 14.4]);
});
