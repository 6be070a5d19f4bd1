import { expect, test } from 'vitest';
import { CONSUMERS } from '../../../spec/contract/consumers.ts';
import { emittedText, fieldsOf } from '../testing/field-changes.ts';
import type { Change } from '../testing/field-changes.ts';

const HEAD = 'apiVersion: nova-torch.dev/v1\nkind:';
const IMAGE = 'ghcr.io/acme/a@sha256:5555555555555555555555555555555555555555555555555555555555555555';

const SPEC: Readonly<Record<string, string>> = {
  'spec/teams/engineering/agents.yaml': `${HEAD} Fleet
metadata: { name: worker }
spec:
  agent: { image: ${IMAGE}, delivery: push, slots: 2 }
  skills: { python: 3 }
  accepts: { work: {} }
  providers: [vendor-b]
  talksTo: { keeper: { tasks: [keep] } }
---
${HEAD} Fleet
metadata: { name: keeper }
spec:
  agent: { image: ${IMAGE} }
  accepts: { keep: {}, tidy: {} }
  rollout:
    strategy: canary
    split: routing
    steps: [{ weight: 25%, hold: 5m }]
    onFailure: rollback
    underway: { from: old, step: 1 }
---
${HEAD} Fleet
metadata: { name: alone }
spec:
  agent: { image: ${IMAGE} }
  accepts: { tidy: {} }
---
${HEAD} Route
metadata: { name: work }
spec: { match: { task: work }, to: { worker: 100 } }
---
${HEAD} Route
metadata: { name: keep }
spec: { match: { task: keep }, to: { keeper: 100 } }
---
${HEAD} Route
metadata: { name: tidy }
spec: { match: { task: tidy }, to: { keeper: 100 } }
---
${HEAD} Provider
metadata: { name: vendor-b }
spec: { endpoint: https://api.vendor-a.example/b, limits: { requests: 60/m, concurrent: 5 } }
`,
};

const CHANGES: Readonly<Record<string, Change>> = {
  'Company.spec.teams.*.inFlight': ['engineering: { weight: 2 }', 'engineering: { weight: 2, inFlight: 50 }'],
  'Team.spec.submitters[]': ['oncall: eng-oncall', 'oncall: eng-oncall\n  submitters: [ci/builder]'],
  'Fleet.metadata.name': ['name: alone', 'name: lonely'],
  'Fleet.spec.agent.delivery': ['delivery: push', 'delivery: pull'],
  'Fleet.spec.agent.slots': ['slots: 2 }', 'slots: 3 }'],
  'Fleet.spec.skills.*': ['skills: { python: 3 }\n  accepts: { work', 'skills: { python: 4 }\n  accepts: { work'],
  'Fleet.spec.providers[]': ['providers: [vendor-b]', 'providers: [vendor-b, vendor-a]'],
  'Fleet.spec.rollout.steps[].hold': ['hold: 5m', 'hold: 6m'],
  'Fleet.spec.rollout.onFailure': ['onFailure: rollback', 'onFailure: pause'],
  'Fleet.spec.rollout.underway.from': ['from: old', 'from: older'],
  'Fleet.spec.rollout.underway.step': ['step: 1', 'step: 0'],
  'Fleet.spec.talksTo.*.tasks[]': ['tasks: [keep]', 'tasks: [keep, tidy]'],
  'Provider.metadata.name': ['metadata: { name: vendor-b }', 'metadata: { name: vendor-c }'],
  'Provider.spec.limits.requests': ['requests: 60/m', 'requests: 90/m'],
  'Provider.spec.limits.concurrent': ['concurrent: 5', 'concurrent: 6'],
};

const emitted = (change?: Change) => emittedText(['routing-table'], SPEC, change);
const unchanged = emitted();

test('every field of the table that no test of the scheduler shows has a change here', () => {
  const shown = (field: string) => CONSUMERS[field]?.some((one) => one.startsWith('scheduler:')) === true;
  const fields = fieldsOf('routing-table');
  expect(fields.filter((field) => !shown(field) && !Object.hasOwn(CHANGES, field))).toEqual([]);
  expect(Object.keys(CHANGES).filter((field) => !fields.includes(field))).toEqual([]);
});

test.each(Object.entries(CHANGES))('%s changes the table', async (_, change) => {
  expect(await unchanged).toContain('routing-table.json');
  expect(await emitted(change)).not.toBe(await unchanged);
});
