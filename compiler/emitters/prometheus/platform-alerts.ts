import type { EnvironmentModel } from '../../core/model.ts';
import { REFUSED_FROM } from '../../../spec/contract/overload.ts';
import { journalAlarmBytes, journalBytesMax } from '../../core/journal-bytes.ts';
import { namespaces } from '../../core/names.ts';
import {
  absent,
  aggregate,
  counter,
  gauge,
  join,
  over,
  quantile,
  timingBuckets,
  vector,
} from '../../core/promql/promql.ts';
import { proven } from './rule.ts';
import type { Alert, Suite } from './rule.ts';
import { schedulerSeries } from '../../core/series-budget.ts';

const MINUTE = 60_000;

/** What can go wrong with the scheduler, its store and the pipeline of signals. */
export function platformSuites(environment: EnvironmentModel): readonly Suite[] {
  const alertOf = (alert: Omit<Alert, 'labels' | 'at'> & { at?: Alert['at'] }): Alert => ({
    at: environment.at,
    ...alert,
    labels: {},
  });
  return [taskLoss, schedulerDown, splitBrain, storeDown, breakerOpen, storeSlow, specDrift, telemetryLoss, watchdog]
    .map((suite) => suite(alertOf))
    .concat([
      journalFull(environment, alertOf),
      ...unmirrored(environment, alertOf),
      seriesBudget(environment, alertOf),
    ]);
}

type AlertOf = (alert: Omit<Alert, 'labels' | 'at'> & { at?: Alert['at'] }) => Alert;

/** No budget: one lost task is one too many. */
function taskLoss(alertOf: AlertOf): Suite {
  const unaccounted = gauge('nova_ledger_unaccounted_tasks', { fleet: 'test/fleet' }).text;
  return proven(
    alertOf({
      name: 'NovaTaskLoss',
      severity: 'page',
      query: join(aggregate('max', gauge('nova_ledger_unaccounted_tasks'), ['fleet']), '!=', 0),
      forMs: 2 * MINUTE,
      summary: 'Tasks of {{ $labels.fleet }} were accepted and are neither waiting, running nor finished',
    }),
    { fire: { [unaccounted]: '1x60' }, silent: { [unaccounted]: '0x60' }, taken: { fleet: 'test/fleet' } },
  );
}

function schedulerDown(alertOf: AlertOf): Suite {
  const leader = gauge('nova_scheduler_leader');
  return proven(
    alertOf({
      name: 'NovaSchedulerDown',
      severity: 'page',
      query: join(join(aggregate('sum', leader), '==', 0), 'or', absent(leader)),
      forMs: MINUTE,
      summary: 'No scheduler leads: nothing is assigned',
      withoutData: true,
    }),
    { fire: { [one('a')]: '0x60' }, silent: { [one('a')]: '1x60', [one('b')]: '0x60' } },
  );
}

function splitBrain(alertOf: AlertOf): Suite {
  return proven(
    alertOf({
      name: 'NovaSplitBrain',
      severity: 'page',
      query: join(aggregate('sum', gauge('nova_scheduler_leader')), '>', 1),
      forMs: 30_000,
      summary: 'More than one scheduler leads',
    }),
    { fire: { [one('a')]: '1x60', [one('b')]: '1x60' }, silent: { [one('a')]: '1x60', [one('b')]: '0x60' } },
  );
}

function one(pod: string): string {
  return gauge('nova_scheduler_leader', { pod }).text;
}

function storeDown(alertOf: AlertOf): Suite {
  const open = gauge('nova_circuit_breaker_state', { dependency: 'store', state: 'open' });
  return proven(
    alertOf({
      name: 'NovaStoreDown',
      severity: 'page',
      query: join(aggregate('max', open), '==', 1),
      forMs: MINUTE,
      summary: 'The store does not answer: tasks are taken into the journal only and wait',
    }),
    { fire: { [open.text]: '1x60' }, silent: { [open.text]: '0x60' } },
  );
}

function breakerOpen(alertOf: AlertOf): Suite {
  const dependency = 'provider:test';
  const open = gauge('nova_circuit_breaker_state', { state: 'open' });
  const series = gauge('nova_circuit_breaker_state', { dependency, state: 'open' }).text;
  return proven(
    alertOf({
      name: 'NovaBreakerOpen',
      severity: 'ticket',
      // As a rule none is open for five minutes on end: after four at most it lets runs try, and one that fails on opens again.
      query: join(aggregate('max', over('avg_over_time', open, '10m'), ['dependency']), '>', 0.5),
      forMs: 5 * MINUTE,
      summary: '{{ $labels.dependency }} fails so often that for most of the last ten minutes nothing was sent there',
    }),
    // Open for four minutes again and again, and once.
    {
      fire: { [series]: Array.from({ length: 12 }, () => '1x3 0').join(' ') },
      silent: { [series]: '0x38 1x3 0x16' },
      taken: { dependency },
    },
  );
}

function storeSlow(alertOf: AlertOf): Suite {
  const metric = 'nova_store_operation_duration_seconds';
  const p99 = quantile(0.99, aggregate('sum', over('rate', timingBuckets(metric), '5m'), ['le']));
  const bucket = (le: string) => timingBuckets(metric, { operation: 'claim' }).text.replace('}', `,le="${le}"}`);
  const growing = (...rates: readonly [number, number]) => ({
    [bucket('0.005')]: `0+${rates[0]}x60`,
    [bucket('0.05')]: `0+${rates[1]}x60`,
    [bucket('+Inf')]: '0+100x60',
  });
  return proven(
    alertOf({
      name: 'NovaStoreSlow',
      severity: 'ticket',
      query: join(p99, '>', 0.01),
      forMs: 10 * MINUTE,
      summary: 'One call of the store in a hundred takes longer than 10 ms',
    }),
    { fire: growing(50, 100), silent: growing(100, 100) },
  );
}

