import { expect, test } from 'vitest';
import { fleet } from '../../check/testing/model.ts';
import { fleetContext } from '../../core/fleet-context.ts';
import { objectivesOf } from '../../core/objective.ts';
import { sloSeries } from '../../core/slo-series.ts';
import { questionsOf } from './questions.ts';

const run = { percentile: 0.9, boundMs: 30_000 };
const ask = (options: Parameters<typeof fleet>[1]) => questionsOf(fleetContext(fleet('eng/fixer', options)));

test('success is the share that failed, as it is recorded for alerts', () => {
  const [success, ...others] = ask({ rollout: { gate: { success: 0.995 } } });
  expect(others).toEqual([]);
  expect(success?.limit).toBe(0.005);
  expect(success?.query.text).toBe(
    '(nova_slo:error_ratio:rate5m{fleet="eng/fixer",slo="success"}' +
      ' and (nova_slo:bad:rate5m{fleet="eng/fixer",slo="success"} > 0.005))' +
      ' or (nova_slo:total:rate5m{fleet="eng/fixer",slo="success"} * 0)',
  );
});

test('a run at the bound of its objective is asked of the same series, with the share of the gate', () => {
  const [, asked] = ask({ slo: { run }, rollout: { gate: { run: { percentile: 0.95, boundMs: 30_000 } } } });
  expect(asked).toMatchObject({ limit: 0.05, at: ['rollout', 'gate', 'run'] });
  expect(asked?.query.text).toContain(`${sloSeries.ratio('5m')}{fleet="eng/fixer",slo="run-latency"}`);
});

test('a run without a gate is asked what its objective promises', () => {
  expect(ask({ slo: { run } })[1]).toMatchObject({ limit: 0.1, at: ['slo', 'run'] });
});

test('a run at another bound is asked of the recorded times, in seconds', () => {
  const [, asked] = ask({ slo: { run }, rollout: { gate: { run: { percentile: 0.95, boundMs: 45_000 } } } });
  expect(asked?.limit).toBe(45);
  expect(asked?.query.text).toBe(
    '(histogram_quantile(0.95, nova_fleet:run_duration_seconds_bucket:rate5m{fleet="eng/fixer"})' +
      ' and (nova_fleet:tasks_finished:rate5m{fleet="eng/fixer"} > 0.005))' +
      ' or (nova_fleet:tasks_finished:rate5m{fleet="eng/fixer"} * 0)',
  );
});

test('whatever objective is asked about is one that is recorded', () => {
  const one = fleet('eng/fixer', { slo: { run } });
  const recorded = objectivesOf(one).map(({ slo }) => slo);
  const asked = questionsOf(fleetContext(one)).flatMap(({ query }) => [...query.text.matchAll(/slo="([a-z-]+)"/g)]);
  expect(new Set(asked.map(([, slo]) => slo))).toEqual(new Set(['success', 'run-latency']));
  expect(recorded).toEqual(expect.arrayContaining(['success', 'run-latency']));
});
