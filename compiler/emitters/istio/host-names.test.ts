import { expect, test } from 'vitest';
import fc from 'fast-check';
import { endpointName, hostName, serverName } from './host-names.ts';

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
const host = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.'));

test('the name of a host is one DNS label, and no two hosts share it', () => {
  fc.assert(
    fc.property(host, host, (one, other) => {
      expect(hostName(one)).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
      expect(hostName(one) === hostName(other)).toBe(one === other);
    }),
  );
});

test('each port of a host has a server name and an object of its own', () => {
  const ports = [443, 22, 8443];
  expect(ports.map((port) => serverName({ host: 'a.example', port }))).toEqual([
    'a.example',
    'p22.a.example',
    'p8443.a.example',
  ]);
  expect(new Set(ports.map((port) => endpointName({ host: 'a.example', port }))).size).toBe(3);
});
