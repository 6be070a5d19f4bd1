import type { Origin } from '../../core/origin.ts';
import type { Query } from '../../core/promql/promql.ts';

/**
 * Glossary
 * - recording: a query whose result is kept as a series of its own
 * - alert: a query that says something is wrong, for how long, and who is told
 * - case: what one generated test feeds the rules, and which alerts then fire
 * - suite: alerts together with the cases that prove them
 */

export interface Recording {
  readonly record: string;
  readonly query: Query;
  readonly labels: Readonly<Record<string, string>>;
  /** The place in the spec that decides it. */
  readonly at: Origin;
}

export interface Alert {
  /** Also the name of its runbook. */
  readonly name: string;
  readonly severity: 'page' | 'ticket' | 'none';
  readonly query: Query;
  readonly forMs: number;
  readonly labels: Readonly<Record<string, string>>;
  /** One sentence. `{{ $labels.x }}` is filled in by Prometheus, with labels of the query's result. */
  readonly summary: string;
  readonly at: Origin;
  /** It fires when there is no data at all. */
  readonly withoutData?: true;
}

/** One generated test. */
export interface Case {
  readonly name: string;
  /** A series and its values, one a minute, in promtool's notation. None: there is no data. */
  readonly series: Readonly<Record<string, string>>;
  readonly atMinutes: number;
  /** Alerts it speaks about. */
  readonly about: readonly Alert[];
  /** Those of them that fire. */
  readonly fires: readonly Alert[];
  /** Labels that the firing alerts take from their series. */
  readonly taken?: Readonly<Record<string, string>>;
}

export interface Suite {
  readonly alerts: readonly Alert[];
  readonly cases: readonly Case[];
}

export interface Group {
  readonly name: string;
  readonly intervalMs: number;
  readonly rules: readonly (Recording | Alert)[];
}

type Values = Readonly<Record<string, string>>;

/** An alert with two proofs: it fires, and it is silent. `together` adds the third, for want of data. */
export function proven(
  alert: Alert,
  { fire, silent, taken, atMinutes = 45 }: { fire: Values; silent: Values; taken?: Values; atMinutes?: number },
): Suite {
  const one = (name: string, series: Values, fires: boolean): Case => ({
    name: `${alert.name} ${name}`,
    series,
    atMinutes,
    about: [alert],
    fires: fires ? [alert] : [],
    ...(fires && taken !== undefined ? { taken } : {}),
  });
  return {
    alerts: [alert],
    cases: [one('fires', fire, true), one('is silent', silent, false)],
  };
}

/** One suite of several. Cases of one name are fed at once: they speak of different series. */
export function together(suites: readonly Suite[]): Suite {
  const alerts = suites.flatMap((suite) => suite.alerts);
  const byName = new Map<string, Case>();
  for (const one of suites.flatMap(({ cases }) => cases)) {
    const other = byName.get(one.name);
    byName.set(one.name, other === undefined ? one : both(other, one));
  }
  const fires = alerts.filter(({ withoutData }) => withoutData === true);
  const noData: Case = { name: 'there is no data', series: {}, atMinutes: 40, about: alerts, fires };
  return { alerts, cases: [...byName.values(), noData] };
}

function both(a: Case, b: Case): Case {
  const shared = Object.keys(a.series).filter((series) => series in b.series);
  if (shared.length > 0 || a.atMinutes !== b.atMinutes) throw new Error(`cases "${a.name}" cannot be fed at once`);
  return {
    ...a,
    series: { ...a.series, ...b.series },
    about: [...a.about, ...b.about],
    fires: [...a.fires, ...b.fires],
  };
}
