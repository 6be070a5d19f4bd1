import type { Objective } from '../../core/objective.ts';
import { rounded } from '../../core/slo-series.ts';
import type { BurnAlert } from './burn-alerts.ts';
import type { Alert, Case } from './rule.ts';

/** The slowest alert waits three hours, and the windows it looks at are added up hour by hour. */
const MINUTES = 260;
const PER_MINUTE = 100;

/** How a series grows in which good events, bad ones or both count, in promtool's notation. */
type Growth = (counts: { readonly good: boolean; readonly bad: boolean }) => string;

/**
 * For each burn rate errors a tenth above its share: it fires, and so do all slower ones. Half of the budget: nothing
 * fires. One failure and nothing else, all of the traffic and all of it bad: nothing fires. Objectives of one unit are fed
 * at once, so the names of their cases are the same.
 */
export function burnCases(
  objective: Objective,
  burns: readonly BurnAlert[],
  spent: Alert,
  unknown: Alert,
): readonly Case[] {
  const about = [...burns.map(({ alert }) => alert), spent, unknown];
  const budget = 1 - objective.target;
  const fed = (name: string, growth: Growth, fires: readonly Alert[], atMinutes = MINUTES): Case => ({
    name,
    series: seriesOf(objective, growth),
    atMinutes,
    about,
    fires,
  });
  const above = burns.map(({ limit, burn }) => {
    const share = Math.min(1, limit * 1.1);
    const slower = burns.filter((other) => other.limit < share).map(({ alert }) => alert);
    return fed(`errors at ${burn.burn} times the budget`, sharing(share), share > budget ? [...slower, spent] : slower);
  });
  return [
    ...above,
    fed('errors at half the budget', sharing(budget / 2), []),
    fed('one task, and it fails', oneFailure, [], 130),
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