function specDrift(alertOf: AlertOf): Suite {
  const info = (pod: string, spec_hash: string) => gauge('nova_spec_info', { spec_hash, env: 'test', pod }).text;
  const tables = aggregate('count', aggregate('count', gauge('nova_spec_info'), ['spec_hash']));
  return proven(
    alertOf({
      name: 'NovaSpecDrift',
      severity: 'ticket',
      query: join(tables, '>', 1),
      forMs: 15 * MINUTE,
      summary: 'Schedulers run different routing tables',
    }),
    {
      fire: { [info('a', 'x')]: '1x60', [info('b', 'y')]: '1x60' },
      silent: { [info('a', 'x')]: '1x60', [info('b', 'x')]: '1x60' },
    },
  );
}

function telemetryLoss(alertOf: AlertOf): Suite {
  const lost = [
    counter('otelcol_exporter_send_failed_spans_total'),
    counter('otelcol_receiver_refused_spans_total'),
    counter('fluentbit_output_dropped_records_total'),
    counter('fluentbit_output_retries_failed_total'),
  ].map((series) => join(aggregate('sum', over('increase', series, '15m'), ['job']), '>', 0));
  const dropped = counter('fluentbit_output_dropped_records_total', { job: 'fluent-bit', name: 'es' }).text;
  const [first, ...rest] = lost as [(typeof lost)[0], ...typeof lost];
  return proven(
    alertOf({
      name: 'NovaTelemetryLoss',
      severity: 'ticket',
      query: rest.reduce((all, next) => join(all, 'or', next), first),
      forMs: 5 * MINUTE,
      summary: '{{ $labels.job }} loses signals: an incident now would leave gaps',
    }),
    { fire: { [dropped]: '0+1x60' }, silent: { [dropped]: '3x60' }, taken: { job: 'fluent-bit' } },
  );
}

/** Fires always. Whoever receives it raises an alarm when it stops. */
function watchdog(alertOf: AlertOf): Suite {
  const alert = alertOf({
    name: 'NovaWatchdog',
    severity: 'none',
    query: vector(1),
    forMs: 0,
    summary: 'Alerts reach whoever watches this one',
    withoutData: true,
  });
  // It has nothing to be silent about.
  return {
    alerts: [alert],
    cases: [{ name: 'NovaWatchdog fires', series: {}, atMinutes: 10, about: [alert], fires: [alert] }],
  };
}

function journalFull({ facts, from }: EnvironmentModel, alertOf: AlertOf): Suite {
  const size = gauge('nova_journal_size_bytes', { pod: 'a' }).text;
  const alarm = journalAlarmBytes(facts.scheduler);
  return proven(
    alertOf({
      name: 'NovaJournalFull',
      severity: 'page',
      query: join(aggregate('max', gauge('nova_journal_size_bytes'), ['pod']), '>', alarm),
      forMs: 5 * MINUTE,
      summary: 'The journal of {{ $labels.pod }} is three fifths full: soon tasks of normal priority are refused',
      at: from(['scheduler', 'journal']),
    }),
    {
      // All that tasks of normal priority can fill.
      fire: { [size]: `${Math.floor(journalBytesMax(facts.scheduler) * REFUSED_FROM.normal)}x60` },
      silent: { [size]: `${alarm - 1}x60` },
      taken: { pod: 'a' },
    },
  );
}

/** Longer than a peer takes to come back after a restart. */
function unmirrored({ facts, from }: EnvironmentModel, alertOf: AlertOf): readonly Suite[] {
  if (!facts.scheduler.mirrored) return [];
  const alone = gauge('nova_journal_unmirrored', { pod: 'a' }).text;
  const suite = proven(
    alertOf({
      name: 'NovaJournalUnmirrored',
      severity: 'ticket',
      query: join(aggregate('max', gauge('nova_journal_unmirrored'), ['pod']), '==', 1),
      forMs: 5 * MINUTE,
      summary:
        'The peer of {{ $labels.pod }} does not have all of its journal: one lost disk and a lost store would lose tasks',
      at: from(['scheduler', 'mirror']),
    }),
    { fire: { [alone]: '1x60' }, silent: { [alone]: '0x60' }, taken: { pod: 'a' } },
  );
  return [suite];
}

function seriesBudget(environment: EnvironmentModel, alertOf: AlertOf): Suite {
  const budget = schedulerSeries(environment);
  const samples = gauge('scrape_samples_post_metric_relabeling', { namespace: namespaces.system });
  const scrape = gauge('scrape_samples_post_metric_relabeling', { namespace: namespaces.system, pod: 'a' }).text;
  return proven(
    alertOf({
      name: 'NovaSeriesBudget',
      severity: 'ticket',
      query: join(aggregate('max', samples, ['pod']), '>', Math.ceil(budget * 1.1)),
      forMs: 15 * MINUTE,
      summary: `{{ $labels.pod }} serves more series than the ${budget} that the spec accounts for`,
    }),
    { fire: { [scrape]: `${budget * 2}x60` }, silent: { [scrape]: `${budget}x60` }, taken: { pod: 'a' } },
  );
}
