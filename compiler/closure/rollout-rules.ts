import type { Json } from '../../spec/contract/source.ts';
import type { Say } from './api-rules.ts';
import { at, listAt, textAt } from './facts.ts';
import type { ClosureObject } from './object.ts';

/** What the controller of Argo Rollouts refuses although every field has its type: the rollout would stand still. */
export function rolloutRules({ value, kind }: ClosureObject, say: Say): void {
  if (kind !== 'Rollout') return;
  const [canary, blueGreen] = ['canary', 'blueGreen'].map((name) => at(value, 'spec', 'strategy', name));
  if ((canary === undefined) === (blueGreen === undefined))
    say('/spec/strategy', 'a rollout has exactly one strategy, `canary` or `blueGreen`');
  const [deadline, ready] = [at(value, 'spec', 'progressDeadlineSeconds'), at(value, 'spec', 'minReadySeconds')];
  if (typeof deadline === 'number' && typeof ready === 'number' && deadline <= ready)
    say('/spec/progressDeadlineSeconds', 'not above `minReadySeconds`');
  const active = textAt(blueGreen, 'activeService');
  if (active !== undefined && active === textAt(blueGreen, 'previewService'))
    say('/spec/strategy/blueGreen/previewService', 'the same Service as `activeService`');
  if (canary !== undefined) canaryRules(canary, say);
}

function canaryRules(canary: Json, say: Say): void {
  const base = '/spec/strategy/canary';
  const routed = at(canary, 'trafficRouting') !== undefined;
  const [stable, second] = [textAt(canary, 'stableService'), textAt(canary, 'canaryService')];
  if (stable !== undefined && stable === second) say(`${base}/canaryService`, 'the same Service as `stableService`');
  if (routed && (stable === undefined || second === undefined))
    say(`${base}/trafficRouting`, 'it needs `stableService` and `canaryService`');
  for (const field of ['dynamicStableScale', 'scaleDownDelaySeconds'])
    if (!routed && at(canary, field) !== undefined) say(`${base}/${field}`, 'only with `trafficRouting`');
  if (isNone(at(canary, 'maxSurge')) && isNone(at(canary, 'maxUnavailable')))
    say(`${base}/maxSurge`, '`maxSurge` and `maxUnavailable` cannot both be zero');
  listAt(canary, 'steps').forEach((step, index) => {
    if (typeof step !== 'object' || step === null || Object.keys(step).length !== 1)
      say(`${base}/steps/${index}`, 'a step does exactly one thing');
    const weight = at(step, 'setWeight');
    if (typeof weight === 'number' && (weight < 0 || weight > 100))
      say(`${base}/steps/${index}/setWeight`, 'weights go from 0 to 100');
  });
}

function isNone(amount: Json | undefined): boolean {
  return amount === 0 || amount === '0' || amount === '0%';
}
