import { BURNS, threshold } from '../../core/burn.ts';
import type { Objective } from '../../core/objective.ts';
import { gauge, join, recorded } from '../../core/promql/promql.ts';
import { rounded, sloSeries, sloWindows } from '../../core/slo-series.ts';
import { BUDGET } from './colours.ts';
import type { Limits, Panel, Row } from './dashboard.ts';

/** Burn rates that alerts fire at. */
const BURN_LIMITS: Limits = {
  base: 'green',
  steps: [...BURNS]
    .reverse()
    .map(({ burn, severity }) => ({ from: burn, colour: severity === 'page' ? 'red' : 'yellow' })),
  drawn: true,
};

/** How fast the errors of each promise are used up: at 1 they last for exactly the period. */
export function burnPanel(objectives: readonly Objective[]): Panel {
  return {
    kind: 'timeseries',
    title: 'Burn rate of the last hour',
    description: 'How many times too fast errors are used up. The lines are those at which alerts fire.',
    unit: 'none',
    width: 12,
    limits: BURN_LIMITS,
    queries: objectives.map((objective) => ({
      query: join(ofObjective(sloSeries.ratio('1h'), objective), '/', rounded(1 - objective.target)),
      legend: objective.slo,
    })),
  };
}

/** What is left of the errors of each promise. */
export function budgetPanel(objectives: readonly Objective[]): Panel {
  return {
    kind: 'timeseries',
    title: 'Budget left',
    description: 'Share of the errors of the period that may still happen. Below 0 the promise is broken.',
    unit: 'percentunit',
    width: 12,
    limits: { ...BUDGET, drawn: true },
    queries: objectives.map((objective) => ({
      query: ofObjective(sloSeries.budget, objective),
      legend: objective.slo,
    })),
  };
}

/** Everything about one promise. */
export function objectiveRow(objective: Objective): Row {
  return {
    title: objective.promise,
    panels: [
      { ...budgetStat(objective), height: 8 },
      { ...errorStat(objective), height: 8 },
      ratios(objective),
      events(objective),
      alertStates(objective),
    ],
  };
}

export function budgetStat(objective: Objective): Panel {
  return {
    kind: 'stat',
    title: `Budget: ${objective.slo}`,
    description: `Promised: ${objective.promise}`,
    unit: 'percentunit',
    width: 4,
    limits: BUDGET,
    queries: [{ query: ofObjective(sloSeries.budget, objective), legend: objective.slo }],
  };
}

function errorStat(objective: Objective): Panel {
  return {
    kind: 'stat',
    title: 'Bad in the period',
    description: `At most ${rounded((1 - objective.target) * 100)}% may be bad.`,
    unit: 'percentunit',
    width: 4,
    limits: { base: 'green', steps: [{ from: rounded(1 - objective.target), colour: 'red' }] },
    queries: [{ query: ofObjective(sloSeries.ratio('period'), objective), legend: 'bad' }],
  };
}

function ratios(objective: Objective): Panel {
  const limits = [...BURNS].reverse().map((burn) => ({ burn, from: rounded(threshold(objective.target, burn)) }));
  return {
    kind: 'timeseries',
    title: 'Share of bad events by window',
    description: 'The lines are the shares at which the four alerts fire.',
    unit: 'percentunit',
    width: 16,
    limits: {
      base: 'green',
      steps: limits
        .filter(({ from }) => from < 1)
        .map(({ from, burn }) => ({ from, colour: burn.severity === 'page' ? 'red' : 'yellow' })),
      drawn: true,
    },
    queries: sloWindows.map((window) => ({ query: ofObjective(sloSeries.ratio(window), objective), legend: window })),
  };
}

function events(objective: Objective): Panel {
  return {
    kind: 'timeseries',
    title: 'Events',
    description: 'How many were counted a second, and how many of them were bad.',
    unit: 'suffix:/s',
    width: 12,
    queries: [
      { query: ofObjective(sloSeries.total('5m'), objective), legend: 'all' },
      { query: ofObjective(sloSeries.bad('5m'), objective), legend: 'bad' },
    ],
  };
}

function alertStates({ slo, fleet }: Objective): Panel {
  return {
    kind: 'state-timeline',
    title: 'Alerts',
    description: 'When alerts of this promise were pending and when they fired.',
    unit: 'none',
    width: 12,
    limits: { base: 'text', steps: [{ from: 1, colour: 'orange' }] },
    queries: [
      {
        query: gauge('ALERTS', fleet === undefined ? { slo } : { slo, fleet }),
        legend: '{{alertname}} {{window}} {{alertstate}}',
      },
    ],
  };
}

function ofObjective(name: string, { slo, fleet }: Objective) {
  return recorded(name, fleet === undefined ? { slo } : { fleet, slo });
}
