import { expect, test } from 'vitest';
import type { Json } from '../../../spec/contract/source.ts';
import { checkSpec } from '../../compile.ts';
import { spanOf } from '../../core/origin.ts';
import { collector } from '../../diagnostics/report.ts';
import { caseFiles } from '../../diagnostics/testing/case-files.ts';
import { CASE_DAY } from '../../diagnostics/testing/problems-of.ts';
import { stages } from '../../stages.ts';
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

/** A value of an object of `prod`, and the text of the spec at the place it names. */
function made() {
  const files = [...caseFiles('base'), { path: file, text: WORKERS }];
  const { model } = checkSpec({ files, today: CASE_DAY }, stages);
  const fleets = model.environments.find(({ name }) => name === 'prod')?.fleets;
  const { report } = collector();
  const manifests = ['called', 'asking'].flatMap((name) => {
    const fleet = fleets?.get(`engineering/${name}`);
    if (fleet === undefined) throw new Error(`no fleet ${name}`);
    return emit({ fleet, report }).flatMap((artifact) => (artifact.kind === 'manifests' ? artifact.manifests : []));
  });
  return (kind: string, name: string, pointer: string): [Json | undefined, string | undefined] => {
    const found = manifests.find(
      ({ value }) => value['kind'] === kind && (value['metadata'] as { name: string }).name === name,
    );
    if (found === undefined) throw new Error(`no ${kind} ${name}`);
    const value = pointer
      .slice(1)
      .split('/')
      .reduce<Json | undefined>((at, key) => (at as Record<string, Json> | undefined)?.[key], found.value);
    const origin = found.origins.get(pointer);
    if (origin === undefined) return [value, undefined];
    const { start, end } = spanOf(origin);
    return [value, WORKERS.slice(start, end)];
  };
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
