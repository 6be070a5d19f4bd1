import type { Objective } from '../../core/objective.ts';
import type { EnvironmentModel } from '../../core/model.ts';
import { aggregate, counter, over } from '../../core/promql/promql.ts';

const DAY = 86_400_000;
/** What the scheduler promises to everybody: it is small and replicated, and its journal outlives its store. */
const TARGET = 0.999;

/** Promises of the platform: submissions are answered, and a task that needs no agent always passes. */
export function platformObjectives(environment: EnvironmentModel): readonly Objective[] {
  const promise = { target: TARGET, windowMs: 30 * DAY, at: environment.at };
  const submitted = (outcome: 'accepted' | 'shed') =>
    counter('nova_tasks_submitted_total', { fleet: 'test/fleet', route: 'test/route', outcome }).text;
  const canary = (outcome: 'ok' | 'late') => counter('nova_canary_tasks_total', { outcome }).text;
  return [
    {
      ...promise,
      slo: 'availability',
      alert: 'NovaAvailabilityBurn',
      promise: '99.9% of valid submissions are accepted',
      // What is malformed or forbidden is refused by design.
      total: (range) =>
        aggregate(
          'sum',
          over(
            'rate',
            counter('nova_tasks_submitted_total', { outcome: { noneOf: ['invalid', 'unauthorized'] } }),
            range,
          ),
        ),
      bad: (range) =>
        aggregate(
          'sum',
          over('rate', counter('nova_tasks_submitted_total', { outcome: { oneOf: ['error', 'shed'] } }), range),
        ),
      events: [
        { series: submitted('accepted'), good: true, bad: false },
        { series: submitted('shed'), good: false, bad: true },
      ],
    },
    {
      ...promise,
      slo: 'uptime',
      alert: 'NovaUptimeBurn',
      promise: '99.9% of the canary tasks pass in time',
      total: (range) => aggregate('sum', over('rate', counter('nova_canary_tasks_total'), range)),
      bad: (range) =>
        aggregate(
          'sum',
          over('rate', counter('nova_canary_tasks_total', { outcome: { oneOf: ['late', 'failed'] } }), range),
        ),
      events: [
        { series: canary('ok'), good: true, bad: false },
        { series: canary('late'), good: false, bad: true },
      ],
    },
  ];
}
