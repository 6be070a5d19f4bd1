import type { Objective } from '../../core/objective.ts';
import { rounded } from '../../core/slo-series.ts';
import type { BurnAlert } from './burn-alerts.ts';
import type { Alert, Case } from './rule.ts';

/** Longer than the slowest alert waits, on the hour: long windows are added up hour by hour. */
const MINUTES = 360;
const PER_MINUTE = 100;

/** How a series grows in which good events, bad ones or both count, in promtool's notation. */
type Growth = (counts: { readonly good: boolean; readonly bad: boolean }) => string;

/**
 * For each burn rate errors a tenth above its share: it fires, and so do all slower ones. Half of the budget: nothing
 * fires. One failure and nothing else, all of the traffic and all of it bad: nothing fires. No data: that alone is said.
 */
export function burnCases(
  objective: Objective,
  burns: readonly BurnAlert[],
  spent: Alert,
  unknown: Alert,
): readonly Case[] {
  const about = [...burns.map(({ alert }) => alert), spent, unknown];
  const name = (text: string) => `${objective.slo}: ${text}`;
  const feed = (growth: Growth) => seriesOf(objective, growth);
  const budget = 1 - objective.target;
  const above = burns.map(({ limit }): Case => {
    const share = Math.min(1, limit * 1.1);
    return {
      name: name(`${percent(share)} bad`),
      series: feed(sharing(share)),
      atMinutes: MINUTES,
      about,
      fires: [
        ...burns.filter((burn) => burn.limit < share).map(({ alert }) => alert),
        ...(share > budget ? [spent] : []),
      ],
    };
  });
  return [
    ...above,
    {
      name: name(`${percent(budget / 2)} bad`),
      series: feed(sharing(budget / 2)),
      atMinutes: MINUTES,
      about,
      fires: [],
    },
    { name: name('one task, and it fails'), series: feed(oneFailure), atMinutes: 130, about, fires: [] },
    { name: name('no data'), series: {}, atMinutes: 60, about, fires: [unknown] },
  ];
}

function seriesOf(objective: Objective, growth: Growth): Readonly<Record<string, string>> {
  return Object.fromEntries(objective.events.map(({ series, ...counts }) => [series, growth(counts)]));
}

function sharing(share: number): Growth {
  const bad = share * PER_MINUTE;
  return (counts) => `0+${rounded((counts.good ? PER_MINUTE - bad : 0) + (counts.bad ? bad : 0))}x${MINUTES}`;
}

const oneFailure: Growth = ({ bad }) => (bad ? `0x100 1x${MINUTES}` : `0x${MINUTES}`);

function percent(share: number): string {
  return `${rounded(Math.round(share * 1e6) / 1e4)}%`;
}
