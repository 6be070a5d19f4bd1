import { expect, test } from 'vitest';
import { environment, fleet } from '../check/testing/model.ts';
import type { Emitter } from '../core/emitter.ts';
import { unitDigest } from './unit-digest.ts';

test('the digest follows every value of a fleet, the emitters and their versions, and no place', () => {
  const base = fleet('eng/fixer');
  const digest = (more: object, version = 1): string => unitDigest([emitter(version)], [{ ...base, ...more }]);
  const same = digest({});
  expect(same).toMatch(/^[0-9a-f]{64}$/);
  expect(digest({ from: () => base.at, description: undefined })).toBe(same);
  expect(digest({ at: { ...base.at, path: ['metadata'] } })).toBe(same);
  const others = [
    digest({}, 2),
    digest({ description: '' }),
    digest({ skills: { a: 1 } }),
    digest({ skills: { 'a:1,b': 1 } }),
    digest({ labels: { a: '1' } }),
    digest({ labels: { a: 1 } }),
    digest({ accepts: new Map() }),
    digest({ environment: { ...base.environment, kubernetes: '1.34' } }),
    digest({ at: fleet('eng/other').at }),
    digest({ calls: [null] }),
  ];
  expect(new Set([same, ...others]).size).toBe(others.length + 1);
});

test('the digest of an environment follows its facts', () => {
  expect(unitDigest([], [environment()])).toBe(unitDigest([], [environment()]));
  expect(unitDigest([], [environment()])).not.toBe(unitDigest([], [environment({ facts: { istio: '9' } })]));
});

function emitter(version: number): Emitter {
  return { name: 'x', summary: '', version, scope: 'fleet', load: () => Promise.resolve(() => []) };
}
