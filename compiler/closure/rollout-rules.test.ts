import { expect, test } from 'vitest';
import type { JsonObject } from '../../spec/contract/source.ts';
import { apiProblems } from './api-rules.ts';
import { closureObject } from './object.ts';

const metadata = { name: 'a', namespace: 'n' };
const problems = (spec: JsonObject): string[] =>
  apiProblems(closureObject({ value: { kind: 'Rollout', metadata, spec }, origins: new Map() })).map(
    ({ field, reason }) => `${field}: ${reason}`,
  );
const canary = (more: JsonObject) => problems({ strategy: { canary: more } });
const CANARY = '/spec/strategy/canary';
const routed = { stableService: 'a', canaryService: 'b', trafficRouting: { istio: {} } };

test('what the controller takes is no problem', () => {
  const steps = [{ setWeight: 0 }, { pause: {} }, { setWeight: 100 }];
  expect(canary({ ...routed, maxSurge: '25%', maxUnavailable: 0, scaleDownDelaySeconds: 30, steps })).toEqual([]);
  expect(problems({ strategy: { blueGreen: { activeService: 'a', previewService: 'b' } } })).toEqual([]);
  expect(problems({ strategy: { blueGreen: {} }, minReadySeconds: 15, progressDeadlineSeconds: 600 })).toEqual([]);
});

test('a rollout has one strategy', () => {
  const none = '/spec/strategy: a rollout has exactly one strategy, `canary` or `blueGreen`';
  expect(problems({})).toEqual([none]);
  expect(problems({ strategy: { canary: {}, blueGreen: {} } })).toEqual([none]);
});

test('it is given longer than a pod needs to be trusted', () => {
  expect(problems({ strategy: { canary: {} }, minReadySeconds: 15, progressDeadlineSeconds: 15 })).toEqual([
    '/spec/progressDeadlineSeconds: not above `minReadySeconds`',
  ]);
});

test('two versions have two Services', () => {
  expect(problems({ strategy: { blueGreen: { activeService: 'a', previewService: 'a' } } })).toEqual([
    '/spec/strategy/blueGreen/previewService: the same Service as `activeService`',
  ]);
  expect(canary({ ...routed, canaryService: 'a' })).toEqual([
    `${CANARY}/canaryService: the same Service as \`stableService\``,
  ]);
  expect(canary({ stableService: 'a', trafficRouting: {} })).toEqual([
    `${CANARY}/trafficRouting: it needs \`stableService\` and \`canaryService\``,
  ]);
});

test('what belongs to moved traffic needs it, and some agents may be added or taken away', () => {
  expect(canary({ dynamicStableScale: true, scaleDownDelaySeconds: 3 })).toEqual([
    `${CANARY}/dynamicStableScale: only with \`trafficRouting\``,
    `${CANARY}/scaleDownDelaySeconds: only with \`trafficRouting\``,
  ]);
  expect(canary({ maxSurge: '0%', maxUnavailable: 0 })).toEqual([
    `${CANARY}/maxSurge: \`maxSurge\` and \`maxUnavailable\` cannot both be zero`,
  ]);
});

test('a step does one thing, within bounds', () => {
  expect(canary({ steps: [{}, { setWeight: 5, pause: {} }, { setWeight: 101 }, { setWeight: -1 }, 'x'] })).toEqual([
    `${CANARY}/steps/0: a step does exactly one thing`,
    `${CANARY}/steps/1: a step does exactly one thing`,
    `${CANARY}/steps/2/setWeight: weights go from 0 to 100`,
    `${CANARY}/steps/3/setWeight: weights go from 0 to 100`,
    `${CANARY}/steps/4: a step does exactly one thing`,
  ]);
});
