import type { EnvironmentModel, FleetModel } from '../../core/model.ts';
import type { SamplingPolicy, SamplingRule } from './types.ts';

/** Attributes that the scheduler writes on its spans; agents inherit the trace. */
const ATTRIBUTES = { fleet: 'nova.fleet', attempt: 'nova.attempt', assignMs: 'nova.assign_ms' } as const;
/** Of traces that no fleet's spec speaks of. */
const OTHERS_PERCENT = 10;

/**
 * Which traces are kept. Everything that an SLO counts as bad is: failures, retries, tasks that waited or ran longer than
 * their fleet promises, so that an alert or an exemplar always leads to a trace. Of the others the share the spec says.
 *
 * Fleets that promise the same stand in one policy: the number of policies follows the number of promises, not of fleets.
 */
export function samplingPolicies({ fleets }: EnvironmentModel): readonly SamplingPolicy[] {
  const all = [...fleets.values()];
  const known = all.map(({ id }) => id);
  return [
    { name: 'failed', type: 'status_code', status_code: { status_codes: ['ERROR'] } },
    { name: 'retried', ...atLeast(ATTRIBUTES.attempt, 2) },
    ...grouped(all, ({ slo }) => slo.assign.boundMs).map(([bound, ids]) =>
      both(`assigned later than ${bound} ms`, ids, atLeast(ATTRIBUTES.assignMs, bound)),
    ),
    ...grouped(all, ({ slo }) => slo.run?.boundMs).map(([bound, ids]) =>
      both(`ran longer than ${bound} ms`, ids, { type: 'latency', latency: { threshold_ms: bound } }),
    ),
    ...grouped(all, ({ observe }) => percent(observe.tracesShare)).map(([share, ids]) =>
      both(`${share} percent of the others`, ids, probability(share)),
    ),
    {
      name: 'of no fleet',
      type: 'and',
      and: {
        and_sub_policy: [
          ...(known.length === 0 ? [] : [{ name: 'unknown', ...ofFleets(known, true) }]),
          { name: 'share', ...probability(OTHERS_PERCENT) },
        ],
      },
    },
  ];
}

/** Fleets by a number of theirs; numbers and fleets in order. Fleets without one are left out. */
function grouped(
  fleets: readonly FleetModel[],
  numberOf: (fleet: FleetModel) => number | undefined,
): readonly (readonly [number, readonly string[]])[] {
  const groups = new Map<number, string[]>();
  for (const fleet of fleets) {
    const number = numberOf(fleet);
    if (number !== undefined) groups.set(number, [...(groups.get(number) ?? []), fleet.id]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([number, ids]) => [number, ids.sort()]);
}

function both(name: string, ids: readonly string[], rule: SamplingRule): SamplingPolicy {
  const parts = [
    { name: 'fleets', ...ofFleets(ids) },
    { name: 'condition', ...rule },
  ];
  return { name, type: 'and', and: { and_sub_policy: parts } };
}

/** Exact values, never patterns: nothing a person wrote becomes a regular expression. */
function ofFleets(values: readonly string[], invert = false): SamplingRule {
  return {
    type: 'string_attribute',
    string_attribute: { key: ATTRIBUTES.fleet, values, ...(invert ? { invert_match: true } : {}) },
  };
}

function atLeast(key: string, least: number): SamplingRule {
  return {
    type: 'numeric_attribute',
    numeric_attribute: { key, min_value: least, max_value: Number.MAX_SAFE_INTEGER },
  };
}

function probability(share: number): SamplingRule {
  return { type: 'probabilistic', probabilistic: { sampling_percentage: share } };
}

function percent(share: number): number {
  return Math.round(share * 1e6) / 1e4;
}
