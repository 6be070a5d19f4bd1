import { expect, test } from 'vitest';
import { emittedText, fieldsOf } from '../testing/field-changes.ts';
import type { Change } from '../testing/field-changes.ts';

const HEAD = 'apiVersion: nova-torch.dev/v1\nkind:';
const IMAGE = 'image: ghcr.io/acme/a@sha256:5555555555555555555555555555555555555555555555555555555555555555';

const SPEC: Readonly<Record<string, string>> = {
  'spec/teams/engineering/agents.yaml': `${HEAD} Fleet
metadata: { name: called }
spec:
  agent: { ${IMAGE}, delivery: push }
  accepts: { call: {} }
  rollout:
    strategy: canary
    steps: [{ weight: 10%, hold: 5m }]
    gate: { success: 99.5%, run: p95 < 30s }
    onFailure: rollback
    drain: 20m
---
${HEAD} Fleet
metadata: { name: asking }
spec:
  agent: { ${IMAGE} }
  accepts: { ask: {} }
  rollout: { strategy: blue-green, underway: { from: old, step: 0 } }
---
${HEAD} Route
metadata: { name: call }
spec: { match: { task: call }, to: { called: 100 } }
---
${HEAD} Route
metadata: { name: ask }
spec: { match: { task: ask }, to: { asking: 100 } }
`,
};

const CHANGES: Readonly<Record<string, Change>> = {
  'Environment.spec.observability.prometheus': ['prometheus.prod.acme.example', 'other.acme.example'],
  'Fleet.spec.rollout.strategy': ['strategy: canary\n    steps: [{ weight: 10%, hold: 5m }]', 'strategy: blue-green'],
  'Fleet.spec.rollout.steps[].weight': ['weight: 10%', 'weight: 20%'],
  'Fleet.spec.rollout.steps[].hold': ['hold: 5m', 'hold: 6m'],
  'Fleet.spec.rollout.gate.success': ['success: 99.5%', 'success: 99.9%'],
  'Fleet.spec.rollout.gate.run': ['p95 < 30s', 'p95 < 20s'],
  'Fleet.spec.rollout.onFailure': ['onFailure: rollback', 'onFailure: pause'],
  'Fleet.spec.rollout.drain': ['drain: 20m', 'drain: 25m'],
  'Fleet.spec.rollout.underway.from': [', underway: { from: old, step: 0 }', ''],
};

const emitted = (change?: Change) => emittedText(['rollout'], SPEC, change);
const unchanged = emitted();

test('every field that names this emitter as its consumer has a change here', () => {
  expect(Object.keys(CHANGES).sort()).toEqual(fieldsOf('rollout'));
});

test.each(Object.entries(CHANGES))('%s changes the rollout', async (_, change) => {
  const changed = await emitted(change);
  expect(changed).toContain('kind: Rollout');
  expect(changed).not.toBe(await unchanged);
});

const part = async (path: string, change?: Change) => {
  const files = (await emitted(change)).split(/^(?:prod\/)?teams\//m);
  return files.find((text) => text.startsWith(path)) ?? '';
};

test('a failed gate takes the new version back, or waits for a person', async () => {
  const back = await part('engineering/called');
  expect(back).toContain('failureCondition: "len(result) == 1 && result[0] > 0.005"');
  expect(back).toContain('progressDeadlineAbort: true');
  const waits = await part('engineering/called', CHANGES['Fleet.spec.rollout.onFailure']);
  expect(waits).toContain('failureCondition: "false"');
  expect(waits).toContain('progressDeadlineAbort: false');
});

test('agents that ask for work are never taken away by a gate, and stay while the table gives them any', async () => {
  const underway = await part('engineering/asking');
  expect(underway).not.toMatch(/failureCondition: "len/);
  expect(underway).toContain('progressDeadlineAbort: false');
  expect(underway).toContain('autoPromotionEnabled: false');
  expect(await part('engineering/asking', CHANGES['Fleet.spec.rollout.underway.from'])).toContain(
    'autoPromotionEnabled: true',
  );
});

test('without Prometheus nothing is measured, and a person takes each step', async () => {
  const unmeasured: Change = ['  observability:\n    prometheus: https://prometheus.prod.acme.example\n', ''];
  const called = await part('engineering/called', unmeasured);
  expect(called).not.toContain('AnalysisTemplate');
  expect(called).toContain('- pause: {}');
  const asking = await part('engineering/asking', CHANGES['Fleet.spec.rollout.underway.from']);
  expect(asking).toContain('AnalysisTemplate');
  expect(await part('engineering/asking', unmeasured)).not.toMatch(/AnalysisTemplate|Analysis:/);
});
