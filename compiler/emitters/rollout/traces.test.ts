import { expect, test } from 'vitest';
import { checkSpec } from '../../compile.ts';
import { collector } from '../../diagnostics/report.ts';
import { caseFiles } from '../../diagnostics/testing/case-files.ts';
import { CASE_DAY } from '../../diagnostics/testing/problems-of.ts';
import { stages } from '../../stages.ts';
import { tracedValues } from '../testing/traced.ts';
import { emit } from './emit.ts';

const file = 'spec/teams/engineering/worker.yaml';
const IMAGE = 'ghcr.io/acme/a@sha256:5555555555555555555555555555555555555555555555555555555555555555';
const WORKERS = `apiVersion: nova-torch.dev/v1
kind: Fleet
metadata: { name: called }
spec:
  agent: { image: ${IMAGE}, delivery: push }
  accepts: { call: {} }
  rollout:
    strategy: canary
    steps: [{ weight: 10%, hold: 5m }]
    gate: { success: 99.5% }
    onFailure: pause
    drain: 20m
  slo: { run: p95 < 30s }
---
apiVersion: nova-torch.dev/v1
kind: Fleet
metadata: { name: asking }
spec:
  agent: { image: ${IMAGE}, build: new }
  accepts: { ask: {} }
  rollout:
    strategy: canary
    steps: [{ weight: 10%, hold: 5m }]
    underway: { from: old, step: 0 }
`;

/** What is made for `prod`. */
function made() {
  const files = [...caseFiles('base'), { path: file, text: WORKERS }];
  const { model } = checkSpec({ files, today: CASE_DAY }, stages);
  const fleets = model.environments.find(({ name }) => name === 'prod')?.fleets;
  const { report } = collector();
  const artifacts = ['called', 'asking'].flatMap((name) => {
    const fleet = fleets?.get(`engineering/${name}`);
    if (fleet === undefined) throw new Error(`no fleet ${name}`);
    return emit({ fleet, report });
  });
  return tracedValues(artifacts, files);
}

const value = made();

test.each([
  ['Rollout', 'called', '/spec/strategy/canary/steps/0/setWeight', 10, '10%'],
  ['Rollout', 'called', '/spec/strategy/canary/steps/1/pause/duration', '300s', '5m'],
  ['Rollout', 'called', '/spec/strategy/canary/scaleDownDelaySeconds', 1200, '20m'],
  ['Rollout', 'called', '/spec/strategy/canary/stableService', 'called', 'called'],
  ['Rollout', 'called', '/spec/progressDeadlineAbort', false, 'pause'],
  ['Rollout', 'called', '/spec/template/spec/terminationGracePeriodSeconds', 1230, '20m'],
  ['AnalysisTemplate', 'called-gate', '/spec/metrics/0/failureCondition', 'false', 'pause'],
  [
    'AnalysisTemplate',
    'called-gate',
    '/spec/metrics/0/successCondition',
    'len(result) == 1 && result[0] <= 0.005',
    '99.5%',
  ],
  [
    'AnalysisTemplate',
    'called-gate',
    '/spec/metrics/1/successCondition',
    'len(result) == 1 && result[0] <= 0.05',
    'p95 < 30s',
  ],
  ['Rollout', 'asking', '/spec/strategy/blueGreen/autoPromotionEnabled', false, '{ from: old, step: 0 }'],
  ['Rollout', 'asking', '/spec/template/metadata/labels/app.kubernetes.io~1version', undefined, 'new'],
  ['Service', 'called-canary', '/metadata/name', 'called-canary', 'called'],
] as const)('%s %s: %s is %j, because of %s', (kind, name, pointer, is, because) => {
  const [found, text] = value(kind, name, pointer);
  if (is !== undefined) expect(found).toBe(is);
  expect(text).toBe(because);
});
