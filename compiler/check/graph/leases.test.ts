import { expect, test } from 'vitest';
import type { ProviderFacts, SecretModel } from '../../core/model.ts';
import { eachFleet } from '../fleet-check.ts';
import { environment, fleet, node } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { leases } from './leases.ts';

const HOUR = 3_600_000;
const place = node('fleet:eng/a');

type Secrets = Readonly<Record<string, Omit<SecretModel, 'at'>>>;
const of = (leaseMs?: number, mount: 'file' | 'env' = 'file', path = 'database/creds/a') => ({
  path,
  field: 'f',
  mount,
  ...(leaseMs === undefined ? {} : { leaseMs }),
});
const vendor = (leaseMs?: number): ProviderFacts => ({
  name: 'v',
  endpoint: { host: 'v.example', port: 443, tls: true, path: '' },
  secret: { path: 'database/creds/a', field: 'f', ...(leaseMs === undefined ? {} : { leaseMs }) },
  breaker: { errors: 5, openForMs: 30_000 },
});
const say = (secrets: Secrets, used?: ProviderFacts) => {
  const providers = used === undefined ? [] : [{ facts: used, at: place.from(['providers', 0]) }];
  return problemsOf(eachFleet(leases), environment({ fleets: [fleet('eng/a', { secrets, providers })] }));
};

test('one place has one lease: other lengths, and none beside one, are refused where the second is read', () => {
  expect(say({ A: of(HOUR), B: of(2 * HOUR) })).toEqual([
    {
      at: 'fleet:eng/a#secrets.B@key',
      problem: 'error NT2060: `database/creds/a` is one lease for `eng/a`, but `A` has one of 1h and `B` one of 2h',
      related: ['fleet:eng/a#secrets.A@key: `A` reads it too'],
    },
  ]);
  expect(say({ A: of(), B: of(HOUR) }).map(({ problem }) => problem)).toEqual([
    'error NT2060: `database/creds/a` is one lease for `eng/a`, but `A` has none and `B` one of 1h',
  ]);
});

test('one lease is mounted in one way', () => {
  expect(say({ A: of(HOUR, 'env'), B: of(HOUR) })).toEqual([
    {
      at: 'fleet:eng/a#secrets.B@key',
      problem: 'error NT2060: `database/creds/a` is one lease for `eng/a`, but `A` is a variable and `B` a file',
      related: ['fleet:eng/a#secrets.A@key: `A` reads it too'],
    },
  ]);
});

test("a provider's credential is a file, and meets the fleet's own secrets", () => {
  expect(say({ A: of(HOUR, 'env') }, vendor(HOUR))).toEqual([
    {
      at: 'fleet:eng/a#providers.0',
      problem:
        'error NT2060: `database/creds/a` is one lease for `eng/a`, but `A` is a variable and `providers.v` a file',
      related: ['fleet:eng/a#secrets.A@key: `A` reads it too'],
    },
  ]);
  expect(say({ A: of(HOUR) }, vendor(HOUR))).toEqual([]);
});

test('what agrees is fine, and what somebody wrote down may be mounted in both ways', () => {
  expect(say({ A: of(HOUR), B: of(HOUR), C: of(2 * HOUR, 'env', 'database/creds/b') })).toEqual([]);
  expect(say({ A: of(undefined, 'env', 'kv/a'), B: of(undefined, 'file', 'kv/a') })).toEqual([]);
});
