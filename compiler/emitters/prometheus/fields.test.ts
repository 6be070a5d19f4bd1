import { expect, test } from 'vitest';
import { emittedText, fieldsOf } from '../testing/field-changes.ts';
import type { Change } from '../testing/field-changes.ts';

const HEAD = 'apiVersion: nova-torch.dev/v1\nkind:';

const SPEC: Readonly<Record<string, string>> = {
  'spec/teams/engineering/agents.yaml': `${HEAD} Fleet
metadata: { name: worker }
spec:
  agent:
    image: ghcr.io/acme/a@sha256:5555555555555555555555555555555555555555555555555555555555555555
  accepts: { work: {} }
  slo: { success: 98%, window: 28d, assign: p99 < 100ms, queueWait: p95 < 60s, run: p95 < 300s }
---
${HEAD} Route
metadata: { name: work }
spec: { match: { task: work }, to: { worker: 100 } }
`,
};

const CHANGES: Readonly<Record<string, Change>> = {
  'Team.spec.oncall': ['oncall: eng-oncall', 'oncall: others'],
  'Fleet.spec.slo.success': ['success: 98%', 'success: 97%'],
  'Fleet.spec.slo.window': ['window: 28d', 'window: 7d'],
  'Fleet.spec.slo.assign': ['assign: p99 < 100ms', 'assign: p99 < 250ms'],
  'Fleet.spec.slo.queueWait': ['queueWait: p95 < 60s', 'queueWait: p95 < 5s'],
  'Fleet.spec.slo.run': ['run: p95 < 300s', 'run: p95 < 600s'],
};

const emitted = (change?: Change) => emittedText(['prometheus'], SPEC, change);
const unchanged = emitted();

test('every field that names this emitter as its consumer has a change here', () => {
  expect(Object.keys(CHANGES).sort()).toEqual(fieldsOf('prometheus'));
  expect(fieldsOf('platform-alerts')).toEqual([
    'Environment.spec.scheduler.journal',
    'Environment.spec.scheduler.mirror',
  ]);
});

test.each(Object.entries(CHANGES))('%s changes the rules', async (_, change) => {
  const changed = await emitted(change);
  expect(changed).toContain('kind: PrometheusRule');
  expect(changed).not.toBe(await unchanged);
});

test.each([
  ['the size of the journal', 'journal: 7Gi'],
  ['its mirror', 'mirror: peer'],
])('%s changes the alerts of the platform', async (_, said) => {
  const scheduler: Change = [
    'trustDomain: prod.acme.example',
    `trustDomain: prod.acme.example\n  scheduler: { ${said} }`,
  ];
  const changed = await emittedText(['platform-alerts'], SPEC, scheduler);
  expect(changed).toContain('kind: PrometheusRule');
  expect(changed).not.toBe(await emittedText(['platform-alerts'], SPEC));
});
