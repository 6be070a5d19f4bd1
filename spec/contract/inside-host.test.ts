import { expect, test } from 'vitest';
import { insideReason } from './inside-host.ts';

test.each([
  ['169.254.169.254', 'credentials of the node'],
  ['metadata.google.internal', 'credentials of the node'],
  ['10.0.0.1', 'an address'],
  ['0x7f.1', 'an address'],
  ['127.0x1', 'an address'],
  ['012.1', 'an address'],
  ['2130706433', 'an address'],
  ['::1', 'an address'],
  ['[2001:db8::1]', 'an address'],
  ['localhost', 'the machine itself'],
  ['db.localhost', 'the machine itself'],
  ['localhost.localdomain', 'the machine itself'],
  ['printer.local', 'the machine itself'],
  ['*.local', 'the machine itself'],
  ['kubernetes.default.svc', 'a name of the cluster'],
  ['api.shop.svc.cluster.local', 'a name of the cluster'],
  ['*.cluster.local', 'a name of the cluster'],
  ['10-0-0-1.shop.pod', 'a name of the cluster'],
])('%s is not outside: %s', (host, reason) => {
  expect(insideReason(host)).toContain(reason);
});

test('names of the world are outside, numbers in them too', () => {
  const hosts = [
    'api.github.com',
    '*.acme.example',
    'gateway.acme.internal',
    '1.2.3.4.nip.io',
    'a1.example',
    'local.example',
  ];
  expect(hosts.filter((host) => insideReason(host) !== undefined)).toEqual([]);
});
