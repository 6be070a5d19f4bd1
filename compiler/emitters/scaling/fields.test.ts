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
    slots: 2
  accepts: { work: {} }
  scale:
    min: 2
    max: 8
    target: { queueWait: 20s, slotUse: 60% }
    down: { after: 4m }
    schedule: [{ cron: "0 9 * * 1-5", hold: 8h, tz: Europe/Berlin, min: 3 }]
  rollout: { drain: 20m }
---
${HEAD} Fleet
metadata: { name: keeper }
spec:
  agent: { image: ghcr.io/acme/k@sha256:5555555555555555555555555555555555555555555555555555555555555555 }
  accepts: { keep: {} }
  memory: { size: 10Gi, class: fast }
  rollout: { strategy: canary, steps: [{ weight: 25%, hold: 5m }], underway: { from: old, step: 1 } }
---
${HEAD} Route
metadata: { name: work }
spec: { match: { task: work }, to: { worker: 100 } }
---
${HEAD} Route
metadata: { name: keep }
spec: { match: { task: keep }, to: { keeper: 100 } }
`,
};

const CHANGES: Readonly<Record<string, Change>> = {
  'Environment.spec.observability.prometheus': ['prometheus.prod.acme.example', 'other.acme.example'],
  'Fleet.spec.agent.slots': ['slots: 2\n  accepts', 'slots: 3\n  accepts'],
  'Fleet.spec.memory.size': [
    '  accepts: { work: {} }',
    '  accepts: { work: {} }\n  memory: { size: 10Gi, class: fast }',
  ],
  'Fleet.spec.scale.min': ['min: 2\n', 'min: 1\n'],
  'Fleet.spec.scale.max': ['max: 8', 'max: 9'],
  'Fleet.spec.scale.target.queueWait': ['queueWait: 20s', 'queueWait: 30s'],
  'Fleet.spec.scale.target.slotUse': ['slotUse: 60%', 'slotUse: 70%'],
  'Fleet.spec.scale.down.after': ['after: 4m', 'after: 6m'],
  'Fleet.spec.scale.schedule[].cron': ['0 9 * * 1-5', '0 8 * * 1-5'],
  'Fleet.spec.scale.schedule[].hold': ['hold: 8h', 'hold: 9h'],
  'Fleet.spec.scale.schedule[].tz': ['tz: Europe/Berlin', 'tz: Europe/Paris'],
  'Fleet.spec.scale.schedule[].min': ['min: 3 }', 'min: 4 }'],
  'Fleet.spec.rollout.underway.from': [', underway: { from: old, step: 1 }', ''],
  'Fleet.spec.rollout.drain': ['drain: 20m', 'drain: 25m'],
};

const emitted = (change?: Change) => emittedText(['scaling'], SPEC, change);
const unchanged = emitted();

test('every field that names this emitter as its consumer has a change here', () => {
  expect(Object.keys(CHANGES).sort()).toEqual(fieldsOf('scaling'));
});

test.each(Object.entries(CHANGES))('%s changes the scaler', async (_, change) => {
  const changed = await emitted(change);
  expect(changed).toContain('kind: ScaledObject');
  expect(changed).not.toBe(await unchanged);
});

test('a fleet of a fixed size has no scaler', async () => {
  expect(await unchanged).toContain('teams/engineering/worker/scaling.yaml');
  expect(await emitted(['min: 2\n', 'min: 8\n'])).not.toContain('teams/engineering/worker/scaling.yaml');
});
